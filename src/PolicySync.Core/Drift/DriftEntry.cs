namespace PolicySync.Core.Drift;

/// <summary>A difference that was found and has not been removed. Immutable; JSON names are stored.</summary>
/// <param name="Difference">The difference.</param>
/// <param name="Since">When a verification or dry run found it first.</param>
public sealed record DriftEntry(Difference Difference, DateTimeOffset Since)
{
    /// <summary>Why it is accepted, and until when; null when it is not. A time that has passed counts as none.</summary>
    public DriftAcceptance? Accepted { get; init; }

    /// <summary>The subject that adopted the grant that is to be taken back now; null when none did.</summary>
    public string? AdoptedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? AdoptTime { get; init; }

    /// <summary>Whether it is reported at <paramref name="now"/>.</summary>
    public DriftState StateAt(DateTimeOffset now) => Accepted is { } accepted && now < accepted.EndTime ? DriftState.Ignored : DriftState.Open;
}

/// <summary>Says that a difference is not to be reported for a time.</summary>
/// <param name="Reason">Why, for people.</param>
/// <param name="EndTime">From this time on it is reported again; UTC.</param>
/// <param name="By">The subject that accepted it; null when its token had none.</param>
/// <param name="Time">When it did; UTC.</param>
public sealed record DriftAcceptance(string Reason, DateTimeOffset EndTime, string? By, DateTimeOffset Time);
