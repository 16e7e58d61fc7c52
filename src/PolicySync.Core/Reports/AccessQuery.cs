namespace PolicySync.Core.Reports;

/// <summary>Which part of an <see cref="AccessReport"/> is asked for.</summary>
public sealed record AccessQuery
{
    /// <summary>Most principals of an answer.</summary>
    public const int MaxCount = 1_000;

    /// <summary>One user, service principal or group, whether or not it holds anything; null for all that hold something.</summary>
    public string? Principal { get; init; }

    /// <summary>One privilege, upper case with underscores; null for all.</summary>
    public string? Privilege { get; init; }

    /// <summary>Whether only the holders of grants are asked for, without the members of groups.</summary>
    public bool HoldersOnly { get; init; }

    /// <summary>The key of the last principal of the page before; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Most principals of the answer: 1 to <see cref="MaxCount"/>.</summary>
    public int Count { get; init; } = MaxCount;
}
