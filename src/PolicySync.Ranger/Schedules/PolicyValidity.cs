using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Schedules;

/// <summary>When a policy or tag holds: at any of its schedules, or always when it has none.</summary>
internal sealed class PolicyValidity
{
    private readonly PreparedSchedule[] _schedules;

    public PolicyValidity(IReadOnlyList<RangerValiditySchedule> schedules, EngineOptions options) =>
        _schedules = [.. schedules.Select(s => new PreparedSchedule(s, options))];

    /// <summary>True when time can make a difference.</summary>
    public bool IsLimited => _schedules.Length > 0;

    public IEnumerable<PolicyUncertainty> Uncertainties =>
        _schedules.Select(s => s.Fault).OfType<string>().Select(fault => new PolicyUncertainty(PolicyPart.Policy, null, fault));

    /// <summary>When one of the schedules starts or ends next; null when none does.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset after) => _schedules.Select(s => s.NextChange(after)).Min();

    /// <summary>Whether it holds at a time.</summary>
    public Truth At(DateTimeOffset time)
    {
        var any = _schedules.Length == 0 ? Truth.True : Truth.False;
        foreach (var schedule in _schedules)
        {
            var applies = schedule.At(time);
            any = applies == Truth.True || any == Truth.True ? Truth.True
                : applies == Truth.Unknown ? Truth.Unknown
                : any;
        }

        return any;
    }
}
