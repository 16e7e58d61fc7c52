using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Guards;

/// <summary>The row filter and masks that policy wants of a table, compiled into functions. Immutable.</summary>
public sealed class TableGuards
{
    private readonly string? _owner;

    internal TableGuards(TableShape table, IReadOnlyList<GuardSlot> slots, GuardFunctionWriter writer, string? owner)
    {
        (Table, Slots, Writer, _owner) = (table, slots, writer, owner);
        CanRefuse = slots.Any(slot => slot.CanRefuse);
    }

    /// <summary>The table as it was read.</summary>
    public TableShape Table { get; }

    /// <summary>
    /// Why the guards that the table needs are unknown; null when they are known. If set, nothing is planned, and SELECT is
    /// withheld from principals that a filter or mask of policy concerns.
    /// </summary>
    internal string? Unreadable { get; init; }

    internal IReadOnlyList<GuardSlot> Slots { get; }

    /// <summary>Key of the owner; null when unknown.</summary>
    internal string? Owner => _owner;

    /// <summary>The gaps of restrictions that are kept although policy no longer wants them.</summary>
    public IReadOnlyList<Gap> Gaps { get; private init; } = [];

    internal GuardFunctionWriter Writer { get; }

    /// <summary>
    /// Whether every column is hidden from the principals that policy denies it to: then a denied column does not prevent SELECT on
    /// the table.
    /// </summary>
    internal bool HidesDenied { get; init; }

    /// <summary>Whether SELECT may have to be withheld because a guard cannot do what policy wants.</summary>
    internal bool CanRefuse { get; }

    /// <summary>Functions in force with a name of ours, by full name in lower case.</summary>
    public IReadOnlyList<string> Attached => [.. Slots.Select(slot => slot.Current?.Function).OfType<string>()
        .Where(Writer.IsOurs).Select(function => function.ToLowerInvariant()).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether functions of ours are in force or wanted.</summary>
    public bool NeedFunctions => Slots.Any(slot => slot.Function is not null || (slot.Current is { } current && Writer.IsOurs(current.Function)));

    /// <summary>Whether a function in force is unchanged since we created it.</summary>
    /// <param name="told">The function as read.</param>
    /// <param name="fingerprint">Its stored fingerprint; null when none is stored.</param>
    public bool IsAsMade(ToldFunction told, string? fingerprint) =>
        fingerprint == GuardTrust.FingerprintOf(told)
        || Slots.Any(slot => (slot.Function is { } function && string.Equals(function.FullName, told.FullName, StringComparison.OrdinalIgnoreCase) && function.Says(told))
            || (string.Equals(slot.Current?.Function, told.FullName, StringComparison.OrdinalIgnoreCase) && Writer.IsOfItsName(told, slot.Column)));

    /// <summary>Whether the guards that policy wants would show more than those in force.</summary>
    /// <param name="made">Functions created for the table, with what they were created from.</param>
    /// <param name="told">Functions as read, by full name in lower case.</param>
    /// <param name="memory">What guards restricted before this run changed them; null when it did not.</param>
    public bool WouldWeaken(IReadOnlyList<MadeFunction> made, IReadOnlyDictionary<string, ToldFunction> told, GuardMemory? memory = null) =>
        Unreadable is null && new GuardKeeper(this, made, told, memory ?? new GuardMemory()).WouldWeaken;

    /// <summary>Records what the guards in force restrict, before they are changed.</summary>
    /// <param name="made">Functions created for the table, with what they were created from.</param>
    /// <param name="told">Functions as read, by full name in lower case.</param>
    /// <param name="memory">Where it is recorded.</param>
    public void Remember(IReadOnlyList<MadeFunction> made, IReadOnlyDictionary<string, ToldFunction> told, GuardMemory memory) =>
        new GuardKeeper(this, made, told, memory).Remember();

    /// <summary>The guards, with the restrictions in force that have to be kept.</summary>
    /// <param name="made">Functions created for the table, with what they were created from.</param>
    /// <param name="told">Functions as read, by full name in lower case.</param>
    /// <param name="keeping">The facts that decide about it.</param>
    /// <param name="memory">What guards restricted before this run changed them; null when it did not.</param>
    public TableGuards Keep(
        IReadOnlyList<MadeFunction> made, IReadOnlyDictionary<string, ToldFunction> told, GuardKeeping keeping, GuardMemory? memory = null) =>
        new GuardKeeper(this, made, told, memory ?? new GuardMemory()).Keep(keeping);

    internal TableGuards With(IReadOnlyList<GuardSlot> slots, IReadOnlyList<Gap> gaps) =>
        new(Table, slots, Writer, _owner) { HidesDenied = HidesDenied, Gaps = gaps };

    /// <summary>Why the principal must not read although policy lets it; null when guards do what policy wants for it.</summary>
    internal GuardRefusal? RefusalOf(Subject subject) =>
        CanRefuse ? Slots.Select(slot => slot.RefusalOf(subject, _owner)).FirstOrDefault(refusal => refusal is not null) : null;
}
