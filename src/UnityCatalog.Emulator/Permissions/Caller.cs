using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Permissions;

internal enum Visibility
{
    Hidden,
    BrowseOnly,
    Full,
}

/// <summary>The caller, and the checks of what it may see and change (reference §2, the last list).</summary>
internal sealed class Caller(Workspace workspace, Principal principal)
{
    private readonly HashSet<long> _identities = principal.Identities(workspace.Principals.Version);

    public Principal Principal { get; } = principal;

    public bool Is(long principalId) => _identities.Contains(principalId);

    /// <summary>Owner here or above, or holder of MANAGE here or above, with the usage privileges over that level.</summary>
    public bool CanManage(Securable securable)
    {
        if (IsMetastoreAdmin)
        {
            return true;
        }

        for (var level = securable; level is not null && !IsBeyond(level, securable); level = level.Parent)
        {
            if ((Owns(level) || HoldsAt(level, PrivilegeNames.Manage)) && MissingUsageAbove(level) is null)
            {
                return true;
            }
        }

        return false;
    }

    public void RequireManage(Securable securable)
    {
        if (WhyUnbound(securable) is { } unbound)
        {
            throw unbound;
        }

        if (!CanManage(securable))
        {
            throw MissingUsageAbove(securable) ?? Errors.NotOwner(securable);
        }
    }

    public bool Owns(Securable securable) => securable.OwnerId != 0 && Is(securable.OwnerId);

    /// <summary>
    /// Whether the caller is a metastore admin, which is who owns the metastore. Row filters and column masks apply to
    /// everyone else, owners and holders of ALL_PRIVILEGES among them.
    /// </summary>
    public bool IsMetastoreAdmin => Is(workspace.Metastore.Root.OwnerId);

    /// <summary>
    /// Granted here or on a container, for nothing is inherited from the metastore (reference §2); or the object is the
    /// caller's own. The owner of a container has no privilege on what it holds until they grant it to themselves.
    /// </summary>
    public bool Holds(Securable securable, string privilege)
    {
        if (Owns(securable))
        {
            return true;
        }

        for (var level = securable; level is not null && !IsBeyond(level, securable); level = level.Parent)
        {
            if (HoldsAt(level, privilege))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The refusal when the workspace is not bound to what the object lies in; null when it is, or need not be.</summary>
    public static ApiException? WhyUnbound(Securable securable)
    {
        var outermost = securable;
        while (outermost.Parent is { Family: not SecurableFamily.Metastore } parent)
        {
            outermost = parent;
        }

        return outermost.Bindings.Admits(MetastoreRoutes.WorkspaceId) ? null : Errors.NotBound(outermost);
    }

    /// <summary>How much of an object the caller sees; <paramref name="includeUnbound"/> shows also what is isolated from the workspace.</summary>
    public Visibility See(Securable securable, bool includeBrowse, bool includeUnbound = false)
    {
        if ((includeUnbound ? WhyNotSeen(securable) : WhyHidden(securable)) is null)
        {
            return Visibility.Full;
        }

        return includeBrowse && WhyUnbound(securable) is null && Holds(securable, PrivilegeNames.Browse) ? Visibility.BrowseOnly : Visibility.Hidden;
    }

    /// <summary>Null when the object is visible; else the refusal, the outermost reason first.</summary>
    public ApiException? WhyHidden(Securable securable) => WhyUnbound(securable) ?? WhyNotSeen(securable);

    private ApiException? WhyNotSeen(Securable securable)
    {
        if (securable.Family == SecurableFamily.Metastore || CanManage(securable))
        {
            return null;
        }

        if (MissingUsageAbove(securable) is { } missing)
        {
            return missing;
        }

        return securable.Family switch
        {
            SecurableFamily.Catalog => Missing(PrivilegeNames.UseCatalog, securable),
            SecurableFamily.Schema => securable.BuiltIn ? null : Missing(PrivilegeNames.UseSchema, securable),
            _ when HasAnyGrantOn(securable) => null,
            SecurableFamily.Table => Missing("SELECT", securable),
            SecurableFamily.Function or SecurableFamily.Model => Missing("EXECUTE", securable),
            SecurableFamily.Volume => Missing("READ_VOLUME", securable),
            _ => Errors.NotOwner(securable),
        };
    }

    /// <summary>Null when the table may be read; MANAGE alone does not allow reading (reference §2).</summary>
    public ApiException? WhyUnreadable(Securable table) => WhyUnbound(table) ?? MissingUsageAbove(table) ?? Missing("SELECT", table);

    private ApiException? MissingUsageAbove(Securable securable)
    {
        if (securable.Family.Depth() == 1)
        {
            return null;
        }

        var parent = securable.Parent!;
        if (parent.Family == SecurableFamily.Catalog)
        {
            return Missing(PrivilegeNames.UseCatalog, parent);
        }

        return Missing(PrivilegeNames.UseCatalog, parent.Parent!)
            ?? (parent.BuiltIn ? null : Missing(PrivilegeNames.UseSchema, parent));
    }

    private ApiException? Missing(string privilege, Securable on) => Holds(on, privilege) ? null : Errors.Lacks(privilege, on);

    private bool HasAnyGrantOn(Securable securable) => _identities.Any(securable.Grants.Current.ByPrincipal.ContainsKey);

    private bool HoldsAt(Securable level, string privilege)
    {
        var grants = level.Grants.Current;
        if (grants.ByPrincipal.IsEmpty)
        {
            return false;
        }

        foreach (var identity in _identities)
        {
            var held = grants.Of(identity);
            if (held.Contains(privilege)
                || (held.Contains(PrivilegeNames.AllPrivileges) && !PrivilegeNames.IsOutsideAllPrivileges(privilege)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The walk from an object ends below the metastore, unless it started there.</summary>
    private static bool IsBeyond(Securable level, Securable start) =>
        level.Family == SecurableFamily.Metastore && start.Family != SecurableFamily.Metastore;
}
