using PolicySync.Core.Errors;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Runs;

namespace PolicySync.Grains.Resources.Isolating;

/// <summary>
/// What Unity Catalog has refused in one run. It outlives the run's attempts: a retry does not try a refused change again.
/// </summary>
/// <param name="shared">Principals that were refused on other securables.</param>
internal sealed class RunRefusals(RefusedPrincipals shared)
{
    /// <summary>How long a refused principal, grant or revoke is not tried again, unless the directory comes to list the principal.</summary>
    private static readonly TimeSpan RefusalLasts = TimeSpan.FromHours(1);

    /// <summary>How long a refused privilege is not tried again while policies change; see <see cref="RefusedPrivilege"/>.</summary>
    private static readonly TimeSpan PrivilegeRefusalLasts = TimeSpan.FromDays(1);

    /// <summary>Refused PATCHes that one run spends on finding out which parts are refused. The next run continues.</summary>
    private const int MaxRefusals = 64;

    /// <summary>The server code of a refusal that a principal is unknown.</summary>
    public const string UnknownPrincipal = "PRINCIPAL_DOES_NOT_EXIST";

    private readonly HashSet<string> _principals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _privileges = new(StringComparer.Ordinal);
    private readonly HashSet<string> _assumedUnknown = new(StringComparer.Ordinal);
    private readonly Dictionary<PlanPart, string> _parts = [];
    private readonly Dictionary<PlanPart, string> _postponed = [];
    private readonly HashSet<PlanPart> _refusedBefore = [];
    private bool _refusesAddWithRemove;
    private int _refusals;
    private string? _guardTrouble;
    private RunInputs? _inputs;

    /// <summary>Whether the run has met as many refusals as it may.</summary>
    public bool IsExhausted => _refusals >= MaxRefusals;

    /// <summary>
    /// A refusal of a single part whose cause does not lie in that part. When nothing at all was taken, everything is refused
    /// for that cause. Null when there was none.
    /// </summary>
    public SyncException? RefusedForAll { get; private set; }

    /// <summary>Why no row filter or mask can be set on the table; null as long as they can.</summary>
    public string? OfGuards { get; private set; }

    /// <summary>What is known to be refused, from this run, from earlier ones and from other securables.</summary>
    public Refusals Known(RunInputs inputs, RunTarget target, ResourceState state, DateTimeOffset now)
    {
        _inputs = inputs;
        _refusedBefore.UnionWith(state.RefusedParts.Select(refused => refused.ToPart()));

        // A principal that the directory has come to list is tried again.
        bool IsStillRefused(string key) => !IsListed(key, inputs.Directory) || state.RefusedThoughListed.Contains(key);
        var parts = new Dictionary<PlanPart, string>(_postponed);
        foreach (var refused in state.RefusedParts.Where(refused => IsRecent(refused.At, now)))
        {
            parts[refused.ToPart()] = refused.Reason;
        }

        foreach (var (part, reason) in _parts)
        {
            parts[part] = reason;
        }

        return new Refusals
        {
            Principals = state.Refused.Where(refused => IsRecent(refused.Value, now)).Select(refused => refused.Key).Where(IsStillRefused)
                .Concat(_principals).Concat(_assumedUnknown).ToHashSet(StringComparer.Ordinal),
            PrincipalsElsewhere = target.Desired.Grants.Select(grant => PrincipalKey.Of(grant.Principal))
                .Where(key => shared.Has(key) && IsStillRefused(key)).ToHashSet(StringComparer.Ordinal),
            Privileges = state.RefusedPrivileges.Where(refused => IsRecent(refused.Value, now)).Select(refused => refused.Key)
                .Concat(_privileges).ToHashSet(StringComparer.Ordinal),
            Parts = parts,
            RefusesAddWithRemove = _refusesAddWithRemove,
            OfGuards = OfGuards,
        };
    }

    /// <summary>Records that row filters and masks cannot be set, for a cause that does not pass.</summary>
    public void RefuseGuards(string reason) => OfGuards ??= reason;

    /// <summary>Records why statements could not be executed, for a cause that may pass.</summary>
    public void RecordGuardTrouble(string reason) => _guardTrouble = reason;

    /// <summary>
    /// Gives up setting row filters and masks when the run failed at them: the next attempt revokes SELECT from the principals
    /// that they should restrict. Returns false when the run failed at something else, or gave them up before.
    /// </summary>
    public bool GiveUpGuards()
    {
        var givesUp = _guardTrouble is not null && OfGuards is null;
        OfGuards ??= _guardTrouble;
        return givesUp;
    }

    /// <summary>Counts one more refused PATCH.</summary>
    public void Count() => _refusals++;

