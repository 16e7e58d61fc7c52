using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The rows of a finished task, all in one partition: the task, and a short row in each list that it belongs to. A list is a range
/// of keys: all tasks, those of a status, those of a subject, those of a securable.
/// </summary>
internal sealed record FinishedTaskRows(SyncTask Task, PackedTask Packed, IReadOnlyList<string> Lists)
{
    /// <summary>The list that has the task itself.</summary>
    public const string All = "ALL";

    /// <summary>The column of a row in the list of a securable: how the task names that securable.</summary>
    public const string Resource = "Resource";

    /// <summary>Most rows that are written in one transaction. Tasks on more securables write the others before.</summary>
    private const int MaxTogether = 90;

    private const int HashLength = 32;

    /// <summary>The lists whose rows are written in one transaction with the task.</summary>
    public IEnumerable<string> Together => Lists.Take(MaxTogether - 1);

    /// <summary>The lists whose rows are written before.</summary>
    public IEnumerable<string> Before => Lists.Skip(MaxTogether - 1);

    /// <summary>Number of rows of the transaction.</summary>
    public int Count => 1 + Together.Count();

    /// <summary>Approximate size of the transaction on the wire.</summary>
    public int WireBytes => TransactionLimits.WireBytes(Packed.Bytes) + Together.Count() * TransactionLimits.WireBytes(0);

    public static FinishedTaskRows Of(SyncTask task) => new(task, TaskRow.Pack(task),
    [
        WireNames.Of(task.Status),
        .. task.Request.Subject is { } subject ? [OfSubject(subject)] : Array.Empty<string>(),
        .. task.Request.Resources.Select(resource => resource.Securable?.FullName).OfType<string>().Distinct(StringComparer.Ordinal).Select(OfSecurable),
    ]);

    /// <summary>The list of the tasks that a subject requested.</summary>
    public static string OfSubject(string subject) => $"BY-{HashOf(subject)}";

    /// <summary>The list of the tasks that were requested for a securable, of whatever type.</summary>
    public static string OfSecurable(string fullName) => $"OF-{HashOf(fullName)}";

    /// <summary>The key of a task's row in a list, newest first.</summary>
    public static string KeyOf(string list, TaskId id) => $"{list}-{TableKey.NewestFirst(id.Value)}";

    /// <summary>The row of the task itself.</summary>
    public TableEntity ToTask()
    {
        var row = new TableEntity(TaskPartition.Of(Task.Id), KeyOf(All, Task.Id));
        TaskRow.Write(row, Packed);
        return row;
    }

    /// <summary>The row of the task in a list.</summary>
    public TableEntity ToListed(string list)
    {
        var row = new TableEntity(TaskPartition.Of(Task.Id), KeyOf(list, Task.Id));
        TaskRow.WritePlain(row, Task);
        if (Task.Request.Resources.FirstOrDefault(resource => resource.Securable is { } securable && OfSecurable(securable.FullName) == list) is { } named)
        {
            row[Resource] = TaskSummary.NameOf(named);
        }

        return row;
    }

    private static string HashOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashLength];
}
