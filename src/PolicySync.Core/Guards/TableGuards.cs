using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Guards;

/// <summary>What policy wants of a table's row filter and masks, compiled into functions. Immutable.</summary>
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
    /// Why nobody can say which guards the table needs; null when that is known. Nothing is planned then, and whoever a
    /// filter or mask of policy concerns does not read.
    /// </summary>
    internal string? Unreadable { get; init; }

    internal IReadOnlyList<GuardSlot> Slots { get; }

    /// <summary>What is kept of guards that policy no longer wants, and for whom.</summary>
    public IReadOnlyList<Gap> Gaps { get; private init; } = [];

    internal GuardFunctionWriter Writer { get; }

    /// <summary>
    /// Whether whoever is denied a column does not see it, for every column there is: then no column stands against SELECT
    /// on the table.
    /// </summary>
    internal bool HidesDenied { get; init; }

    /// <summary>Whether SELECT has to be withheld from somebody because a guard cannot do what policy wants.</summary>
    internal bool CanRefuse { get; }

    /// <summary>Functions in force that carry a name of ours, by full name in lower case.</summary>
    public IReadOnlyList<string> Attached => [.. Slots.Select(slot => slot.Current?.Function).OfType<string>()
        .Where(Writer.IsOurs).Select(function => function.ToLowerInvariant()).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether functions of ours are in force or to be made.</summary>
    public bool NeedFunctions => Slots.Any(slot => slot.Function is not null || (slot.Current is { } current && Writer.IsOurs(current.Function)));

    /// <summary>Whether a function in force is what we made.</summary>
    /// <param name="told">As it was read.</param>
    /// <param name="fingerprint">What is remembered of it; null when nothing is.</param>
    public bool IsAsMade(ToldFunction told, string? fingerprint) =>
        fingerprint == GuardTrust.FingerprintOf(told)
        || Slots.Any(slot => (slot.Function is { } function && string.Equals(function.FullName, told.FullName, StringComparison.OrdinalIgnoreCase) && function.Says(told))
            || (string.Equals(slot.Current?.Function, told.FullName, StringComparison.OrdinalIgnoreCase) && Writer.IsOfItsName(told, slot.Column)));

    /// <summary>Whether what policy wants would show somebody more than the guards in force do.</summary>
    /// <param name="made">Functions that were made for the table, with what they were made from.</param>
    /// <param name="told">Functions as they were read, by full name in lower case.</param>
    /// <param name="memory">What guards restricted before this run changed them; null when it did not.</param>
    public bool WouldWeaken(IReadOnlyList<MadeFunction> made, IReadOnlyDictionary<string, ToldFunction> told, GuardMemory? memory = null) =>
        Unreadable is null && new GuardKeeper(this, made, told, memory ?? new GuardMemory()).WouldWeaken;

    /// <summary>Remembers what the guards in force restrict, before they are changed.</summary>
    /// <param name="made">Functions that were made for the table, with what they were made from.</param>
    /// <param name="told">Functions as they were read, by full name in lower case.</param>
    /// <param name="memory">Where.</param>
    public void Remember(IReadOnlyList<MadeFunction> made, IReadOnlyDictionary<string, ToldFunction> told, GuardMemory memory) =>
        new GuardKeeper(this, made, told, memory).Remember();

    /// <summary>The guards with what has to be kept of those in force.</summary>
    /// <param name="made">Functions that were made for the table, with what they were made from.</param>
    /// <param name="told">Functions as they were read, by full name in lower case.</param>
    /// <param name="keeping">What decides about it.</param>
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
