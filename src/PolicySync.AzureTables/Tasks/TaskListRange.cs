using Azure.Data.Tables;
using PolicySync.Core;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>The part of a list of finished tasks that a search reads, and what the storage filters it by.</summary>
/// <param name="List">The list.</param>
/// <param name="After">The task before the first one; null at the start.</param>
/// <param name="Filter">Which tasks.</param>
internal sealed record TaskListRange(string List, TaskId? After, TaskFilter Filter)
{
    /// <summary>Longest time from the creation of a task to its id: that of a write that waits for others.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>The columns to read.</summary>
    public IReadOnlyList<string> Columns => Filter.Securable is null ? TaskRow.Plain : [.. TaskRow.Plain, FinishedTaskRows.Resource];

    /// <summary>The list with the fewest tasks that the filter can have.</summary>
    public static TaskListRange Of(TaskFilter filter, TaskId? after)
    {
        var list = filter switch
        {
            { Securable.FullName: var name } => FinishedTaskRows.OfSecurable(name),
            { RequestedBy: { } subject } => FinishedTaskRows.OfSubject(subject),
            { Status: { } status } => WireNames.Of(status),
            { Outcome: { } outcome } => WireNames.Of(StatusOf(outcome)),
            _ => FinishedTaskRows.All,
        };

        // Ids begin with the time, so what was created later is passed over. The time of creation may be a little before that of the id.
        if (filter.To + Slack is { } to && to > TaskId.Epoch && TaskId.LastOf(to) is var bound && (after is not { } last || bound.Value < last.Value))
        {
            after = bound;
        }

        return new TaskListRange(list, after, filter);
    }

    /// <summary>The query for one partition.</summary>
    public string QueryOf(DateOnly day, int shard)
    {
        var from = After is { } last ? FinishedTaskRows.KeyOf(List, last) : $"{List}-";
        var to = $"{List}."; // `.` follows `-`
        List<string> terms = [TableClient.CreateQueryFilter($"PartitionKey eq {TaskPartition.Of(day, shard)} and RowKey gt {from} and RowKey lt {to}")];
        Add(Filter.Status is { } status ? WireNames.Of(status) : null, "Status");
        Add(Filter.Outcome is { } outcome ? WireNames.Of(outcome) : null, "Outcome");
        Add(Filter.Type, "Type");
        Add(Filter.Source, "Source");
        Add(Filter.RequestedBy, "RequestedBy");
        if (Filter.From is { } since)
        {
            terms.Add(TableClient.CreateQueryFilter($"CreateTime ge {since}"));
        }

        if (Filter.To is { } until)
        {
            terms.Add(TableClient.CreateQueryFilter($"CreateTime lt {until}"));
        }

        return string.Join(" and ", terms);

        void Add(string? value, string column)
        {
            if (value is not null)
            {
                terms.Add($"{column} eq {Quoted(value)}");
            }
        }
    }

    /// <summary>Whether a row of the list is of the securable's type. A function and a model may share a name.</summary>
    public bool Holds(TableEntity row) =>
        Filter.Securable is not { } securable || (row.GetString(FinishedTaskRows.Resource) is { } name && securable.IsShownAs(name));

    private static string Quoted(string value) => TableClient.CreateQueryFilter($"{value}");

    private static SyncTaskStatus StatusOf(SyncTaskOutcome outcome) => outcome switch
    {
        SyncTaskOutcome.Partial or SyncTaskOutcome.Failed or SyncTaskOutcome.Cancelled => SyncTaskStatus.Failed,
        SyncTaskOutcome.Skipped => SyncTaskStatus.Skipped,
        _ => SyncTaskStatus.Success,
    };
}
