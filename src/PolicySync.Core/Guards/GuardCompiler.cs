using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>
/// Compiles the row filters and masks that policies want of a table: one SQL function each, a CASE over the reader, from
/// Ranger's ordered items (specification §5). Pure.
/// </summary>
public sealed class GuardCompiler
{
    // Kinds of table that take guards; views and foreign tables do not (reference unity-catalog.md §3.1).
    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal) { "MANAGED", "EXTERNAL", "MATERIALIZED_VIEW", "STREAMING_TABLE" };

    private static readonly char[] Wildcards = ['*', '?', '{', '$'];

    private readonly PolicyInputs _inputs;
    private readonly TableShape _table;
    private readonly string? _owner;
    private readonly AccessItems _items;
    private readonly GuardPrincipalFinder _who;
    private readonly GuardFunctionWriter _writer;
    private readonly GuardOutcomes _outcomes;
    private readonly string? _fault;
    private readonly PolicyView _view;
    private readonly ColumnDenials? _denials;

    private GuardCompiler(PolicyInputs inputs, TableShape table, string? fault)
    {
        (_inputs, _table) = (inputs, table);
        var sync = inputs.Sync;
        _owner = table.Facts.Owner is { } owner ? PrincipalKey.Of(owner) : null;
        _items = new AccessItems(inputs.Policies.Engine);
        _who = new GuardPrincipalFinder(inputs, _owner);
        _writer = new GuardFunctionWriter(table, sync.GuardSchema);
        _outcomes = new GuardOutcomes(table, new PolicyFunctions(sync.AllowedFunctions), inputs.Policies.Engine.ServiceDef);
        _fault = fault ?? table.Facts.Securable.Parts.Select(GuardSql.Fault).FirstOrDefault(found => found is not null)
            ?? GuardSql.Fault(sync.GuardSchema);
        _view = ViewOf(column: null);
        _denials = !sync.MaskDeniedColumns ? null : new ColumnDenials(
            new DenialPrincipalFinder(inputs), _items, _view, _owner);
    }

    /// <summary>Whether a table of this kind can have a row filter and masks.</summary>
    public static bool CanGuard(SecurableFacts facts) => facts.Securable.Type == SecurableType.Table && Kinds.Contains(facts.Kind);

    /// <summary>Why a name cannot be <c>Sync:GuardSchema</c>, for people; null when it can.</summary>
    public static string? FaultOfSchema(string schema) =>
        SecurableName.Fault(schema)
        ?? (SecurableName.IsReservedSchema(schema) || string.Equals(schema, "default", StringComparison.OrdinalIgnoreCase)
            ? "is a schema that every catalog has; name one for this service alone, since the schema is not synced" : null)
        ?? (schema.Contains(GuardSql.Substitution, StringComparison.Ordinal)
            ? $"contains `{GuardSql.Substitution}`, which Databricks would replace before it reads a statement" : null);

    /// <summary>Why an entry of <c>Sync:AllowedFunctions</c> is not the name of a function, for people; null when it is.</summary>
    public static string? FaultOfFunction(string entry) => PolicyFunctions.Fault(entry);

    /// <summary>
    /// Whether policies want any row filter or mask of a securable or of a column of it, so that its guards have to be read.
    /// </summary>
    /// <param name="inputs">Policies and what they are evaluated with.</param>
    /// <param name="facts">The table.</param>
    public static bool AreWanted(PolicyInputs inputs, SecurableFacts facts)
    {
        var elements = RangerResources.Elements(facts.Securable);
        var view = inputs.Policies.Engine.ViewOf(new RangerResource(elements, null), inputs.At, inputs.Tags?.Concerning(elements));
        return view.Filters.Count > 0 || view.Masks.Count > 0 || view.TagFilters.Count > 0 || view.TagMasks.Count > 0
            || HasZonesBelow(view)
            || (inputs.Sync.MaskDeniedColumns && (view.Access.Any(policy => policy.Sets.Any(IsOfColumns) && AccessItems.CanTake(policy.Policy))
                || view.TagAccess.Any(policy => !policy.DecidesItself && AccessItems.CanTake(policy.Policy))));
    }

    /// <summary>Compiles the guards of a table.</summary>
    /// <param name="inputs">Policies and what they are evaluated with.</param>
    /// <param name="table">The table as a read just gave it.</param>
    /// <param name="fault">Why no guard can be set, for people; null when guards can be set.</param>
    public static TableGuards Compile(PolicyInputs inputs, TableShape table, string? fault = null)
    {
        var compiler = new GuardCompiler(inputs, table, fault);
        if ((table.Fault ?? compiler.FaultOfOwner()) is { } unreadable)
        {
            return new TableGuards(table, [], compiler._writer, compiler._owner) { Unreadable = unreadable };
        }

        List<GuardSlot> slots = [compiler.Filter(), .. table.Columns.Concat(compiler.Unlisted()).Select(compiler.Mask)];
        return new TableGuards(table, slots, compiler._writer, compiler._owner)
        {
            HidesDenied = compiler._denials is not null && compiler.ZonesAreOfColumns && slots.TrueForAll(slot => slot.HidesDenied),
        };
    }

    // A zone other than the table's that covers more than columns can deny more than columns show.
    private bool ZonesAreOfColumns =>
        _view.IsWhollyInZone || _view.Zones.All(zone => zone.Set.Match == ResourceMatch.Descendant);

    private static bool IsOfColumns(MatchedResourceSet set) => RangerResources.LevelOf(set) == RangerResources.Column;

    // A column may be in a security zone of its own, whose policies a view of the table does not show.
    private static bool HasZonesBelow(PolicyView view) => view.Zones.Any(zone => zone.Set.Match == ResourceMatch.Descendant);

    // Unity Catalog returns every table's owner. Without it, a guard for the owner would not apply to the owner.
    private string? FaultOfOwner() =>
        _owner is null && _view.Filters.Concat(_view.Masks).Concat(_view.TagFilters).Concat(_view.TagMasks).Concat(_view.Access).Concat(_view.TagAccess)
            .SelectMany(policy => GuardPolicies.ItemsOf(policy.Policy).Concat(AccessItems.Taking(policy.Policy)).Concat(policy.Policy.DenyExceptions))
            .Any(item => item.Users.Contains(NameMapper.OwnerMacro))
            ? "the workspace does not return its owner, and policies name the owner" : null;

    // Columns of this table that policies name and the read lacks. A missing column needs no guard, but an incomplete answer
    // does not prove that it is missing.
    private IEnumerable<TableColumn> Unlisted() =>
        _view.Masks.Concat(_view.TagMasks).Concat(_denials is null ? [] : _view.Access.Concat(_view.TagAccess).Where(policy => AccessItems.CanTake(policy.Policy)))
            .SelectMany(policy => policy.Sets).Where(set => set.Resources.Values.All(IsOneName))
            .SelectMany(set => set.Resources.TryGetValue(RangerResources.Column, out var named) ? named.Values : [])
            .Where(name => !_table.Columns.Any(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)))
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).Select(name => new TableColumn(name, ""));

    private static bool IsOneName(RangerPolicyResource resource) =>
        !resource.IsExcludes && resource.Values.TrueForAll(value => value.IndexOfAny(Wildcards) < 0);

    private GuardSlot Filter()
    {
        var rules = new GuardRules(_items, _who, _outcomes.OfFilter, TruthTable.Never).Of(_view.TagFilters, _view.Filters);
        return Slot(column: null, rules, _table.RowFilter, ColumnAccess.Open);
    }

    private GuardSlot Mask(TableColumn column)
    {
        // The table's view includes policies for its columns, except columns in security zones of their own. If it has none, no
        // column needs a view.
        var view = _view.Masks.Count > 0 || _view.TagMasks.Count > 0 || HasZonesBelow(_view) || _denials is not null ? ViewOf(column.Name) : _view;
        var rules = new GuardRules(_items, _who, item => _outcomes.OfMask(item, column), Hidden(column)).Of(view.TagMasks, view.Masks);
        return Slot(column, rules, column.Mask, _denials?.Of(view) ?? ColumnAccess.Open);
    }

    private static string Hidden(TableColumn column) => column.Type is { } type ? MaskMeaning.Null(type) : "NULL";

    private PolicyView ViewOf(string? column)
    {
        var elements = RangerResources.Elements(_table.Facts.Securable);
        if (column is not null)
        {
            elements[RangerResources.Column] = column;
        }

        return _inputs.Policies.Engine.ViewOf(new RangerResource(elements, _owner), _inputs.At, _inputs.Tags?.Concerning(elements));
    }

    private GuardSlot Slot(TableColumn? column, List<GuardRule> rules, AttachedGuard? current, ColumnAccess access)
    {
        var denial = (access as ColumnAccess.Denied)?.Denial;
        if (rules.Count == 0 && denial is null)
        {
            return new GuardSlot(column, rules, current, Function: null, Fault: null) { Access = access };
        }

        var columns = rules.SelectMany(rule => rule.Outcome.Columns).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var fault = _fault
            ?? (current is not null && !_writer.IsOurs(current.Function) ? $"`{current.Function}`, set by someone else, is already attached" : null)
            ?? (column is null ? columns : columns.Append(column.Name)).Select(FaultOf).FirstOrDefault(found => found is not null);
        if (fault is not null)
        {
            return new GuardSlot(column, rules, current, Function: null, fault) { Access = access };
        }

        var (layer, first) = (Layer(rules, denial, column), denial?.Policy ?? (rules.Count > 0 ? rules[0].Policy : null));
        var (body, content) = (WritingOf(column).Write(layer), new GuardContent(layer, [], column?.Type!.Text));
        return new GuardSlot(column, rules, current, Fault: null, Function: column is null
            ? _writer.Filter(body, columns, first?.Id, first?.Name, content)
            : _writer.Mask(column, body, columns, first?.Id, first?.Name, content))
        {
            Access = access, Own = layer,
        };
    }

    /// <summary>How a row filter, or the mask of a column, is written.</summary>
    internal static GuardWriting WritingOf(TableColumn? column) =>
        new(column is null ? TruthTable.Always : GuardSql.Name(column.Name), HiddenOf(column), column);

    /// <summary>The SQL that shows nothing.</summary>
    internal static string HiddenOf(TableColumn? column) => column is null ? TruthTable.Never : Hidden(column);

    private string? FaultOf(string name) =>
        GuardSql.Fault(name)
        ?? (_table.Columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) switch
        {
            null => $"the workspace does not list a column `{name}`",
            { Type: null } => $"the type of column `{name}` cannot be written into a function",
            _ => null,
        });

    // The denial of a column comes before its masks.
    private static GuardLayer Layer(List<GuardRule> rules, ColumnDenial? denial, TableColumn? column)
    {
        if (denial is { IsForEverybody: true })
        {
            return GuardLayer.ForAll(Hidden(column!), []);
        }

        var branches = rules.Where(rule => rule.IsForEverybody || rule.Who.All(who => !who.IsEmpty)).Select(rule => rule.ToBranch());
        return new GuardLayer([.. denial is null ? branches : branches.Prepend(new GuardBranch
        {
            When = denial.Sql, Shows = Hidden(column!), Readers = [denial.Readers.Asked], Others = denial.Readers.Others,
        })]);
    }
}
