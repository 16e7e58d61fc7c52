using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Shrinking;

namespace PolicySync.Grains.Policies;

/// <summary>
/// Remembers, across restarts and silos, how much of each part the last accepted version held. A shrunken set is measured
/// against it. The key is the connector instance.
/// </summary>
[Alias("ps.policy-baseline")]
public interface IPolicyBaselineGrain : IGrainWithStringKey
{
    /// <summary>Returns the last accepted version; null before the first.</summary>
    [Alias("get")]
    Task<PolicyBaselineWire?> GetAsync();

    /// <summary>Stores a newly accepted version. Writes nothing when it equals the stored one.</summary>
    [Alias("set")]
    Task SetAsync(PolicyBaselineWire baseline);
}

/// <summary>The wire form of <see cref="Core.Policies.PolicyBaseline"/>.</summary>
[GenerateSerializer, Alias("ps.policy-baseline-wire"), Immutable]
public sealed record PolicyBaselineWire(
    [property: Id(0)] long Version, [property: Id(1)] string Stamp, [property: Id(2)] int EnabledPolicies,
    [property: Id(3)] int EnabledTagPolicies = 0)
{
    /// <summary>Counts of its other parts, by the keys of <see cref="Core.Policies.Shrinking.PolicyCounts"/>; null from an earlier build.</summary>
    [Id(4)] public Dictionary<string, long>? Counts { get; init; }

    /// <summary>The version of <c>Policies:AllowShrink</c> that a loss was last accepted by.</summary>
    [Id(5)] public long? AllowanceUsed { get; init; }

    /// <summary>Packs a baseline.</summary>
    public static PolicyBaselineWire Of(PolicyBaseline baseline) =>
        new(baseline.Version, baseline.Stamp, baseline.EnabledPolicies, baseline.EnabledTagPolicies)
        {
            Counts = new(baseline.Counts.All), AllowanceUsed = baseline.AllowanceUsed,
        };

    /// <summary>Unpacks the baseline.</summary>
    public PolicyBaseline ToBaseline() => new(Version, Stamp, EnabledPolicies, EnabledTagPolicies)
    {
        Counts = Counts is { } counts ? new PolicyCounts(counts) : PolicyCounts.None, AllowanceUsed = AllowanceUsed,
    };
}

/// <summary>Stored form; a missing stamp means that no version was accepted yet.</summary>
[GenerateSerializer, Alias("ps.policy-baseline-state")]
public sealed class PolicyBaselineState
{
    /// <summary>Version number.</summary>
    [Id(0)] public long Version { get; set; }

    /// <summary>Content stamp.</summary>
    [Id(1)] public string? Stamp { get; set; }

    /// <summary>Enabled policies.</summary>
    [Id(2)] public int EnabledPolicies { get; set; }

    /// <summary>Enabled tag policies; 0 also where an earlier build stored the row.</summary>
    [Id(3)] public int EnabledTagPolicies { get; set; }

    /// <summary>Counts of its other parts, by key; null where an earlier build stored the row.</summary>
    [Id(4)] public Dictionary<string, long>? Counts { get; set; }

    /// <summary>The version of <c>Policies:AllowShrink</c> that a loss was last accepted by.</summary>
    [Id(5)] public long? AllowanceUsed { get; set; }
}

internal sealed class PolicyBaselineGrain(
    [PersistentState("policy-baseline", GrainNames.Storage)] IPersistentState<PolicyBaselineState> state) : Grain, IPolicyBaselineGrain
{
    public Task<PolicyBaselineWire?> GetAsync() => Task.FromResult(Stored);

    private PolicyBaselineWire? Stored => state.State.Stamp is { } stamp
        ? new PolicyBaselineWire(state.State.Version, stamp, state.State.EnabledPolicies, state.State.EnabledTagPolicies)
        {
            Counts = state.State.Counts, AllowanceUsed = state.State.AllowanceUsed,
        }
        : null;

    public async Task SetAsync(PolicyBaselineWire baseline)
    {
        if (Stored?.ToBaseline() == baseline.ToBaseline())
        {
            return;
        }

        var before = state.State;
        state.State = new PolicyBaselineState
        {
            Version = baseline.Version, Stamp = baseline.Stamp, EnabledPolicies = baseline.EnabledPolicies,
            EnabledTagPolicies = baseline.EnabledTagPolicies, Counts = baseline.Counts, AllowanceUsed = baseline.AllowanceUsed,
        };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // The version is accepted only once it is stored, so a repeated call must write it again.
            state.State = before;
            throw;
        }
    }
}
