using System.Text.Json;
using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Tests.Support;

/// <summary>One request to the fake Unity Catalog.</summary>
internal sealed record Call(string Operation, Securable? On, string Detail, DateTimeOffset At)
{
    public override string ToString() => $"{Operation} {On}{(Detail.Length > 0 ? " " + Detail : "")}";
}

/// <summary>
/// A stateful Unity Catalog in memory: objects, direct grants, listings. Records calls, finds overlapping writes, and
/// misbehaves on request.
/// </summary>
internal sealed partial class FakeUnityCatalog(TimeProvider time) : IUnityCatalog
{
    public const string Get = "GET";
    public const string List = "LIST";
    public const string Read = "READ";
    public const string Patch = "PATCH";
    public const string Effective = "EFFECTIVE";
    public const string Abac = "ABAC";
    public const string Metastore = "METASTORE";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SecurableFacts> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, SortedSet<string>>> _grants = [];
    private readonly Dictionary<string, List<List<Assignment>>> _lagging = [];
    private readonly Dictionary<string, int> _writing = [];
    private readonly List<Call> _calls = [];
    private readonly List<Interference> _interferences = [];
    private int _identities;

    public HashSet<string> UnknownPrincipals { get; } = [];

    public HashSet<string> InapplicablePrivileges { get; } = [];

    /// <summary>Attribute-based policies of type GRANT.</summary>
    public List<GrantPolicy> GrantPolicies { get; } = [];

    /// <summary>Who owns the metastore; null when the workspace does not tell.</summary>
    public Func<string?> MetastoreOwner { get; set; } = () => null;

    /// <summary>Refuse changes that both add and remove privileges of one principal.</summary>
    public bool RefusesAddWithRemove { get; set; }

    /// <summary>How a change of one principal is refused; null when it is not.</summary>
    public Func<PermissionChange, SyncException?> Refuses { get; set; } = _ => null;

    /// <summary>Refuse an unknown principal without saying which.</summary>
    public bool NamesNobody { get; set; }

    public int PageSize { get; set; } = 1_000;

    /// <summary>How long a call takes, in real time. Default: none.</summary>
    public Func<TimeSpan>? Latency { get; set; }

    /// <summary>When set, each call takes a turn of it.</summary>
    public RequestBudget? Budget { get; set; }

    /// <summary>Give an empty page with a token before each page.</summary>
    public bool EmptyPages { get; set; }

    /// <summary>A container whose listing of tables gives an empty page with a new token each time.</summary>
    public string? Endless { get; set; }

    /// <summary>Writes that began while another on the same securable was under way.</summary>
    public int Overlaps { get; private set; }

    public int MostAtOnce { get; private set; }

    public IReadOnlyList<Call> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    public IReadOnlyList<Call> Writes => [.. Calls.Where(call => call.Operation == Patch)];

    public IReadOnlyList<string> WritesTo(string fullName) =>
        [.. Writes.Where(call => call.On!.FullName == fullName).Select(call => call.Detail)];

    public void Forget()
    {
        lock (_gate)
        {
            _calls.Clear();
        }
    }

