namespace PolicySync.Ranger.Evaluation;

/// <summary>How the engine treats a condition, script, expression or schedule that it cannot evaluate.</summary>
public enum UnknownConditions
{
    /// <summary>As Ranger does: it is ignored. Allow items then apply more widely than intended.</summary>
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
    /// <summary>How conditions that cannot be evaluated are treated. Default: against access.</summary>
    public UnknownConditions UnknownConditions { get; init; } = UnknownConditions.AgainstAccess;

    /// <summary>
    /// The zone of the machines that Ranger's plugins run on, in which they read recurring schedules, whatever the schedule
    /// says, and dates of tags. Default: UTC.
    /// </summary>
    public TimeZoneInfo MachineZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>
    /// Forms of dates of tags beside Ranger's own two: its plugins' setting <c>ranger.plugin.tag.attr.additional.date.formats</c>.
    /// Letters as in Java's SimpleDateFormat, of <c>yMdHmsS</c> only. Default: none.
    /// </summary>
    public IReadOnlyList<string> TagDateForms { get; init; } = [];
}
