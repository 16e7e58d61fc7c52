namespace PolicySync.Ranger;

/// <summary>How to take what the engine cannot evaluate: a condition, script, expression or schedule that it does not know.</summary>
public enum UnknownConditions
{
    /// <summary>As Ranger does: as if it were not there. Allow items then apply to more than they were meant for.</summary>
    AsRanger,

    /// <summary>
    /// Against access: an allow item or deny exception with it never applies, a deny item or allow exception with it
    /// always does. Each is listed in <see cref="MatchedPolicy.Uncertainties"/>.
    /// </summary>
    AgainstAccess,
}

/// <summary>How the engine evaluates.</summary>
public sealed record EngineOptions
{
    /// <summary>What to make of conditions that cannot be evaluated. Default: against access.</summary>
    public UnknownConditions UnknownConditions { get; init; } = UnknownConditions.AgainstAccess;

    /// <summary>
    /// The zone in which recurring schedules are read: in Ranger that of the machine, whatever the schedule says.
    /// Default: UTC.
    /// </summary>
    public TimeZoneInfo RecurrenceZone { get; init; } = TimeZoneInfo.Utc;
}