    /// <summary>Adds objects given as text, <c>table main.sales.orders</c>; missing containers come along.</summary>
    public void Add(params string[] objects)
    {
        lock (_gate)
        {
            foreach (var securable in objects.Select(Resources.Parse))
            {
                foreach (var one in securable.Parents.Append(securable).Where(one => !_objects.ContainsKey(one.ToString())))
                {
                    _objects[one.ToString()] = new SecurableFacts(one, KindOf(one), "owner@corp.com", $"id-{++_identities}");
                    _grants.TryAdd(Path(one), new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal));
                }
            }
        }
    }

    public void Drop(string text)
    {
        lock (_gate)
        {
            _objects.Remove(text);
            _grants.Remove(Path(Resources.Parse(text)));
        }
    }

    /// <summary>Renames an object; what it holds and its grants go with it, and every id stays.</summary>
    public void Rename(string text, string newText)
    {
        lock (_gate)
        {
            var (from, to) = (Resources.Parse(text), Resources.Parse(newText));
            foreach (var (key, facts) in _objects.Where(item => from.Covers(item.Value.Securable)).ToList())
            {
                var renamed = Securable.Parse(facts.Securable.Type, to.FullName + facts.Securable.FullName[from.FullName.Length..]);
                _objects.Remove(key);
                _objects[renamed.ToString()] = facts with { Securable = renamed };
                _grants[Path(renamed)] = _grants[Path(facts.Securable)];
                _grants.Remove(Path(facts.Securable));
                foreach (var slot in _guards.Keys.Where(slot => slot.StartsWith(facts.Securable.FullName + "|", StringComparison.Ordinal)).ToList())
                {
                    _guards[renamed.FullName + slot[slot.IndexOf('|', StringComparison.Ordinal)..]] = _guards[slot];
                    _guards.Remove(slot);
                }
            }
        }
    }

    /// <summary>Gives an object another id.</summary>
    public void Identify(string on, string identity)
    {
        lock (_gate)
        {
            _objects[on] = _objects[on] with { Identity = identity };
        }
    }

    /// <summary>A grant that others made.</summary>
    public void Grant(string on, string principal, params string[] privileges)
    {
        lock (_gate)
        {
            Apply(Resources.Parse(on), [new PermissionChange(principal, null, privileges, [])]);
        }
    }

    /// <summary>A grant that others took back.</summary>
    public void Revoke(string on, string principal, params string[] privileges)
    {
        lock (_gate)
        {
            Apply(Resources.Parse(on), [new PermissionChange(principal, null, [], privileges)]);
        }
    }

    /// <summary>What an object's record says of its last change.</summary>
    public void SayChanged(string on, string by, DateTimeOffset at)
    {
        lock (_gate)
        {
            _objects[on] = _objects[on] with { ChangedBy = by, ChangedAt = at };
        }
    }

    /// <summary>The grants on a securable: <c>ann@corp.com:SELECT bob@corp.com:MODIFY,SELECT</c>.</summary>
    public string GrantsOn(string on)
    {
        lock (_gate)
        {
            return string.Join(' ', _grants[Path(Resources.Parse(on))]
                .Where(pair => pair.Value.Count > 0).Select(pair => $"{pair.Key}:{string.Join(',', pair.Value)}"));
        }
    }

    /// <summary>Holds the next calls of an operation on a securable until the hold is released.</summary>
    public Hold HoldNext(string operation, string on, int times = 1)
    {
        var hold = new Hold();
        Interfere(operation, on, times, async _ =>
        {
            hold.Reach();
            await hold.Released;
        });
        return hold;
    }

    /// <summary>The next reads of permissions show what stands now.</summary>
    public void LagReads(string on, int reads)
    {
        lock (_gate)
        {
            var path = Path(Resources.Parse(on));
            _lagging[path] = [.. Enumerable.Repeat(Assignments(path), reads)];
        }
    }

    /// <summary>Reads of permissions leave out what a principal holds, until it is null again; effective permissions show it.</summary>
    public string? LeftOut { get; set; }

    public void FailNext(string operation, string on, SyncException failure, int times = 1) =>
        Interfere(operation, on, times, _ => throw failure);

    public void InterfereNext(string operation, string on, Action act) => Interfere(operation, on, 1, _ =>
    {
        act();
        return Task.CompletedTask;
    });

    /// <summary>The next PATCH ends without an answer. It takes effect, or does when what is returned is called.</summary>
    public Action LoseNextAnswer(string on, bool takesEffect)
    {
        IReadOnlyList<PermissionChange> lost = [];
        Interfere(Patch, on, 1, changes =>
        {
            lost = changes;
            if (takesEffect)
            {
                Apply(Resources.Parse(on), changes);
            }

            throw new SyncException(SyncErrorCode.Unavailable, "connection reset") { OutcomeUnknown = true };
        });
        return () =>
        {
            lock (_gate)
            {
                Apply(Resources.Parse(on), lost);
            }
        };
    }

    public async Task<SecurableFacts> GetAsync(Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Get, securable, "", meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            return _objects.TryGetValue(securable.ToString(), out var facts) ? facts with { CreatedAt = CreatedAt(securable) } : throw NotFound(securable);
        }
    }

    public async Task<SecurablePage> ListAsync(
        SecurableType type, Securable? parent, string? pageToken, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(List, parent, $"{type} {pageToken}".TrimEnd(), meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            if (parent is not null && !_objects.ContainsKey(parent.ToString()))
            {
                throw NotFound(parent);
            }

            if (type == SecurableType.Table && parent?.FullName == Endless)
            {
                return new SecurablePage([], Guid.NewGuid().ToString());
            }

            if (EmptyPages && pageToken?.StartsWith("empty", StringComparison.Ordinal) != true)
            {
                return new SecurablePage([], "empty" + pageToken);
            }

            var from = int.Parse("0" + pageToken?.Replace("empty", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
            var all = _objects.Values.Where(item => item.Securable.Type == type && item.Securable.Parent == parent).ToList();
            var page = all.Skip(from).Take(PageSize).ToList();
            return new SecurablePage(page, from + page.Count < all.Count ? $"{from + page.Count}" : null);
        }
    }

    public async Task<IReadOnlyList<Assignment>> GetPermissionsAsync(
        Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Read, securable, "", meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            var path = Path(securable);
            if (!_grants.ContainsKey(path))
            {
                throw NotFound(securable);
            }

            if (_lagging.TryGetValue(path, out var old) && old.Count > 0)
            {
                old.RemoveAt(0);
                return old.Count > 0 ? old[0] : Assignments(path);
            }

            return [.. Assignments(path).Where(assignment => assignment.Principal != LeftOut)];
        }
    }

    public async Task<IReadOnlyList<Assignment>> GetPermissionsAgainAsync(
        Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Effective, securable, "", meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            return Assignments(Path(securable));
        }
    }

    public async Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync(Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Effective, securable, "", meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            return
            [
                .. from container in securable.Parents
                    from assignment in Assignments(Path(container))
                    from privilege in assignment.Privileges
                    select new InheritedGrant(assignment.Principal, privilege, container),
            ];
        }
    }

    public async Task<IReadOnlyList<GrantPolicy>> GetGrantPoliciesAsync(Securable container, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Abac, container, "", meter, []).WaitAsync(cancellation);
        return [.. GrantPolicies.Where(policy => policy.Container == container)];
    }

    public async Task<string?> GetMetastoreOwnerAsync(CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Metastore, null, "", meter, []).WaitAsync(cancellation);
        return MetastoreOwner();
    }

    public async Task UpdatePermissionsAsync(
        Securable securable, IReadOnlyList<PermissionChange> changes, TimeSpan timeout, CallMeter meter, CancellationToken cancellation)
    {
        await meter.AdmitWriteAsync(cancellation);
        var path = Path(securable);
        lock (_gate)
        {
            _writing[path] = _writing.GetValueOrDefault(path) + 1;
            Overlaps += _writing[path] > 1 ? 1 : 0;
            MostAtOnce = Math.Max(MostAtOnce, _writing.Values.Sum());
        }

        try
        {
            await BeginAsync(Patch, securable, Text(changes), meter, changes);
            lock (_gate)
            {
                Refuse(changes);
                Apply(securable, changes);
            }
        }
        finally
        {
            lock (_gate)
            {
                _writing[path]--;
            }
        }
    }

    public PlannedCall DescribeUpdate(Securable securable, IReadOnlyList<PermissionChange> changes) =>
        new(Patch, securable.ToString(), JsonSerializer.Serialize(Text(changes)));

    private static string Text(IReadOnlyList<PermissionChange> changes) => string.Join(' ', changes.Select(change =>
        change.Principal + ":" + string.Join(',', change.Add.Select(name => "+" + name).Concat(change.Remove.Select(name => "-" + name)))));

    private static string Path(Securable securable) => $"{securable.Type.PathType()} {securable.FullName}";

    private static string KindOf(Securable securable) => securable.Type switch
    {
        SecurableType.Table => "MANAGED",
        SecurableType.Model => "REGISTERED_MODEL",
        var type => WireNames.Of(type).ToUpperInvariant(),
    };

    private static SyncException NotFound(Securable securable) => new(SyncErrorCode.SecurableNotFound, $"{securable} does not exist");

    private void Interfere(string operation, string on, int times, Func<IReadOnlyList<PermissionChange>, Task> act)
    {
        lock (_gate)
        {
            _interferences.Add(new Interference(operation, on, act) { Left = times });
        }
    }

    private async Task BeginAsync(string operation, Securable? on, string detail, CallMeter meter, IReadOnlyList<PermissionChange> changes)
    {
        if (Budget is { } budget)
        {
            using var turn = await budget.TakeTurnForAsync(meter, operation == Patch, CancellationToken.None);
        }

        await MeetAsync(operation, on, detail, meter, changes);
    }

    private Task MeetAsync(string operation, Securable? on, string detail, CallMeter meter, IReadOnlyList<PermissionChange> changes)
    {
        meter.Count();
        lock (_gate)
        {
            _calls.Add(new Call(operation, on, detail, time.GetUtcNow()));
            var met = _interferences.Find(one => one.Left > 0 && one.Operation == operation && one.On == (on?.ToString() ?? ""));
            if (met is null)
            {
                return Latency is { } latency ? Task.Delay(latency()) : Task.CompletedTask;
            }

            met.Left--;
            return met.Act(changes);
        }
    }

    private void Refuse(IReadOnlyList<PermissionChange> changes)
    {
        foreach (var change in changes)
        {
            if (Refuses(change) is { } refusal)
            {
                throw refusal;
            }

            if (UnknownPrincipals.Contains(change.Principal))
            {
                throw Refused("PRINCIPAL_DOES_NOT_EXIST", $"Could not find principal with name {change.Principal}.", NamesNobody ? null : change.Principal);
            }

            if (change.Add.FirstOrDefault(InapplicablePrivileges.Contains) is { } privilege)
            {
                throw Refused("PRIVILEGE_NOT_APPLICABLE", $"Privilege {privilege} is not applicable to this entity", privilege);
            }

            if (RefusesAddWithRemove && change.Add.Count > 0 && change.Remove.Count > 0)
            {
                throw Refused("DUPLICATE_ADD_REMOVE", "Duplicate privileges to add and delete for principal", change.Principal);
            }
        }
    }

    private static SyncException Refused(string code, string message, string? subject) =>
        new(SyncErrorCode.InvalidPlan, message) { ServerCode = code, Subject = subject };

    private void Apply(Securable securable, IReadOnlyList<PermissionChange> changes)
    {
        var grants = _grants.GetValueOrDefault(Path(securable)) ?? throw NotFound(securable);
        foreach (var change in changes)
        {
            var key = grants.Keys.FirstOrDefault(name => PrincipalKey.Of(name) == PrincipalKey.Of(change.Principal)) ?? change.Principal;
            grants.TryAdd(key, new SortedSet<string>(StringComparer.Ordinal));
            grants[key].ExceptWith(change.Remove);
            grants[key].UnionWith(change.Add);
        }
    }

    private List<Assignment> Assignments(string path) =>
        [.. _grants[path].Where(pair => pair.Value.Count > 0).Select(pair => new Assignment(pair.Key, null, [.. pair.Value]))];

    private sealed record Interference(string Operation, string On, Func<IReadOnlyList<PermissionChange>, Task> Act)
    {
        public int Left { get; set; }
    }
}

/// <summary>A call that is held.</summary>
internal sealed class Hold
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public Task Released => _released.Task;

    public void Reach() => _reached.TrySetResult();

    public void Release() => _released.TrySetResult();
}
