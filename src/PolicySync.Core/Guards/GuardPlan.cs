using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>A function of ours that was made for a table, for as long as it may exist.</summary>
/// <param name="FullName">Unquoted, in lower case.</param>
/// <param name="Column">The masked column; null for a row filter.</param>
/// <param name="PolicyId">The policy that asked for it.</param>
/// <param name="PolicyName">Its name.</param>
public sealed record MadeFunction(string FullName, string? Column, long? PolicyId, string? PolicyName)
{
    /// <summary>What it was created from; null when unknown.</summary>
    public GuardContent? Content { get; init; }

    /// <summary>
    /// <see cref="GuardTrust.FingerprintOf"/> of it right after it was made, where the database does not give back the text that
    /// it was given; else null.
    /// </summary>
    public string? Told { get; init; }

    /// <summary>When Databricks refused to drop it; null when it did not.</summary>
    public DateTimeOffset? RefusedAt { get; init; }
}

/// <summary>
/// The statements that change a table's row filter and masks to what policy wants, in an order that shows
/// no reader at any moment more than the old guards or the new ones (docs/adr/0012):
/// <list type="number">
/// <item>functions are created; guards are set where there were none, which only hides more;</item>
/// <item>guards are replaced; of several, all but the last first by one that shows what both the old and the new one show;</item>
/// <item>guards that policy no longer wants are dropped, which only shows more;</item>
/// <item>functions that nothing uses are dropped.</item>
/// </list>
/// Principals to which the new guards show more than policy gives lost SELECT before, and get it back only after.
/// </summary>
public sealed class GuardPlan
{
    /// <summary>How long to wait before dropping a function again after a refusal: others may use it, or hold the right.</summary>
    public static readonly TimeSpan RefusalLasts = TimeSpan.FromDays(1);

    private GuardPlan(TableGuards guards, IReadOnlyList<GuardStatement> statements, IReadOnlyList<MadeFunction> made, IReadOnlyList<MadeFunction> kept)
    {
        Guards = guards;
        Statements = statements;
        Made = made;
        Kept = kept;
    }

    /// <summary>The row filter and masks that the table is to have.</summary>
    public TableGuards Guards { get; }

    /// <summary>The statements, in order.</summary>
    public IReadOnlyList<GuardStatement> Statements { get; }

    /// <summary>Functions that may exist as soon as the first statement is sent.</summary>
    public IReadOnlyList<MadeFunction> Made { get; }

    /// <summary>Functions that exist when all statements have ended well.</summary>
    public IReadOnlyList<MadeFunction> Kept { get; }

    /// <summary>Functions that nothing uses and that are left alone, since they could not be dropped lately.</summary>
    public IReadOnlyList<string> Undropped { get; private init; } = [];

    /// <summary>True when there is nothing to do.</summary>
    public bool IsEmpty => Statements.Count == 0;

    /// <summary>Whether readers are concerned, rather than only functions that nothing uses.</summary>
    public bool ChangesGuards => Statements.Any(statement => statement.Tidies is null);

    /// <summary>What changes for readers.</summary>
    public IEnumerable<ResourceChange> Changes => Statements.Select(statement => statement.Change).OfType<ResourceChange>();

    /// <summary>Whether a read shows the guards that policy wants; those that cannot be set, and others', are left aside.</summary>
    public bool Shows(TableShape read) => Guards.Slots.All(slot =>
    {
        var current = slot.Column is null ? read.RowFilter
            : read.Columns.FirstOrDefault(column => string.Equals(column.Name, slot.Column.Name, StringComparison.OrdinalIgnoreCase))?.Mask;
        return slot.Function is { } function ? function.Is(current)
            : slot.IsWanted || slot.DenialFault is not null || slot.Stays || current is null || !Guards.Writer.IsOurs(current.Function);
    });

