using PolicySync.Core.Desired;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Testing.Language;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Tests.Desired.Property;

/// <summary>
/// Applies the desired state of every securable to a model of Unity Catalog and holds each user's effective access
/// against evaluation: what is more must be told by an <c>EXPOSED</c> gap, what is less by a <c>WITHHELD</c> one.
/// </summary>
internal sealed class NoOverGrant
{
    private static readonly string[] AccessTypes = [.. World.ServiceDef.AccessTypes.Select(type => type.Name!).Where(type => type != "all_privileges")];

    // What is denied to somebody whom the directory does not list is told of on the object, not on its containers, where
    // USE alone opens nothing.
    private const string Unlisted = "ghost";

    private readonly Truth _truth;
    private readonly Dictionary<string, (SecurableFacts Facts, DesiredState State)> _metastore = [];

    /// <param name="made">What is true.</param>
    /// <param name="seen">What the builder is shown: the same, but for an injected fault.</param>
    /// <param name="tamper">What a broken engine makes of a desired state; null for one that is whole.</param>
    public NoOverGrant(PropertyCase made, PropertyCase seen, Func<World, SecurableFacts, DesiredState, DesiredState>? tamper = null)
    {
        _truth = new Truth(made);
        var world = new World(seen.PolicyText, seen.WorldText);
        foreach (var name in PropertyCase.Securables)
        {
            var facts = world.FactsOf(name);
            facts = name == "main.a.u" ? facts with { Kind = "VIEW" } : facts;
            var state = world.StateOf(facts);
            _metastore[name] = (facts, Applied(tamper is null ? state : tamper(world, facts, state)));
        }
    }

    public int Checks { get; private set; }

    public IEnumerable<Gap> Gaps => _metastore.Values.SelectMany(entry => entry.State.Gaps);

    public IEnumerable<string> Grants => _metastore.SelectMany(entry => entry.Value.State.Grants.Select(grant => $"{entry.Key} {grant.Principal}:{grant.Privilege}"));

    /// <summary>The first difference that no gap tells; null when there is none.</summary>
    public string? FirstFault() => PropertyCase.Securables
        .SelectMany(securable => PropertyCase.Users.SelectMany(user => FaultsOf(securable, user))).FirstOrDefault();

    // Unity Catalog refuses whom it does not know, and the plan tells.
    private DesiredState Applied(DesiredState state)
    {
        var refused = state.Grants.Where(grant => !_truth.IsInAccount(grant.Principal)).ToList();
        return state with
        {
            Grants = [.. state.Grants.Except(refused)],
            Gaps = [.. state.Gaps, .. refused.Select(grant =>
                new Gap(GapCode.PrincipalUnknown, GapDirection.Withheld, grant.SpelledAs ?? grant.Principal, grant.Privilege, "", grant.PolicyId))],
        };
    }

    private IEnumerable<string> FaultsOf(string securable, string user)
    {
        var (facts, state) = _metastore[securable];
        var isMasked = facts.Securable.Type == SecurableType.Table && _truth.IsGuarded(Elements(facts), user);
        foreach (var accessType in AccessTypes)
        {
            var privilege = Privilege.OfAccessType(accessType);
            if (PrivilegeMatrix.Of(facts.Securable.Type, facts.Kind, privilege) != Applicability.Applicable)
            {
                continue;
            }

            Checks++;
            var verdict = Says(facts, user, accessType);
            var isGuarded = isMasked && privilege == "SELECT";
            var isUse = Privilege.IsUse(privilege) && IsUseOf(facts, privilege);
            var isAllowed = verdict == AccessVerdict.Allowed && !isGuarded;
            var has = Givers(securable, user, privilege).ToList();
            var isTaken = has.Count > 0 && facts.Securable.Type == SecurableType.Table && _truth.IsTakenOnAColumn(Elements(facts), user, accessType);
            if (has.Count > 0 && (!isAllowed || isTaken) && !(isUse && verdict != AccessVerdict.Denied && (user == Unlisted || HasSomethingBelow(facts, user)))
                && !has.TrueForAll(giver => IsTold(giver, GapDirection.Exposed, user, privilege, gap => gap.Code != GapCode.InheritedAccess
                    || !(verdict == AccessVerdict.Denied || isGuarded || isTaken || ReachesIntoAZone(giver, facts, has)))))
            {
                yield return $"EXCESS {user} has {privilege} on {securable} by {string.Join(", ", has)}, evaluation says {verdict}, guarded {isGuarded}, taken on a column {isTaken}";
            }

            if (_truth.Owns(user))
            {
                if ((verdict == AccessVerdict.Denied || isGuarded) && !IsTold(securable, GapDirection.Exposed, user, privilege, _ => true))
                {
                    yield return $"EXCESS {user} owns {securable}, is denied {privilege}, and no gap says so";
                }
            }
            else if (has.Count == 0 && (isAllowed || (isUse && IsGrantedBelow(facts, user)))
                && !IsTold(securable, GapDirection.Withheld, user, privilege, _ => true))
            {
                yield return $"SHORTFALL {user} lacks {privilege} on {securable}, evaluation says {verdict}";
            }
        }
    }

