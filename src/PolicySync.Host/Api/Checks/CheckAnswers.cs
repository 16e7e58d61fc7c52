using PolicySync.Core.Reports;
using PolicySync.Grains.Checks;

namespace PolicySync.Host.Api.Checks;

/// <summary>The results of the checks of the service.</summary>
/// <param name="Checks">One for each check, always in the same order.</param>
internal sealed record ServiceChecks(IReadOnlyList<ServiceCheck> Checks)
{
    public static ServiceChecks Of(CheckResults results) =>
        new([.. results.Checks.Select(check => new ServiceCheck(check.Name, check.Status, check.Detail, check.Remedy))]);
}

/// <summary>The result of one check.</summary>
/// <param name="Name">What was checked: `storage`, `policies`, `workspace`, `principals`, `rights`, `warehouse` or `suspensions`. Later versions may have more.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Detail">What was found, for people.</param>
/// <param name="Remedy">What to do about it; null when nothing is to be done.</param>
internal sealed record ServiceCheck(string Name, CheckStatus Status, string Detail, string? Remedy);