    /// <summary>
    /// Whether the table is still the one that was planned for, with the same owner, columns and guards: what was granted on
    /// it relies on that.
    /// </summary>
    public bool StillHolds(TableShape read) =>
        (read.Facts.Identity, read.Facts.Owner, read.Facts.Kind) == (Guards.Table.Facts.Identity, Guards.Table.Facts.Owner, Guards.Table.Facts.Kind)
        && read.Columns.Select(column => (column.Name, column.TypeText)).SequenceEqual(Guards.Table.Columns.Select(column => (column.Name, column.TypeText)))
        && Shows(read);

    /// <summary>
    /// <see cref="Kept"/>, with what each function was made from where that was not recorded when it was made.
    /// </summary>
    public IReadOnlyList<MadeFunction> KeptWithContent => [.. Kept.Select(kept => kept.Content is not null ? kept
        : kept with { Content = Guards.Slots.Select(slot => slot.Function).FirstOrDefault(wanted => wanted?.FullName == kept.FullName)?.Content })];

    /// <summary>Plans.</summary>
    /// <param name="guards">The guards that policy wants, and those in force.</param>
    /// <param name="made">Functions that were made for the table and may still exist.</param>
    /// <param name="now">
    /// What was refused to be dropped less than <see cref="RefusalLasts"/> before is left alone; null to leave nothing.
    /// </param>
    /// <param name="distrusted">
    /// Functions, by full name in lower case, that are not what we made: they are made again, and never called.
    /// </param>
    public static GuardPlan Of(
        TableGuards guards, IReadOnlyList<MadeFunction> made, DateTimeOffset? now = null, IReadOnlySet<string>? distrusted = null) =>
        guards.Unreadable is not null ? new GuardPlan(guards, [], made, made)
        : new Builder(guards, made, now, distrusted ?? new HashSet<string>()).Build();

    private sealed class Builder(TableGuards guards, IReadOnlyList<MadeFunction> made, DateTimeOffset? now, IReadOnlySet<string> distrusted)
    {
        private readonly List<GuardStatement> _creates = [];
        private readonly List<GuardStatement> _alters = [];
        private readonly List<MadeFunction> _made = [.. made];
        private readonly string _alter = $"ALTER {WordFor(guards.Table.Facts.Kind)} {GuardSql.Name(guards.Table.Facts.Securable)}";

        public GuardPlan Build()
        {
            foreach (var slot in guards.Slots.Where(slot => slot is { Function: not null, Current: null }))
            {
                Make(slot, slot.Function!);
                Set(slot, slot.Function!, isLast: true);
            }

            // What somebody changed is made again: the table shows at once what it says.
            foreach (var slot in guards.Slots.Where(slot => slot.Function is { } function && function.Is(slot.Current) && distrusted.Contains(function.FullName)))
            {
                Make(slot, slot.Function!, ChangeOf(slot, slot.Function!));
            }

            Replace([.. guards.Slots.Where(slot => slot is { Function: not null, Current: not null } && !slot.Function.Is(slot.Current))]);
            foreach (var slot in guards.Slots.Where(slot => slot.Current is { } current && guards.Writer.IsOurs(current.Function) && IsUnwanted(slot)))
            {
                Drop(slot);
            }

            return Tidied();
        }

        // A guard that is wanted and cannot be set stays as it is: it hides more than none.
        private static bool IsUnwanted(GuardSlot slot) => slot.Function is null && !slot.IsWanted && slot.DenialFault is null && !slot.Stays;

        private void Replace(List<GuardSlot> slots)
        {
            foreach (var slot in slots)
            {
                Make(slot, slot.Function!);
            }

            var passing = slots.SkipLast(1).ToList();
            foreach (var slot in passing)
            {
                var both = guards.Writer.Both(
                    slot.Column, slot.Current!, slot.Function!, Known(slot.Current!.Function)?.Content, !distrusted.Contains(slot.Current.Function.ToLowerInvariant()));
                Make(slot, both);
                Set(slot, both, isLast: false);
            }

            foreach (var slot in slots.TakeLast(1).Concat(passing))
            {
                Set(slot, slot.Function!, isLast: true);
            }
        }

