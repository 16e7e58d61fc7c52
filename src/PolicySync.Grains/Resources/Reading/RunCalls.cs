using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Suspensions;

namespace PolicySync.Grains.Resources.Reading;

/// <summary>Where the runs of a silo read and write, and where they must not write. Safe for concurrent use.</summary>
internal sealed record RunSources(
    IUnityCatalog Catalog, ITableGuards Tables, RunTags Tags, MetastoreOwner Metastore, GuardSchemas GuardSchemas, SuspensionWatch Suspensions,
    TimeProvider Time);

/// <summary>
/// Unity Catalog as one run uses it: calls are about the run's securable and counted for it. Reads end when the run is
/// stopped. Writes do not, since a request that was sent cannot be called back.
/// </summary>
internal sealed class RunCalls(RunSources sources, Run run, CancellationToken stopping)
{
    private CallMeter Meter { get; } = run.Meter!;

    public Task<SecurableFacts> GetFactsAsync() => GetFactsAsync(run.Securable);

    public Task<SecurableFacts> GetFactsAsync(Securable securable) => sources.Catalog.GetAsync(securable, Meter, stopping);

    public Task<SecurableTags?> GetTagsAsync(PolicySnapshot policies) => sources.Tags.OfAsync(run, policies, Meter, stopping);

    /// <summary>A full read of the direct grants, with the time at which it began.</summary>
    public async Task<CurrentState> GetCurrentAsync()
    {
        var at = sources.Time.GetUtcNow();
        return new CurrentState(await GetGrantsAsync(run.Securable), at);
    }

    public Task<IReadOnlyList<Assignment>> GetGrantsAsync(Securable securable) => sources.Catalog.GetPermissionsAsync(securable, Meter, stopping);

    public Task<IReadOnlyList<Assignment>> GetGrantsAgainAsync() => sources.Catalog.GetPermissionsAgainAsync(run.Securable, Meter, stopping);

    public Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync() => sources.Catalog.GetInheritedAsync(run.Securable, Meter, stopping);

    public Task<IReadOnlyList<GrantPolicy>> GetGrantPoliciesAsync() => sources.Catalog.GetGrantPoliciesAsync(run.Securable, Meter, stopping);

    public Task<string?> GetMetastoreOwnerAsync() => sources.Metastore.GetAsync(Meter, stopping);

    public Task<TableShape> GetTableAsync() => sources.Tables.GetTableAsync(run.Securable, Meter, stopping);

    public Task<ToldFunction?> GetFunctionAsync(string fullName) => sources.Tables.GetFunctionAsync(fullName, Meter, stopping);

    public Task EnsureWarehouseAsync() => sources.Tables.EnsureWarehouseAsync(Meter, stopping);

    /// <summary>Sends one PATCH, which may take <paramref name="left"/>.</summary>
    public Task PatchAsync(IReadOnlyList<PermissionChange> changes, TimeSpan left) =>
        sources.Catalog.UpdatePermissionsAsync(run.Securable, changes, left, Meter, CancellationToken.None);

    /// <summary>Carries out one SQL statement, which may take <paramref name="left"/>.</summary>
    public Task ExecuteAsync(string sql, TimeSpan left) => sources.Tables.ExecuteAsync(sql, left, Meter, CancellationToken.None);

    /// <summary>The requests that a step would send, for people.</summary>
    public IEnumerable<PlannedCall> Describe(RunStep step) => step switch
    {
        RunStep.ChangeGrants change => change.Patches.Select(patch => sources.Catalog.DescribeUpdate(run.Securable, patch.Changes)),
        RunStep.ChangeGuards change => change.Plan.Statements.Select(statement => sources.Tables.Describe(statement.Sql)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
