using Orleans.Concurrency;
using PolicySync.Core.Errors;

namespace PolicySync.Grains.Policies;

/// <summary>Shows the policies that its silo accepted last. Each silo may have one; the key is 0. Silos of earlier builds do not have it.</summary>
[Alias("ps.policy-reader")]
public interface IPolicyReaderGrain : IGrainWithIntegerKey
{
    /// <summary>Returns the policies.</summary>
    /// <param name="knownStamp">The stamp of a set that the caller has; its content is then left out. Null: none.</param>
    /// <param name="fresh">Whether to check the source first. Otherwise it is checked only when the silo has no policies yet.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PoliciesUnavailable"/> or <see cref="SyncErrorCode.PoliciesShrank"/>: the check failed.
    /// </exception>
    [Alias("read"), AlwaysInterleave]
    Task<PolicySetWire> ReadAsync(string? knownStamp, bool fresh);
}

/// <summary>The wire form of <see cref="AcceptedSet"/>.</summary>
[GenerateSerializer, Alias("ps.policy-set"), Immutable]
public sealed record PolicySetWire(
    [property: Id(0)] long Version, [property: Id(1)] string Stamp, [property: Id(2)] DateTimeOffset AcceptTime, [property: Id(3)] DateTimeOffset? CheckTime)
{
    /// <summary><see cref="Core.Policies.Sets.PolicySet.Packed"/>; null when the caller has the set.</summary>
    [Id(4)] public byte[]? Packed { get; init; }

    /// <summary>Why the last check of the source failed, as <c>CODE: reason</c>; null when it did not.</summary>
    [Id(5)] public string? Failure { get; init; }
}

[StatelessWorker(maxLocalWorkers: 1)]
internal sealed class PolicyReaderGrain(PolicySnapshots snapshots) : Grain, IPolicyReaderGrain
{
    public async Task<PolicySetWire> ReadAsync(string? knownStamp, bool fresh)
    {
        if (fresh || snapshots.Accepted is null)
        {
            // Policies that are not fresh are no answer to this question, whatever `Policies:AllowStale` allows runs to use.
            if (await snapshots.GetFreshAsync() is { IsStale: true } && fresh)
            {
                throw snapshots.Standing.Failure ?? new SyncException(SyncErrorCode.PoliciesUnavailable, "the source of the policies does not answer");
            }
        }

        var accepted = snapshots.Accepted!;
        return new PolicySetWire(accepted.Baseline.Version, accepted.Baseline.Stamp, accepted.AcceptTime, accepted.CheckTime)
        {
            Packed = accepted.Baseline.Stamp == knownStamp ? null : accepted.Set.Packed,
            Failure = snapshots.Standing.Failure is { } failure ? $"{SyncErrorCodes.WireName(failure.Code)}: {failure.Message}" : null,
        };
    }
}