    /// <summary>Records what a refusal names; false when it names nothing of <paramref name="parts"/>, or nothing new.</summary>
    public bool Learn(SyncException refusal, IReadOnlyList<PlanPart> parts)
    {
        var subject = refusal.Subject ?? "";
        var key = PrincipalKey.Of(subject);
        switch (refusal.ServerCode)
        {
            case "DUPLICATE_ADD_REMOVE":
                return !_refusesAddWithRemove && (_refusesAddWithRemove = true);
            case "PRIVILEGE_NOT_APPLICABLE":
                var name = Privilege.Normalise(subject);
                return parts.Any(part => part.Grants && part.Privilege == name) && _privileges.Add(name);
            case UnknownPrincipal:
                return parts.Any(part => part.Principal == key) && RefusePrincipal(key);
            default:
                var named = parts.Where(part => part.Principal == key).ToList();
                named.ForEach(part => _parts[part] = refusal.Message);
                return named.Count > 0;
        }
    }

    /// <summary>Records that a principal is unknown; false when that is known already.</summary>
    public bool RefusePrincipal(string key)
    {
        shared.Add(key);
        return _principals.Add(key);
    }

    /// <summary>
    /// Assumes that principals are unknown without trying each. That is not recorded for the securable: a later run tries them.
    /// </summary>
    public void AssumeUnknown(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            shared.Add(key);
            _assumedUnknown.Add(key);
        }
    }

    /// <summary>Records that a part was refused by itself.</summary>
    public void Refuse(PlanPart part, SyncException refusal)
    {
        _parts.TryAdd(part, refusal.Message);
        if (!(part.Grants && Privilege.NeedsMoreThanManage(part.Privilege)) && !_refusedBefore.Contains(part))
        {
            RefusedForAll ??= refusal;
        }
    }

    /// <summary>Forgets refused parts: the cause lies in none of them, so the next run tries all of them.</summary>
    public void ForgetParts() => _parts.Clear();

    /// <summary>Leaves parts to a later run.</summary>
    public void Postpone(IEnumerable<PlanPart> parts)
    {
        foreach (var part in parts)
        {
            _postponed.TryAdd(part, $"{MaxRefusals} changes were refused before it was tried; the next sync continues");
        }
    }

    /// <summary>Whether a part is not tried any more.</summary>
    public bool IsLeftOut(PlanPart part) =>
        _principals.Contains(part.Principal) || _assumedUnknown.Contains(part.Principal)
        || (part.Grants && _privileges.Contains(part.Privilege)) || _parts.ContainsKey(part) || _postponed.ContainsKey(part);

    /// <summary>Records refusals in the state, for later runs.</summary>
    public void Record(ResourceState state, DateTimeOffset now)
    {
        if (_inputs is not { } inputs)
        {
            return; // nothing was planned, so nothing was refused
        }

        foreach (var key in state.Refused.Where(refused => !IsRecent(refused.Value, now)).Select(refused => refused.Key).ToList())
        {
            state.Refused.Remove(key);
        }

        foreach (var name in state.RefusedPrivileges.Where(refused => !IsRecent(refused.Value, now)).Select(refused => refused.Key).ToList())
        {
            state.RefusedPrivileges.Remove(name);
        }

        foreach (var key in _principals)
        {
            state.Refused[key] = now;
        }

        state.RefusedThoughListed.RemoveAll(key => !state.Refused.ContainsKey(key) || _principals.Contains(key));
        state.RefusedThoughListed.AddRange(_principals.Where(key => IsListed(key, inputs.Directory)));
        state.RefusedParts.RemoveAll(refused => !IsRecent(refused.At, now) || _parts.ContainsKey(refused.ToPart()));
        state.RefusedParts.AddRange(_parts.Select(refused => RefusedPart.Of(refused.Key, refused.Value, now)));

        foreach (var name in _privileges)
        {
            state.RefusedPrivileges[name] = new RefusedPrivilege { At = now, PolicyVersion = inputs.Policies.Version, Kind = inputs.Facts.Kind };
        }
    }

    private static bool IsListed(string key, PrincipalSnapshot directory) =>
        directory.KindOf(key) is not (PrincipalKind.Unknown or PrincipalKind.WorkspaceGroup);

    private static bool IsRecent(DateTimeOffset refusedAt, DateTimeOffset now) => now - refusedAt < RefusalLasts;

    private bool IsRecent(RefusedPrivilege refused, DateTimeOffset now) => refused.Kind == _inputs!.Facts.Kind
        && (refused.PolicyVersion == _inputs.Policies.Version || now - refused.At < PrivilegeRefusalLasts);
}
