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
internal sealed record FinishedTaskRows(SyncTask Task, PackedTask Packed, IReadOnlyList<TaskList> Lists)
{
    /// <summary>The list that has the task itself.</summary>
    public const string All = "ALL";

    /// <summary>The column of a row in the list of a securable: how the task names that securable.</summary>
    public const string Resource = "Resource";

    /// <summary>Most rows that are written in one transaction. Tasks on more securables write the others before.</summary>
    private const int MaxTogether = 90;

    private const int HashLength = 32;

    private readonly TaskSummary _summary = TaskSummary.Of(Task);

    /// <summary>The lists whose rows are written in one transaction with the task.</summary>
    public IEnumerable<TaskList> Together => Lists.Take(MaxTogether - 1);

    /// <summary>The lists whose rows are written before.</summary>
    public IEnumerable<TaskList> Before => Lists.Skip(MaxTogether - 1);

    /// <summary>Number of rows of the transaction.</summary>
    public int Count => 1 + Together.Count();

    /// <summary>Approximate size of the transaction on the wire.</summary>
    public int WireBytes => TransactionLimits.WireBytes(Packed.Bytes) + Together.Count() * TransactionLimits.WireBytes(0);

    public static FinishedTaskRows Of(SyncTask task) => new(task, TaskRow.Pack(task),
    [
        new TaskList(WireNames.Of(task.Status)),
        .. task.Request.Subject is { } subject ? [new TaskList(OfSubject(subject))] : Array.Empty<TaskList>(),
        .. task.Request.Resources.Select(resource => (Resource: resource, resource.Securable)).Where(named => named.Securable is not null)
            .DistinctBy(named => named.Securable!.FullName, StringComparer.Ordinal)
            .Select(named => new TaskList(OfSecurable(named.Securable!.FullName), TaskSummary.NameOf(named.Resource))),
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
    public TableEntity ToListed(TaskList list)
    {
        var row = new TableEntity(TaskPartition.Of(Task.Id), KeyOf(list.Key, Task.Id));
        TaskRow.WritePlain(row, _summary);
        if (list.Resource is { } name)
        {
            row[Resource] = name;
        }

        return row;
    }

    private static string HashOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashLength];
}

/// <summary>A list that a task belongs to.</summary>
/// <param name="Key">The beginning of its keys.</param>
/// <param name="Resource">In the list of a securable, how the task names it; null in others.</param>
internal sealed record TaskList(string Key, string? Resource = null);
