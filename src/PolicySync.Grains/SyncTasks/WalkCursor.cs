using System.Text.Json;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// The progress of a task: everything before it is done, and its results are stored. It is JSON in the task's row, so member names
/// never change.
/// </summary>
internal sealed record WalkCursor
{
    /// <summary>Index of the current target.</summary>
    public int Target { get; init; }

    /// <summary>The number of the next result.</summary>
    public long NextResult { get; init; }

    /// <summary>Whether the results of the skipped resources are stored.</summary>
    public bool SkippedStored { get; init; }

    /// <summary>Whether a task that carries out a plan has found that nothing has moved since the plan was made.</summary>
    public bool PlanChecked { get; init; }

    /// <summary>Whether the first run of the target, a container, is done.</summary>
    public bool TargetOpened { get; init; }

    /// <summary>The number of that run's result; null when the target itself is not managed.</summary>
    public long? TargetResult { get; init; }

    /// <summary>Whether USE is to be revoked on the target after its children.</summary>
    public bool TargetUsePending { get; init; }

    /// <summary>Token of the current page of schemas; null for the first page.</summary>
    public string? SchemaPage { get; init; }

    /// <summary>
    /// The current schema, or the last one done; null before the first of the page. A page is walked in the order of names, as
    /// listings promise none, so a page that is listed again resumes after this schema even if the schema was dropped.
    /// </summary>
    public string? Schema { get; init; }

    /// <summary>Whether that schema is done.</summary>
    public bool SchemaDone { get; init; }

    /// <summary>The number of the result of that schema's first run; null when it is not managed itself.</summary>
    public long? SchemaResult { get; init; }

    /// <summary>Whether USE is to be revoked on that schema after its children.</summary>
    public bool SchemaUsePending { get; init; }

    /// <summary>Index in <see cref="Core.Securables.SecurableTypes.InSchema"/> of the type that is being listed.</summary>
    public int Kind { get; init; }

    /// <summary>Token of the current page of that listing; null for the first page.</summary>
    public string? Page { get; init; }

    /// <summary>The last full name of that page whose chunk is done; null before the first.</summary>
    public string? After { get; init; }

    /// <summary>Moves to the start of another target.</summary>
    public WalkCursor At(int target) => new() { Target = target, NextResult = NextResult, SkippedStored = SkippedStored, PlanChecked = PlanChecked };

    /// <summary>Moves into a schema whose own run is done.</summary>
    public WalkCursor In(string schema, long? result, bool usePending) => this with
    {
        Schema = schema, SchemaDone = false, SchemaResult = result, SchemaUsePending = usePending, Kind = 0, Page = null, After = null,
    };

    /// <summary>Whether a schema of the page is still to be walked.</summary>
    public bool IsAhead(string schema) =>
        string.CompareOrdinal(schema, Schema) is > 0 or 0 && !(SchemaDone && schema == Schema);

    public string ToJson() => JsonSerializer.Serialize(this);

    public static WalkCursor Parse(string? json) =>
        json is null ? new WalkCursor() : JsonSerializer.Deserialize<WalkCursor>(json) ?? new WalkCursor();
}
