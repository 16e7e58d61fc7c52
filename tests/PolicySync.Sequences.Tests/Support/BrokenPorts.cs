using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Sequences.Tests.Language;
using Emulated = UnityCatalog.Emulator.Principals.PrincipalKind;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>Never sees a part of the policies, and does not know that there is one.</summary>
internal sealed class PartlyBlind(IPolicySource source, string part) : IPolicySource
{
    public async Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation) =>
        await source.ReadAsync(knownStamp, cancellation) is { } download ? RangerSide.Losses[part](download) : null;
}

/// <summary>Takes every answer about a table for one without columns.</summary>
internal sealed class Columnless(ITableGuards tables) : Tables(tables)
{
    protected override TableShape Seen(TableShape shape) => shape with { Columns = [] };
}

/// <summary>Takes whatever stands on a table for no row filter.</summary>
internal sealed class Filterless(ITableGuards tables) : Tables(tables)
{
    protected override TableShape Seen(TableShape shape) => shape with { RowFilter = null };
}

/// <summary>Passes calls on; what is read of a table may be changed on the way.</summary>
internal abstract class Tables(ITableGuards tables) : ITableGuards
{
    public async Task<TableShape> GetTableAsync(Securable table, CallMeter meter, CancellationToken cancellation) =>
        Seen(await tables.GetTableAsync(table, meter, cancellation));

    public Task<ToldFunction?> GetFunctionAsync(string fullName, CallMeter meter, CancellationToken cancellation) =>
        tables.GetFunctionAsync(fullName, meter, cancellation);

    public Task EnsureWarehouseAsync(CallMeter meter, CancellationToken cancellation) => tables.EnsureWarehouseAsync(meter, cancellation);

    public Task ExecuteAsync(string sql, TimeSpan timeout, CallMeter meter, CancellationToken cancellation) =>
        tables.ExecuteAsync(sql, timeout, meter, cancellation);

    public PlannedCall Describe(string sql) => tables.Describe(sql);

    protected abstract TableShape Seen(TableShape shape);
}

/// <summary>Knows groups and their members, but no group that is in another one.</summary>
internal sealed class Flat(InMemoryWorkspace workspace) : IPrincipalDirectory
{
    public Task<PrincipalSnapshot> GetAsync(CancellationToken cancellation)
    {
        var principals = workspace.Current.Principals;
        return Task.FromResult(new PrincipalSnapshot(
            principals.Listed(Emulated.User).Select(user => new DirectoryMember($"{user.Id}", user.Name, user.Active)), [],
            principals.Listed(Emulated.Group).Select(group => new DirectoryGroup(
                $"{group.Id}", group.Name, group.Kind == Emulated.Group, [.. group.Members.Where(member => !member.IsGroup).Select(member => $"{member.Id}")])),
            new DirectorySelf("self", Stage.Self, [])));
    }
}

/// <summary>Sees nothing of what containers hand down, and nobody who owns something.</summary>
internal sealed class Unsuspecting(IUnityCatalog catalog) : IUnityCatalog
{
    public async Task<SecurableFacts> GetAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        await catalog.GetAsync(securable, meter, cancellation) with { Owner = null };

    public async Task<IReadOnlyList<Assignment>> GetPermissionsAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        securable.Type.IsContainer() ? [] : await catalog.GetPermissionsAsync(securable, meter, cancellation);

    public Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<InheritedGrant>>([]);

    public Task<IReadOnlyList<GrantPolicy>> GetGrantPoliciesAsync(Securable container, CallMeter meter, CancellationToken cancellation) =>
        catalog.GetGrantPoliciesAsync(container, meter, cancellation);

    public Task<SecurablePage> ListAsync(
        SecurableType type, Securable? parent, string? pageToken, CallMeter meter, CancellationToken cancellation) =>
        catalog.ListAsync(type, parent, pageToken, meter, cancellation);

    public Task UpdatePermissionsAsync(
        Securable securable, IReadOnlyList<PermissionChange> changes, TimeSpan timeout, CallMeter meter, CancellationToken cancellation) =>
        catalog.UpdatePermissionsAsync(securable, changes, timeout, meter, cancellation);

    public PlannedCall DescribeUpdate(Securable securable, IReadOnlyList<PermissionChange> changes) => catalog.DescribeUpdate(securable, changes);
}