    // In a zone what was given outside it does not count: no gap for what is handed down makes up for that, unless the
    // zone's own policies hand it down as well.
    private bool ReachesIntoAZone(string giver, SecurableFacts facts, List<string> givers) =>
        IsOfAnotherZone(giver, facts) && givers.TrueForAll(other => IsOfAnotherZone(other, facts));

    private bool IsOfAnotherZone(string giver, SecurableFacts facts) =>
        _truth.ZoneOf(Elements(_metastore[giver].Facts)) != _truth.ZoneOf(Elements(facts));

    private AccessVerdict Says(SecurableFacts facts, string user, string accessType) =>
        _truth.At(WireNames.Of(facts.Securable.Type), Elements(facts), _truth.Owner, user, accessType);

    // The securables whose direct grants give it: itself, or a container that hands it down.
    private IEnumerable<string> Givers(string securable, string user, string privilege)
    {
        var (facts, _) = _metastore[securable];
        if (Holds(securable, user, privilege))
        {
            yield return securable;
        }

        foreach (var parent in facts.Securable.Parents.Where(parent => PrivilegeMatrix.IsInheritable(privilege, parent.Type)))
        {
            if (Holds(parent.FullName, user, privilege))
            {
                yield return parent.FullName;
            }
        }
    }

    private bool Holds(string securable, string user, string privilege)
    {
        var groups = _truth.InDatabricks(user);
        return _metastore[securable].State.Grants.Any(grant =>
            (groups.Contains(grant.Principal) || string.Equals(grant.Principal, PrincipalText.NameOf(user), StringComparison.OrdinalIgnoreCase))
            && (grant.Privilege == privilege || Brings(grant.Privilege, privilege)));
    }

    private bool IsTold(string securable, GapDirection direction, string user, string privilege, Func<Gap, bool> counts) =>
        _metastore[securable].State.Gaps.Any(gap => gap.Direction == direction && counts(gap) && _truth.Names(gap.Principal, user)
            && (gap.Privilege is null || gap.Privilege == privilege || Brings(gap.Privilege, privilege)));

    private static bool IsUseOf(SecurableFacts facts, string privilege) =>
        privilege == (facts.Securable.Type == SecurableType.Catalog ? Privilege.UseCatalog : Privilege.UseSchema);

    // The rule of specification §3.6, for whatever objects may come to exist; who would own them nobody knows.
    private bool HasSomethingBelow(SecurableFacts facts, string user)
    {
        var objects = new List<(string Level, Dictionary<string, string> Elements)> { (WireNames.Of(facts.Securable.Type), Elements(facts)) };
        if (facts.Securable.Type == SecurableType.Catalog)
        {
            objects.AddRange(Below(objects[0].Elements, "schema"));
        }

        foreach (var schema in objects.Where(entry => entry.Level == "schema").ToList())
        {
            var tables = Below(schema.Elements, "table").ToList();
            objects.AddRange([.. tables, .. Below(schema.Elements, "function"), .. tables.SelectMany(table => Below(table.Elements, "column"))]);
        }

        return objects.Exists(entry => AccessTypes.Any(type => _truth.At(entry.Level, entry.Elements, null, user, type) == AccessVerdict.Allowed));
    }

    private static IEnumerable<(string Level, Dictionary<string, string> Elements)> Below(Dictionary<string, string> above, string level) =>
        Truth.NamesAt(level).Select(name => (level, new Dictionary<string, string>(above) { [level] = name }));

    private bool IsGrantedBelow(SecurableFacts facts, string user) => _metastore.Any(entry =>
        entry.Value.Facts.Securable != facts.Securable && facts.Securable.Covers(entry.Value.Facts.Securable)
        && AccessTypes.Any(type => Holds(entry.Key, user, Privilege.OfAccessType(type))));

    private static Dictionary<string, string> Elements(SecurableFacts facts)
    {
        string[] levels = ["catalog", "schema", WireNames.Of(facts.Securable.Type)];
        return facts.Securable.Parts.Select((name, i) => (levels[i], name)).ToDictionary();
    }

    // What Unity Catalog gives along with a privilege.
    private static bool Brings(string held, string privilege) =>
        (held == "ALL_PRIVILEGES" && Privilege.IsImpliedByAll(privilege)) || (held == "MODIFY" && Privilege.IsPartOfModify(privilege));
}
