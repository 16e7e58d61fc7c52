using PolicySync.Core.Desired;
using PolicySync.Core.Explaining;
using PolicySync.Core.Guards;
using PolicySync.Core.Securables;
using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Explaining;

/// <summary>Explanations of a world, and short ways to say what one must say.</summary>
internal static class Explained
{
    public const string Orders = "main.sales.orders";

    /// <summary>The explanation that a dry run on the securable gives.</summary>
    public static Explanation Of(string policies, string world, string principal, string privilege = "SELECT", string securable = Orders)
    {
        var made = new World(policies, world);
        var facts = made.FactsOf(securable);
        return Explainer.Explain(new ExplainInputs(made.InputsAt(World.Now), facts, made.StateOf(facts), made.StateOf(facts).Gaps),
            new ExplainQuestion(PrincipalText.NameOf(principal), privilege));
    }

    /// <summary>The same for a table whose row filter and masks can be set.</summary>
    public static Explanation WithGuards(string policies, string world, string principal, params TableColumn[] columns)
    {
        var made = new World(policies, world);
        var inputs = made.InputsAt(World.Now);
        var facts = made.FactsOf(Orders);
        var guards = GuardCompiler.Compile(inputs, new TableShape(facts, columns, RowFilter: null));
        var state = DesiredStateBuilder.Build(inputs, facts, guards, guardsTables: true);
        return Explainer.Explain(new ExplainInputs(inputs, facts, state, state.Gaps) { Guards = guards, GuardsTables = true },
            new ExplainQuestion(PrincipalText.NameOf(principal), "SELECT"));
    }

    /// <summary>The way to a group or role: <c>eu &gt; sales &gt; role readers</c>.</summary>
    public static string Show(IEnumerable<MemberLink> path) => string.Join(" > ", path.Select(link => link.Source switch
    {
        MemberSource.RangerRole => $"role {link.Name}",
        MemberSource.RangerUserStore => $"ranger {link.Name}",
        MemberSource.Everyone => $"everyone {link.Name}",
        MemberSource.RoleAsGroup => $"as role {link.Name}",
        _ => link.Name,
    }));

    /// <summary>An item: <c>DENY 0 GROUP leavers (leavers)</c>.</summary>
    public static string Show(ExplainedItem item) =>
        $"{WireNames.Of(item.Part)} {item.Index} {WireNames.Of(item.NamedBy)}{(item.Name is { } name ? " " + name : "")}"
        + (item.Path.Count > 0 ? $" ({Show(item.Path)})" : "") + (item.Applies ? "" : " does not apply");
}
