using PolicySync.ContractCheck.Probes;

namespace PolicySync.ContractCheck;

/// <summary>All facts, in the order in which they are asked.</summary>
internal static class Facts
{
    public static IReadOnlyList<Probe> Probes { get; } =
        [.. ReadingProbes.All, .. PrincipalProbes.All, .. PrivilegeProbes.List, .. SqlProbes.All, .. AccessProbes.All, .. LimitProbes.All, .. WatchProbes.All];

    public static IReadOnlySet<string> Ids { get; } = Probes.Select(probe => probe.Fact.Id).ToHashSet(StringComparer.Ordinal);
}
