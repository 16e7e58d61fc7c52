using System.Globalization;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources.Reading;

namespace PolicySync.Grains.Checks;

/// <summary>Checks what the service may do on managed catalogs. It only reads. Safe for concurrent use.</summary>
internal sealed class CatalogRights(IUnityCatalog catalog, MetastoreOwner metastore, IOptions<SyncOptions> sync)
{
    /// <summary>Most catalogs that are looked at.</summary>
    private const int MaxCatalogs = 5;

    private readonly Managed _managed = new(sync.Value);

    /// <summary>Reads the grants of the first managed catalogs, and compares them with who the service is.</summary>
    /// <param name="name">The name of the check.</param>
    /// <param name="self">The service and its groups; null when not known.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<CheckResult> CheckAsync(string name, PrincipalNames? self, CancellationToken cancellation)
    {
        var page = await catalog.ListAsync(SecurableType.Catalog, null, null, WorkspaceChecks.Meter(), cancellation);
        var seen = page.Items.Where(item => IsManaged(item.Securable)).ToList();
        if (seen.Count == 0)
        {
            return page.NextPageToken is null
                ? CheckResult.Fail(name, "the service sees no managed catalog", "Grant it USE_CATALOG and MANAGE on the catalogs, or correct `Sync:Managed:Securables`.")
                : CheckResult.Skip(name, "the first page of the catalogs has no managed one");
        }

        var whole = seen.Where(item => _managed.Covers(item.Securable)).Take(MaxCatalogs).ToList();
        if (whole.Count == 0)
        {
            return CheckResult.Skip(name, "only objects in catalogs are managed; the first task on one shows whether a right is missing there");
        }

        var owns = self?.Include(await metastore.GetAsync(WorkspaceChecks.Meter(), cancellation)) ?? false;
        var lacks = await Task.WhenAll(whole.Select(item => LackAsync(item, self, owns, cancellation)));
        var names = string.Join(", ", whole.Select(item => item.Securable.FullName));
        var rest = seen.Count > whole.Count || page.NextPageToken is not null ? "; others were not looked at" : "";
        return lacks.Where(lack => lack is not null).ToList() is { Count: > 0 } missing
            ? CheckResult.Fail(name, string.Join("; ", missing) + rest, "Grant the service MANAGE, USE_CATALOG and USE_SCHEMA on these catalogs, or make it or a group of it their owner.")
            : self is null
                ? CheckResult.Warn(name, $"reads the grants of {names}{rest}; whether it may change them is not known, since it is not known who it is", "Mend the check `principals` first.")
                : CheckResult.Ok(name, $"reads and may change the grants of {names}{rest}");
    }

    private bool IsManaged(Securable securable) =>
        !SecurableName.IsReservedCatalog(securable.Name) && (_managed.Covers(securable) || _managed.CouldCoverBelow(securable));

    // What it lacks on a catalog; null when nothing, as far as it is known.
    private async Task<string?> LackAsync(SecurableFacts facts, PrincipalNames? self, bool ownsMetastore, CancellationToken cancellation)
    {
        IReadOnlyList<Assignment> grants;
        try
        {
            grants = await catalog.GetPermissionsAsync(facts.Securable, WorkspaceChecks.Meter(), cancellation);
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.SecurableNotFound)
        {
            return $"may not read the grants of {facts.Securable.FullName} ({SyncErrorCodes.WireName(e.Code)})";
        }

        // ALL_PRIVILEGES does not have MANAGE in it.
        return self is null || ownsMetastore || self.Include(facts.Owner)
            || grants.Any(grant => grant.Privileges.Contains(Privilege.Manage) && self.Include(grant.Principal))
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"may not change the grants of {facts.Securable.FullName}: it has no MANAGE there and does not own it");
    }
}
