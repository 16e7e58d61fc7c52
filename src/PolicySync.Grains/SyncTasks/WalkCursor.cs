using System.Text.Json;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// How far a task has come: everything before it is done and its results are stored. Kept as JSON in the task's row;
/// member names are stored state.
/// </summary>
internal sealed record WalkCursor
{
    /// <summary>The target at work.</summary>
    public int Target { get; init; }

    /// <summary>The number of the next result.</summary>
    public long NextResult { get; init; }

    /// <summary>Whether the skipped resources of the request are among the results.</summary>
    public bool SkippedStored { get; init; }

    /// <summary>Whether the target, a container, has had its own first run.</summary>
    public bool TargetOpened { get; init; }

    /// <summary>The number of that run's result; null when the target itself is not managed.</summary>
    public long? TargetResult { get; init; }

    /// <summary>Whether USE is to be taken back on the target after its children.</summary>
    public bool TargetUsePending { get; init; }

    /// <summary>The page of schemas at work; null for the first.</summary>
    public string? SchemaPage { get; init; }

    /// <summary>
    /// The schema at work, or the last one done; null before the first of the page. Pages are taken in the order of
    /// names, since listings promise none, so a page that is listed again goes on behind it, also when it was dropped.
    /// </summary>
    public string? Schema { get; init; }

    /// <summary>Whether that schema is done.</summary>
    public bool SchemaDone { get; init; }

    /// <summary>The number of the result of that schema's first run; null when it is not managed itself.</summary>
    public long? SchemaResult { get; init; }

    /// <summary>Whether USE is to be taken back on that schema after its children.</summary>
    public bool SchemaUsePending { get; init; }

    /// <summary>Of <see cref="Core.Securables.SecurableTypes.InSchema"/>, the one being listed.</summary>
    public int Kind { get; init; }

    /// <summary>The page of that listing; null for the first.</summary>
    public string? Page { get; init; }

    /// <summary>The last full name of that page whose chunk is done; null before the first.</summary>
    public string? After { get; init; }

    /// <summary>The same place in the result list, at the beginning of another target.</summary>
    public WalkCursor At(int target) => new() { Target = target, NextResult = NextResult, SkippedStored = SkippedStored };

    /// <summary>At the beginning of a schema whose own run is over.</summary>
    public WalkCursor In(string schema, long? result, bool usePending) => this with
    {
        Schema = schema, SchemaDone = false, SchemaResult = result, SchemaUsePending = usePending, Kind = 0, Page = null, After = null,
    };

    /// <summary>Whether a schema of the page is still to be done.</summary>
    public bool IsAhead(string schema) =>
        string.CompareOrdinal(schema, Schema) is > 0 or 0 && !(SchemaDone && schema == Schema);

    public string ToJson() => JsonSerializer.Serialize(this);

    public static WalkCursor Parse(string? json) =>
        json is null ? new WalkCursor() : JsonSerializer.Deserialize<WalkCursor>(json) ?? new WalkCursor();
}
