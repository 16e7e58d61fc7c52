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

/// <summary>Takes every table for one that nobody owns.</summary>
internal sealed class Ownerless(ITableGuards tables) : Tables(tables)
{
    protected override TableShape Seen(TableShape shape) => shape with { Facts = shape.Facts with { Owner = null } };
}

/// <summary>Passes calls on; what is read of a table may be changed on the way.</summary>
internal abstract class Tables(ITableGuards tables) : ITableGuards
{
    public virtual async Task<TableShape> GetTableAsync(Securable table, CallMeter meter, CancellationToken cancellation) =>
        Seen(await tables.GetTableAsync(table, meter, cancellation));

    public virtual Task<ToldFunction?> GetFunctionAsync(string fullName, CallMeter meter, CancellationToken cancellation) =>
        tables.GetFunctionAsync(fullName, meter, cancellation);

    public Task EnsureWarehouseAsync(CallMeter meter, CancellationToken cancellation) => tables.EnsureWarehouseAsync(meter, cancellation);

    public Task ExecuteAsync(string sql, TimeSpan timeout, CallMeter meter, CancellationToken cancellation) =>
        tables.ExecuteAsync(sql, timeout, meter, cancellation);

    public PlannedCall Describe(string sql) => tables.Describe(sql);

    protected virtual TableShape Seen(TableShape shape) => shape;
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

/// <summary>Sees nothing of what containers hand down.</summary>
internal sealed class Unsuspecting(IUnityCatalog catalog) : Catalog(catalog)
{
    public override async Task<IReadOnlyList<Assignment>> GetPermissionsAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        securable.Type.IsContainer() ? [] : await base.GetPermissionsAsync(securable, meter, cancellation);

    public override Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<InheritedGrant>>([]);
}

/// <summary>Takes every guards' schema for its own, and nothing in it for shared.</summary>
internal sealed class TrustingCatalog(IUnityCatalog catalog) : Catalog(catalog)
{
    public override async Task<SecurableFacts> GetAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        await base.GetAsync(securable, meter, cancellation) is var facts && IsOfGuards(securable) ? facts with { Owner = Stage.Self } : facts;

    public override async Task<IReadOnlyList<Assignment>> GetPermissionsAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        IsOfGuards(securable) ? [] : await base.GetPermissionsAsync(securable, meter, cancellation);

    private static bool IsOfGuards(Securable securable) =>
        securable.Type == SecurableType.Function || (securable.Type == SecurableType.Schema && securable.Name == "policysync_guards");
}

/// <summary>Takes every function of a guard for what it was when it was first seen, and for its own.</summary>
internal sealed class TrustingTables(ITableGuards tables) : Tables(tables)
{
    private readonly Dictionary<string, string?> _definitions = new(StringComparer.Ordinal);

    public override async Task<ToldFunction?> GetFunctionAsync(string fullName, CallMeter meter, CancellationToken cancellation)
    {
        if (await base.GetFunctionAsync(fullName, meter, cancellation) is not { } told)
        {
            return null;
        }

        if (!_definitions.TryGetValue(fullName, out var definition))
        {
            _definitions[fullName] = definition = told.Definition;
        }

        return told with { Owner = Stage.Self, UpdatedBy = Stage.Self, Definition = definition };
    }
}

/// <summary>Once a table's grants were changed, goes on seeing the table as it was, for a minute.</summary>
internal sealed class Inattentive(Worker worker)
{
    private readonly Dictionary<Securable, TableShape> _seen = [];
    private readonly Dictionary<Securable, DateTimeOffset> _granted = [];

    public IUnityCatalog Catalog(IUnityCatalog catalog) => new Granting(catalog, this);

    public ITableGuards Tables(ITableGuards tables) => new Looking(tables, this);

    private sealed class Granting(IUnityCatalog catalog, Inattentive shared) : Catalog(catalog)
    {
        public override Task UpdatePermissionsAsync(
            Securable securable, IReadOnlyList<PermissionChange> changes, TimeSpan timeout, CallMeter meter, CancellationToken cancellation)
        {
            shared._granted[securable] = shared._worker.Time.GetUtcNow();
            return base.UpdatePermissionsAsync(securable, changes, timeout, meter, cancellation);
        }
    }

    private sealed class Looking(ITableGuards tables, Inattentive shared) : Tables(tables)
    {
        public override async Task<TableShape> GetTableAsync(Securable table, CallMeter meter, CancellationToken cancellation)
        {
            var now = shared._worker.Time.GetUtcNow();
            if (shared._granted.TryGetValue(table, out var at) && at <= now && now - at < TimeSpan.FromMinutes(1) && shared._seen.TryGetValue(table, out var seen))
            {
                return seen;
            }

            return shared._seen[table] = await base.GetTableAsync(table, meter, cancellation);
        }
    }

    private readonly Worker _worker = worker;
}

/// <summary>Passes calls on.</summary>
internal abstract class Catalog(IUnityCatalog catalog) : IUnityCatalog
{
    public virtual Task<SecurableFacts> GetAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        catalog.GetAsync(securable, meter, cancellation);

    public virtual Task<IReadOnlyList<Assignment>> GetPermissionsAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        catalog.GetPermissionsAsync(securable, meter, cancellation);

    public virtual Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        catalog.GetInheritedAsync(securable, meter, cancellation);

    public Task<IReadOnlyList<GrantPolicy>> GetGrantPoliciesAsync(Securable container, CallMeter meter, CancellationToken cancellation) =>
        catalog.GetGrantPoliciesAsync(container, meter, cancellation);

    public Task<string?> GetMetastoreOwnerAsync(CallMeter meter, CancellationToken cancellation) => catalog.GetMetastoreOwnerAsync(meter, cancellation);

    public Task<SecurablePage> ListAsync(
        SecurableType type, Securable? parent, string? pageToken, CallMeter meter, CancellationToken cancellation) =>
        catalog.ListAsync(type, parent, pageToken, meter, cancellation);

    public virtual Task UpdatePermissionsAsync(
        Securable securable, IReadOnlyList<PermissionChange> changes, TimeSpan timeout, CallMeter meter, CancellationToken cancellation) =>
        catalog.UpdatePermissionsAsync(securable, changes, timeout, meter, cancellation);

    public PlannedCall DescribeUpdate(Securable securable, IReadOnlyList<PermissionChange> changes) => catalog.DescribeUpdate(securable, changes);
}