        private void Make(GuardSlot slot, GuardFunction function, ResourceChange? change = null)
        {
            if (_creates.Count == 0)
            {
                _creates.Add(new GuardStatement(guards.Writer.CreateSchema) { MakesSchema = true });
            }

            _creates.Add(new GuardStatement(function.Create, change) { Makes = function });
            Note(new MadeFunction(function.FullName, slot.Column?.Name, function.PolicyId, function.PolicyName) { Content = function.Content });
        }

        private void Note(MadeFunction function)
        {
            if (!_made.Exists(known => known.FullName == function.FullName))
            {
                _made.Add(function);
            }
        }

        private MadeFunction? Known(string function) =>
            made.FirstOrDefault(known => string.Equals(known.FullName, function, StringComparison.OrdinalIgnoreCase));

        private void Set(GuardSlot slot, GuardFunction function, bool isLast)
        {
            var given = $"({string.Join(", ", function.Columns.Select(GuardSql.Name))})";
            var change = isLast ? ChangeOf(slot, function) : null;
            _alters.Add(new GuardStatement(slot.Column is null
                ? $"{_alter} SET ROW FILTER {function.Quoted} ON {given}"
                : $"{_alter} ALTER COLUMN {GuardSql.Name(slot.Column.Name)} SET MASK {function.Quoted}"
                    + (function.Columns.Count > 0 ? $" USING COLUMNS {given}" : ""), change));
        }

        private static ResourceChange ChangeOf(GuardSlot slot, GuardFunction function) => new(
            slot.Column is null ? ChangeAction.SetFilter : ChangeAction.SetMask, null, null, slot.Column?.Name, function.PolicyId, function.PolicyName);

        private void Drop(GuardSlot slot)
        {
            var known = Known(slot.Current!.Function);
            _alters.Add(slot.Column is null
                ? new GuardStatement($"{_alter} DROP ROW FILTER", new ResourceChange(ChangeAction.DropFilter, null, null, null, known?.PolicyId, known?.PolicyName))
                : new GuardStatement($"{_alter} ALTER COLUMN {GuardSql.Name(slot.Column.Name)} DROP MASK",
                    new ResourceChange(ChangeAction.DropMask, null, null, slot.Column.Name, known?.PolicyId, known?.PolicyName)));
        }

        private GuardPlan Tidied()
        {
            // Functions in force that are missing from our record are still ours.
            foreach (var slot in guards.Slots.Where(slot => slot.Current is { } current && guards.Writer.IsOurs(current.Function)))
            {
                Note(new MadeFunction(slot.Current!.Function.ToLowerInvariant(), slot.Column?.Name, null, null));
            }

            var staying = guards.Slots
                .Select(slot => slot.Function?.FullName ?? (slot.IsWanted || slot.DenialFault is not null || slot.Stays ? slot.Current?.Function.ToLowerInvariant() : null))
                .OfType<string>().ToHashSet(StringComparer.Ordinal);
            bool Stays(MadeFunction function) => staying.Contains(function.FullName) || now - function.RefusedAt < RefusalLasts;
            // A function that calls others goes before them.
            var drops = _made.Where(function => !Stays(function)).Reverse()
                .OrderByDescending(function => function.FullName.Contains(".swap_", StringComparison.Ordinal))
                .Select(function => new GuardStatement($"DROP FUNCTION IF EXISTS {GuardSql.Name(function.FullName.Split('.'))}", Tidies: function.FullName));
            return new GuardPlan(guards, [.. _creates, .. _alters, .. drops], _made, [.. _made.Where(Stays)])
            {
                Undropped = [.. _made.Where(function => Stays(function) && !staying.Contains(function.FullName)).Select(function => function.FullName)],
            };
        }

        private static string WordFor(string kind) => kind switch
        {
            "MATERIALIZED_VIEW" => "MATERIALIZED VIEW",
            "STREAMING_TABLE" => "STREAMING TABLE",
            _ => "TABLE",
        };
    }
}
