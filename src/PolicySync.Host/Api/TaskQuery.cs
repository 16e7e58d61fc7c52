using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>The query of a list of tasks.</summary>
internal sealed record TaskQuery(TaskFilter Filter, Page Page)
{
    public static IReadOnlyList<string> Names { get; } =
        ["status", "outcome", "type", "source", "requestedBy", "securable", "from", "to", Page.SizeName, Page.TokenName];

    public static (TaskQuery Query, IReadOnlyList<Fault> Faults) Read(IQueryCollection query)
    {
        var reader = new QueryReader(query, Names);
        var filter = new TaskFilter
        {
            Status = reader.Named<SyncTaskStatus>("status"),
            Outcome = reader.Named<SyncTaskOutcome>("outcome"),
            Type = reader.Text("type"),
            Source = reader.Text("source"),
            RequestedBy = TaskShare.SubjectOf(reader.Text("requestedBy")),
            Securable = reader.Of("securable", NamedSecurable.TryParse,
                "must be the full name of a securable, with or without its type: `main.sales.customers` or `table main.sales.customers`"),
            From = reader.Time("from"),
            To = reader.Time("to"),
        };
        return (new TaskQuery(filter, Page.Read(reader)), reader.Faults);
    }
}

/// <summary>The query of a list of a task's securables.</summary>
internal sealed record ResourceQuery(ResultFilter Filter, Page Page)
{
    public static IReadOnlyList<string> Names { get; } = ["status", "drifted", "changed", "code", Page.SizeName, Page.TokenName];

    /// <summary>The codes that a securable can have: of its error, and of its gaps.</summary>
    public static IReadOnlyList<string> Codes { get; } = [.. WireNames.All<SyncErrorCode>(), .. WireNames.All<GapCode>()];

    public static (ResourceQuery Query, IReadOnlyList<Fault> Faults) Read(IQueryCollection query)
    {
        var reader = new QueryReader(query, Names);
        var filter = new ResultFilter
        {
            Status = reader.Named<ResourceStatus>("status"),
            Drifted = reader.Flag("drifted"),
            Changed = reader.Flag("changed"),
            Code = reader.Of("code", static text => Codes.Contains(text, StringComparer.Ordinal) ? text : null,
                $"must be one of {string.Join(", ", Codes)}"),
        };
        return (new ResourceQuery(filter, Page.Read(reader)), reader.Faults);
    }
}
