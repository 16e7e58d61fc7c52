using System.Globalization;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Principals;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Policies;

namespace PolicySync.Grains.Checks;

/// <summary>The checks of the workspace. They only read, within the budget, in a share of their own. Safe for concurrent use.</summary>
internal sealed class WorkspaceChecks(
    IUnityCatalog catalog, IPrincipalDirectory directory, ITableGuards tables, CatalogRights rights, PolicySnapshots policies, IOptions<WorkspaceOptions> workspace,
    TimeProvider time)
{
    /// <summary>The share of the calls.</summary>
    public const string Share = "source doctor";

    private const string DirectoryRemedy =
        "Let the service's principal read users, service principals and groups of the workspace by SCIM: docs/security.md lists its rights.";

    public static CallMeter Meter() => new(new CallFlow(0, IsBulk: false, Share));

    /// <summary>Makes one call, and says who the service is there.</summary>
    public async Task<CheckResult> ReachAsync(string name, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        try
        {
            await catalog.GetMetastoreOwnerAsync(Meter(), cancellation);
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
        {
            // It answers, which is what is asked here.
        }

        var answered = string.Create(CultureInfo.InvariantCulture, $"answers, in {time.GetElapsedTime(since).TotalMilliseconds:0} ms");
        var self = await SelfAsync(cancellation);
        return self is null
            ? CheckResult.Warn(name, $"{answered}; who the service is there is not known", DirectoryRemedy)
            : CheckResult.Ok(name, $"{answered}, and knows the service as `{self.Name}`");
    }

    /// <summary>Reads the directory.</summary>
    /// <exception cref="SyncException">It cannot be read.</exception>
    public async Task<CheckResult> PrincipalsAsync(string name, CancellationToken cancellation)
    {
        var listed = await directory.GetAsync(cancellation);
        var what = string.Create(CultureInfo.InvariantCulture, $"{listed.Everyone.Count} users and service principals, {listed.GroupCount} groups");
        return listed.GroupsWithUnknownMembers is { Count: > 0 } unknown
            ? CheckResult.Warn(
                name, $"{what}; not all members are known of {ServiceChecks.Names(unknown)}: what a denial concerns there is withheld",
                "Let the service's principal read the members of these groups, for example as a workspace admin.")
            : CheckResult.Ok(name, what);
    }

    /// <summary>Checks the rights on managed catalogs.</summary>
    public async Task<CheckResult> RightsAsync(string name, CancellationToken cancellation) =>
        await rights.CheckAsync(name, await SelfAsync(cancellation) is { } self ? await HoldersAsync(self, cancellation) : null, cancellation);

    /// <summary>Reads the state of the warehouse, which it does not start.</summary>
    public async Task<CheckResult> WarehouseAsync(string name, CancellationToken cancellation)
    {
        if (workspace.Value.WarehouseId is not { Length: > 0 } id)
        {
            await ((Task)policies.GetFreshAsync()).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            return policies.Accepted is not { } accepted ? CheckResult.Skip(name, "`Workspace:WarehouseId` is not set, and without policies it is not known whether it is needed")
                : await Task.Run(() => NeedWarehouse(accepted.Set), cancellation)
                    ? CheckResult.Warn(name, "`Workspace:WarehouseId` is not set, so the row filters and masks of policies are withheld", "Set it to the id of a SQL warehouse on which the service has CAN USE.")
                    : CheckResult.Ok(name, "`Workspace:WarehouseId` is not set, and no policy needs it");
        }

        var state = await tables.GetWarehouseStateAsync(Meter(), cancellation);
        return state switch
        {
            "RUNNING" or "STARTING" => CheckResult.Ok(name, $"the warehouse `{id}` is {state}"),
            "STOPPED" or "STOPPING" => CheckResult.Ok(name, $"the warehouse `{id}` is {state}, and starts when a row filter or mask is to be written"),
            "DELETED" or "DELETING" => CheckResult.Fail(name, $"the warehouse `{id}` is {state}", "Set `Workspace:WarehouseId` to another SQL warehouse on which the service has CAN USE."),
            _ => CheckResult.Warn(name, $"the state of the warehouse `{id}` is {state ?? "not known"}", "Look at the warehouse in the workspace."),
        };
    }

    private static bool NeedWarehouse(PolicySet set) =>
        set.ReadEntries().Any(entry => entry.Policy.IsEnabled && (entry.Kind is PolicyKind.Mask or PolicyKind.Filter));

    // A directory that fails is the result of its own check.
    private async Task<DirectorySelf?> SelfAsync(CancellationToken cancellation)
    {
        try
        {
            return (await directory.GetAsync(cancellation)).Self;
        }
        catch (SyncException)
        {
            return null;
        }
    }

    // The names under which the service may have a right.
    private async Task<PrincipalNames> HoldersAsync(DirectorySelf self, CancellationToken cancellation)
    {
        var listed = await directory.GetAsync(cancellation);
        return new PrincipalNames(self.Name, [.. self.GroupNames, .. listed.GroupsOfUser(self.Name), PrincipalKey.AccountUsers]);
    }
}

/// <summary>A principal with its groups: what has a right if one of them has it.</summary>
/// <param name="Self">The principal.</param>
/// <param name="Groups">Its groups.</param>
internal sealed record PrincipalNames(string Self, HashSet<string> Groups)
{
    public bool Include(string? name) => name is { Length: > 0 } && (PrincipalKey.Of(name) == PrincipalKey.Of(Self) || Groups.Contains(name));
}
