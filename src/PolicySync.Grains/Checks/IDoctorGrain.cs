using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using PolicySync.Core.Options;
using PolicySync.Core.Reports;
using PolicySync.Grains.Workspaces;

namespace PolicySync.Grains.Checks;

/// <summary>Checks what its silo depends on. Each silo may have one; the key is 0. Silos of earlier builds do not have it.</summary>
[Alias("ps.doctor")]
public interface IDoctorGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Checks storage, policies, workspace, principals, rights, warehouse and suspensions. It never throws and changes nothing. Calls that
    /// arrive during a round of checks get its results.
    /// </summary>
    [Alias("check"), AlwaysInterleave, ResponseTimeout("00:00:15")]
    Task<CheckResults> CheckAsync();

    /// <summary>Tells how the budget of the workspace is used. The workspace is not called.</summary>
    [Alias("budget"), AlwaysInterleave]
    Task<BudgetUse> BudgetAsync();
}

/// <summary>The results of a round of checks.</summary>
/// <param name="Checks">One for each check, always in the same order.</param>
[GenerateSerializer, Alias("ps.check-results"), Immutable]
public sealed record CheckResults([property: Id(0)] IReadOnlyList<CheckResult> Checks);

/// <summary>The result of one check.</summary>
/// <param name="Name">What was checked, for example <c>storage</c>.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Detail">What was found, for people.</param>
/// <param name="Remedy">What to do about it; null when nothing is to be done.</param>
[GenerateSerializer, Alias("ps.check-result"), Immutable]
public sealed record CheckResult(
    [property: Id(0)] string Name, [property: Id(1)] CheckStatus Status, [property: Id(2)] string Detail, [property: Id(3)] string? Remedy)
{
    /// <summary>A check that found nothing to mend.</summary>
    public static CheckResult Ok(string name, string detail) => new(name, CheckStatus.Ok, detail, null);

    /// <summary>A check that found something that needs attention.</summary>
    public static CheckResult Warn(string name, string detail, string remedy) => new(name, CheckStatus.Warn, detail, remedy);

    /// <summary>A check that found something that does not work.</summary>
    public static CheckResult Fail(string name, string detail, string remedy) => new(name, CheckStatus.Fail, detail, remedy);

    /// <summary>A check that was not made.</summary>
    public static CheckResult Skip(string name, string detail) => new(name, CheckStatus.Skipped, detail, null);
}

[StatelessWorker(maxLocalWorkers: 1)]
internal sealed class DoctorGrain(Doctor doctor, IOptions<WorkspaceOptions> workspace) : Grain, IDoctorGrain
{
    private Task<CheckResults>? _running;

    // One round at a time, so that no number of callers makes more calls of the workspace.
    public Task<CheckResults> CheckAsync() => _running = _running is { IsCompleted: false } running ? running : doctor.CheckAsync();

    public Task<BudgetUse> BudgetAsync() => GrainFactory.GetGrain<IWorkspaceBudgetGrain>(GrainNames.BudgetOf(workspace.Value)).UseAsync();
}
