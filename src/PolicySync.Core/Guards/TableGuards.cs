using PolicySync.Ranger;

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

    internal IReadOnlyList<GuardSlot> Slots { get; }

    internal GuardFunctionWriter Writer { get; }

    /// <summary>
    /// Whether whoever is denied a column does not see it, for every column there is: then no column stands against SELECT
    /// on the table.
    /// </summary>
    internal bool HidesDenied { get; init; }

    /// <summary>Whether SELECT has to be withheld from somebody because a guard cannot do what policy wants.</summary>
    internal bool CanRefuse { get; }

    /// <summary>Why the principal must not read although policy lets it; null when guards do what policy wants for it.</summary>
    internal GuardRefusal? RefusalOf(Subject subject) =>
        CanRefuse ? Slots.Select(slot => slot.RefusalOf(subject, _owner)).FirstOrDefault(refusal => refusal is not null) : null;
}
