using System.Text.Json.Nodes;
using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;
using PolicySync.Core.Timing;

namespace PolicySync.ContractCheck;

/// <summary>Ways to the workspace: the service's own clients, and one without them.</summary>
/// <param name="Raw">Requests without the service's client.</param>
/// <param name="Product">The service's own client.</param>
/// <param name="Guards">The service's own client for tables with guards, and for statements.</param>
/// <param name="Options">The settings of the workspace.</param>
internal sealed record Clients(RawWorkspace Raw, IUnityCatalog Product, ITableGuards Guards, WorkspaceOptions Options);

/// <summary>What probes work with: the workspace, its principals, and the objects of the check.</summary>
internal sealed class Scene(CheckArguments arguments, Clients clients, Cast cast, MadeObjects made, string schema, TimeProvider time)
{
    private const int ClearedAtOnce = 20;

    private static readonly Backoff Polls = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2));

    private readonly Dictionary<SecurableType, Task<Securable>> _leaves = [];

    public CheckArguments Arguments => arguments;

    /// <inheritdoc cref="Clients.Raw"/>
    public RawWorkspace Raw => clients.Raw;

    /// <inheritdoc cref="Clients.Product"/>
    public IUnityCatalog Product => clients.Product;

    /// <inheritdoc cref="Clients.Guards"/>
    public ITableGuards Guards => clients.Guards;

    public WorkspaceOptions Options => clients.Options;

    public Cast Cast => cast;

    public MadeObjects Made => made;

    public TimeProvider Time => time;

    /// <summary>The schema of the check.</summary>
    public Securable Schema { get; } = Securable.Schema(arguments.Catalog, schema);

    public Securable Catalog { get; } = Securable.Catalog(arguments.Catalog);

    /// <summary>The name of a principal that does not exist.</summary>
    public string Unknown(int number = 1) => $"{schema}-unknown-{number}@policysync.invalid";

    /// <summary>An object name within the schema of the check.</summary>
    public Securable Named(SecurableType type, string name) => Securable.Of(type, Schema.Parts[0], Schema.Parts[1], name);

    /// <summary>The statements' warehouse; without it nothing that needs SQL can be asked.</summary>
    public void NeedWarehouse()
    {
        if (string.IsNullOrEmpty(Options.WarehouseId))
        {
            throw new NotAskedException($"needs a SQL warehouse: {WorkspaceOptions.Section}:WarehouseId is not set");
        }
    }

    /// <summary>An object of the check's own of a type, made when it is first asked for.</summary>
    public Task<Securable> LeafAsync(SecurableType type, CancellationToken stop) =>
        _leaves.TryGetValue(type, out var leaf) ? leaf : _leaves[type] = MakeAsync(Named(type, $"{type.PathType()}_of_the_check"), stop);

    /// <summary>Makes an object of the check's own.</summary>
    public async Task<Securable> MakeAsync(Securable securable, CancellationToken stop)
    {
        if (securable.Type == SecurableType.Table)
        {
            await MakeBySqlAsync(securable, $"CREATE TABLE {Sql.Name(securable)} (id BIGINT, region STRING, ssn STRING) COMMENT '{made.Mark}'", stop);
            return securable;
        }

        var body = new JsonObject { ["name"] = securable.Name, ["catalog_name"] = securable.Parts[0] };
        if (securable.Type != SecurableType.Schema)
        {
            body["schema_name"] = securable.Parts[1];
        }

        if (securable.Type == SecurableType.Volume)
        {
            body["volume_type"] = "MANAGED";
        }

        if (securable.Type == SecurableType.Function)
        {
            foreach (var (name, value) in Sql.FunctionBody())
            {
                body[name] = value?.DeepClone();
            }
        }

        await made.CreateAsync(securable, body, stop);
        return securable;
    }

    /// <summary>Makes an object by a statement, which gives it the check's mark as its comment.</summary>
    public async Task MakeBySqlAsync(Securable securable, string sql, CancellationToken stop)
    {
        await WarehouseAsync(stop);
        await made.MakeAsync(securable, () => ExecuteAsync(sql), stop);
    }

    /// <summary>Carries out a statement with the service's client.</summary>
    public async Task SqlAsync(string sql, CancellationToken stop)
    {
        await WarehouseAsync(stop);
        await ExecuteAsync(sql);
    }

    // Once sent it is not stopped: it could act later, unseen.
    private Task ExecuteAsync(string sql) => Guards.ExecuteAsync(sql, Options.StatementTimeout, new CallMeter(), CancellationToken.None);

    // Started, and waited for.
    private async Task WarehouseAsync(CancellationToken stop)
    {
        NeedWarehouse();
        for (var patience = TimeSpan.FromMinutes(5); ;)
        {
            try
            {
                await Guards.EnsureWarehouseAsync(new CallMeter(), stop);
                return;
            }
            catch (SyncException e) when (e is { Code: SyncErrorCode.Unavailable, RetryAfter: { } pause } && patience > TimeSpan.Zero)
            {
                patience -= pause;
                await Task.Delay(pause, time, stop);
            }
        }
    }

    /// <summary>Sends changes as they are, and gives the answer as it comes.</summary>
    public Task<RawAnswer> ChangeAsync(Securable on, CancellationToken stop, params Change[] changes) =>
        Raw.PatchAsync(Routes.Permissions(on), new JsonObject { ["changes"] = new JsonArray([.. changes.Select(change => change.Json())]) }, stop);

    /// <summary>Sends changes which are nothing special, and must succeed for the probe to continue.</summary>
    /// <exception cref="NotAskedException">They do not.</exception>
    public async Task GrantAsync(Securable on, CancellationToken stop, params Change[] changes) =>
        (await ChangeAsync(on, stop, changes)).Required("a grant on the schema of the check");

    /// <summary>Direct grants as the service's client reads them.</summary>
    public Task<IReadOnlyList<Assignment>> ReadAsync(Securable on, CancellationToken stop) => Product.GetPermissionsAsync(on, new CallMeter(), stop);

    /// <summary>Reads until grants are as expected, or patience is out.</summary>
    /// <returns>Whether they are, and what was read last.</returns>
    public async Task<(bool IsSo, string Seen)> SettleAsync(
        Securable on, Func<IReadOnlyList<Assignment>, bool> expected, CancellationToken stop, TimeSpan? patience = null)
    {
        var began = time.GetTimestamp();
        for (var reads = 0; ; reads++)
        {
            var read = await ReadAsync(on, stop);
            if (expected(read))
            {
                return (true, Show(read));
            }

            if (time.GetElapsedTime(began) >= (patience ?? arguments.Patience))
            {
                return (false, Show(read));
            }

            await Task.Delay(Polls.After(reads), time, stop);
        }
    }

    /// <summary>
    /// Makes sure that whatever earlier writes did can be read: writes a mark and waits until it shows. For facts
    /// of which nothing can be awaited, because nothing should happen.
    /// </summary>
    public async Task<IReadOnlyList<Assignment>> AfterMarkerAsync(Securable on, string privilege, CancellationToken stop)
    {
        await GrantAsync(on, stop, Change.Add(cast.Self, privilege));
        var (isSo, seen) = await SettleAsync(on, read => Holds(read, cast.Self, privilege), stop);
        return isSo ? await ReadAsync(on, stop) : throw new NotAskedException($"a grant did not show within {arguments.Patience}; seen: {seen}");
    }

    /// <summary>Takes all grants away that earlier probes left.</summary>
    public async Task ClearAsync(Securable on, CancellationToken stop)
    {
        var standing = await ReadAsync(on, stop);
        foreach (var some in standing.Chunk(ClearedAtOnce))
        {
            await GrantAsync(on, stop, [.. some.Select(one => Change.Remove(one.Principal, [.. one.Privileges]))]);
        }

        if (standing.Count > 0 && await SettleAsync(on, read => read.Count == 0, stop) is { IsSo: false } after)
        {
            throw new NotAskedException($"grants of an earlier probe stay: {after.Seen}");
        }
    }

    /// <summary>Whether a principal holds exactly these privileges.</summary>
    public static bool HoldsExactly(IReadOnlyList<Assignment> read, string principal, params string[] privileges) =>
        Of(read, principal).SetEquals(privileges);

    public static bool Holds(IReadOnlyList<Assignment> read, string principal, string privilege) => Of(read, principal).Contains(privilege);

    /// <summary>Grants for people, principals by what they are.</summary>
    public string Show(IReadOnlyList<Assignment> read) => read.Count == 0 ? "no grants"
        : string.Join("; ", read.Take(5).Select(one => $"{cast.Label(one.Principal)}: {string.Join(' ', one.Privileges.Order(StringComparer.Ordinal))}"))
            + (read.Count > 5 ? $"; and {read.Count - 5} more" : "");

    private static HashSet<string> Of(IReadOnlyList<Assignment> read, string principal) =>
        [.. read.Where(one => string.Equals(one.Principal, principal, StringComparison.OrdinalIgnoreCase)).SelectMany(one => one.Privileges)];
}

/// <summary>One element of a PATCH, as it is sent.</summary>
internal sealed record Change(string? Principal, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, long? PrincipalId = null)
{
    public static Change Add(string principal, params string[] privileges) => new(principal, privileges, []);

    public static Change Remove(string principal, params string[] privileges) => new(principal, [], privileges);

    public JsonObject Json()
    {
        var json = new JsonObject();
        if (Principal is not null)
        {
            json["principal"] = Principal;
        }

        if (PrincipalId is { } id)
        {
            json["principal_id"] = id;
        }

        foreach (var (name, privileges) in new[] { ("add", Added), ("remove", Removed) })
        {
            if (privileges.Count > 0)
            {
                json[name] = new JsonArray([.. privileges.Select(privilege => (JsonNode)privilege)]);
            }
        }

        return json;
    }
}
