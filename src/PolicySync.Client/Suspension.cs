namespace PolicySync.Client;

/// <summary>Nothing is written on the securables of a pattern until the end.</summary>
public sealed record Suspension
{
    /// <summary>The pattern, in lower case.</summary>
    public string Pattern { get => field ?? ""; init; }

    /// <summary>Why, for people.</summary>
    public string Reason { get => field ?? ""; init; }

    /// <summary>From this time on it has no effect.</summary>
    public DateTimeOffset EndTime { get; init; }

    /// <summary>The subject of the token that set it last; null when that token had none.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>When it was set last.</summary>
    public DateTimeOffset CreateTime { get; init; }
}
