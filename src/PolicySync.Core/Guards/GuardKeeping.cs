using PolicySync.Core.Access;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>The facts that decide whether a guard may show more than before (docs/guards.md).</summary>
public sealed record GuardKeeping
{
    /// <summary>The principals.</summary>
    public required PrincipalSnapshot Directory { get; init; }

    /// <summary>Mode <c>Additive</c>: guards are never weakened.</summary>
    public bool NeverWeakens { get; init; }

    /// <summary>The readers of the table once the run's revokes are done; null when they are unknown.</summary>
    public IReadOnlyList<StandingReader>? Readers { get; init; }

    /// <summary>Why the readers are unknown; null when they are known.</summary>
    public string? Fault { get; init; }

    /// <summary>What policy wants granted on the table and its containers.</summary>
    public IReadOnlyList<DesiredGrant> Given { get; init; } = [];
}

/// <summary>
/// What guards restricted before this run changed them. The readers are read again after the change, so that a principal that
/// was granted the right in between stays restricted.
/// </summary>
public sealed class GuardMemory
{
    private readonly Dictionary<string, IReadOnlyList<GuardLayer>> _layers = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyList<GuardLayer> Of(GuardSlot slot) => _layers.GetValueOrDefault(slot.Column?.Name ?? "") ?? [];

    internal void Add(GuardSlot slot, IEnumerable<GuardLayer> layers) => _layers[slot.Column?.Name ?? ""] = [.. Of(slot).Union(layers)];
}

/// <summary>
/// Keeps a restriction while the principals that it restricts can read against policy. For a guard that policy replaces or no
/// longer wants, it finds what the change would show, and to which readers. Readers that policy allows see what policy says;
/// all others see only what both the old and the new guard show. Pure.
/// </summary>
internal sealed class GuardKeeper(
    TableGuards guards, IReadOnlyList<MadeFunction> made, IReadOnlyDictionary<string, ToldFunction> told, GuardMemory memory)
{
    /// <summary>Records the guards in force before they are changed.</summary>
    public void Remember()
    {
        foreach (var slot in guards.Slots)
        {
            memory.Add(slot, AtRisk(slot));
        }
    }

    /// <summary>Whether some guard would show more than it does now.</summary>
    public bool WouldWeaken => guards.Slots.Any(slot => AtRisk(slot).Count > 0);

    /// <summary>The guards that policy wants, with the restrictions that have to be kept.</summary>
    public TableGuards Keep(GuardKeeping keeping)
    {
        var (reach, given) = (new GuardReach(keeping.Directory), new GivenReaders(keeping.Given));
        var slots = new List<GuardSlot>();
        var reasons = new Dictionary<(string? Principal, string Reason), List<GuardSlot>>();
        foreach (var slot in guards.Slots)
        {
            var atRisk = AtRisk(slot);
            var keptFor = keeping.NeverWeakens || keeping.Readers is null || given.IsEverybody ? []
                : keeping.Readers.Where(reader => atRisk.Exists(layer => Matters(layer, slot, reader, reach, given))).ToList();
            List<GuardLayer> kept = keeping.NeverWeakens ? atRisk
                : given.IsEverybody ? []
                : keeping.Readers is null ? atRisk
                : [.. atRisk.Where(layer => keptFor.Exists(reader => Matters(layer, slot, reader, reach, given)))];
            slots.Add(kept.Count == 0 ? slot : With(slot, kept, keeping.NeverWeakens ? null : given));
            foreach (var reason in kept.Count == 0 ? []
                : keeping.NeverWeakens ? [(null, "mode Additive never weakens a guard")]
                : keeping.Readers is null ? [(null, $"the readers of {guards.Table.Facts.Securable} are unknown: {keeping.Fault}")]
                : keptFor.Select(reader => ((string?)reader.Principal, $"`{reader.Principal}` {reader.Reason} and policy does not allow it to read")))
            {
                (reasons.TryGetValue(reason, out var concerned) ? concerned : reasons[reason] = []).Add(slot);
            }
        }

        return guards.With(slots, [.. reasons.Select(reason => Gap(reason.Key.Principal, reason.Key.Reason, reason.Value, keeping.NeverWeakens))]);
    }

    private static Gap Gap(string? principal, string reason, List<GuardSlot> slots, bool isOfMode) => new(
        GapCode.GuardKept, isOfMode ? GapDirection.Withheld : GapDirection.Exposed, principal, "SELECT",
        $"{reason}, so the {string.Join(", ", slots.Select(slot => slot.What))} that policy no longer wants stays in force"
            + (isOfMode ? "" : "; revoke that access, and the next sync applies the policy"), null);

    // The layers that the guard in force restricts and policy's guard does not, each once, oldest first. The order is always the
    // same, so that the same guard is always written as the same text.
    private List<GuardLayer> AtRisk(GuardSlot slot)
    {
        if (slot.Stays || (slot.Current is { } there && !guards.Writer.IsOurs(there.Function))
            || (slot.Function is null && (slot.IsWanted || slot.DenialFault is not null)))
        {
            return [];
        }

        var inForce = slot.Current is { } current && slot.Function?.Is(current) != true ? ContentOf(slot, current) : [];

        var writing = GuardCompiler.WritingOf(slot.Column);
        var found = new List<GuardLayer>();
        foreach (var layer in memory.Of(slot).Union(inForce).Reverse().Select(layer => Fitted(layer, slot)))
        {
            if (!writing.IsCovered(layer, slot.Own) && !found.Exists(other => writing.IsCovered(layer, other)))
            {
                found.Add(layer);
            }
        }

        found.Reverse();
        return found;
    }

    private IEnumerable<GuardLayer> ContentOf(GuardSlot slot, AttachedGuard current)
    {
        var hidden = GuardLayer.ForAll(GuardCompiler.HiddenOf(slot.Column), []);
        var known = made.FirstOrDefault(function => string.Equals(function.FullName, current.Function, StringComparison.OrdinalIgnoreCase))?.Content;
        if (known is not null)
        {
            // It cannot be written for a column whose type has changed.
            return known.Type == slot.Column?.Type?.Text ? known.Layers : known.Layers.Count > 0 ? [hidden] : [];
        }

        // The name shows whether the text is ours; if so, the text shows what it restricts.
        return told.GetValueOrDefault(current.Function.ToLowerInvariant()) is { Definition: { } body } function && current.Columns is { } columns
            && guards.Writer.IsOfItsName(function, slot.Column) ? [GuardLayer.ForAll(body, columns)] : [hidden];
    }

    // A branch that uses a dropped column hides everything.
    private GuardLayer Fitted(GuardLayer layer, GuardSlot slot) => new([.. layer.Branches.Select(branch =>
        branch.Columns.All(name => guards.Writer.Find(name)?.Type is not null) ? branch
            : branch with { Shows = GuardCompiler.HiddenOf(slot.Column), Columns = [] })]);

    private static bool Matters(GuardLayer layer, GuardSlot slot, StandingReader standing, GuardReach reach, GivenReaders given)
    {
        var writing = GuardCompiler.WritingOf(slot.Column);
        return reach.ReadersOf(standing).Any(reader => !given.Has(reader)
            && reach.ShownBy(slot.Own, reader) is var next
            && reach.ShownBy(layer, reader).Any(shows => next.Any(by => !writing.IsCovered(shows, by))));
    }

    private GuardSlot With(GuardSlot slot, List<GuardLayer> kept, GivenReaders? given)
    {
        if (slot.Column is { Type: null })
        {
            return slot with { Stays = true };
        }

        var writing = GuardCompiler.WritingOf(slot.Column);
        var all = writing.WriteAll([.. kept, slot.Own]);
        var body = given is null || given.ToSql() == TruthTable.Never ? all : GuardWriting.If(given.ToSql(), writing.Write(slot.Own), all);
        var columns = kept.Append(slot.Own).SelectMany(layer => layer.Branches).SelectMany(branch => branch.Columns)
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var before = made.FirstOrDefault(function => string.Equals(function.FullName, slot.Current?.Function, StringComparison.OrdinalIgnoreCase));
        var (id, name) = slot.Function is { } function ? (function.PolicyId, function.PolicyName) : (before?.PolicyId, before?.PolicyName);
        var content = new GuardContent(slot.Own, kept, slot.Column?.Type!.Text);
        return slot with
        {
            Function = slot.Column is null
                ? guards.Writer.Filter(body, columns, id, name, content) : guards.Writer.Mask(slot.Column, body, columns, id, name, content),
        };
    }
}
