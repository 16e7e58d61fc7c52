using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Cli.Commands;
using PolicySync.Cli.Output;
using PolicySync.Cli.Tests.Support;
using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Explaining;
using PolicySync.Core.Principals;
using PolicySync.Core.Reports;
using PolicySync.Core.Tasks;
using Estate = PolicySync.Testing.Language.World;

namespace PolicySync.Cli.Tests;

/// <summary>The example of docs/explain.md is what the command writes for the policies that the page describes.</summary>
public sealed class ExplainPageTests
{
    private const string Policies =
        "main.sales.* +#sales-team:select; main.sales.customers -%externals:select ~-tess@example.com:select; main.*.* +#sales-team:select until:2026-10-31; "
        + "tag:pii +#auditors:select";

    private const string Groups =
        "#sales-team=#eu-sales,tess@example.com #eu-sales=rosa@example.com #contractors=rosa@example.com #auditors=lena@example.com %externals=#contractors "
        + "tag:main.sales.customers=pii owner=otto@example.com";

    private static readonly (string Name, string Shown)[] Names =
        [("p1", "sales readers"), ("p2", "no externals"), ("p3", "old sales readers"), ("p4", "auditors of personal data")];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    [Fact]
    public async Task The_example_of_the_page_is_what_the_command_writes()
    {
        var shown = Show(Explain());

        Golden.AssertEqual("explain", shown);
        Assert.All(shown.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(shown, (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "explain.md"))).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static Client.Explanation Explain()
    {
        var world = new Estate(Policies, Groups);
        var facts = world.FactsOf("main.sales.customers");
        var state = world.StateOf(facts);
        var gaps = state.Gaps.Append(new Gap(
            GapCode.ForeignGrant, GapDirection.Exposed, "eu-sales", "SELECT",
            "no policy gives SELECT, and the grant stays: mode Owned revokes only what this service granted", null)).ToList();
        var explanation = Explainer.Explain(
            new ExplainInputs(world.InputsAt(Estate.Now), facts, state, gaps) { Access = Access() }, new ExplainQuestion("rosa@example.com", "SELECT"));
        var json = Names.Aggregate(JsonSerializer.Serialize(explanation, Json), (text, name) => text
            .Replace($"\"{name.Name}\"", $"\"{name.Shown}\"", StringComparison.Ordinal).Replace($"\\u0060{name.Name}\\u0060", $"\\u0060{name.Shown}\\u0060", StringComparison.Ordinal));
        return JsonSerializer.Deserialize<Client.Explanation>(json, Json)!;
    }

    // Another party granted SELECT to a group of the denied user.
    private static AccessReport Access() => new()
    {
        Type = "table", FullName = "main.sales.customers", Kind = "MANAGED", ReadTime = Estate.Now.UtcDateTime, PrincipalCount = 1,
        Principals =
        [
            new PrincipalAccess("rosa@example.com", PrincipalKind.User,
                [
                    new HeldPrivilege("SELECT",
                        [new HeldPath(AccessPath.Grant, "eu-sales", true, "SELECT", "table", "main.sales.customers", GrantOrigin.Foreign, null, null, null, null)],
                        new PolicyOpinion(PolicyVerdict.Denied, 2, "p2"), GapDirection.Exposed),
                ], null),
        ],
    };

    private static string Show(Client.Explanation explanation)
    {
        using var written = new StringWriter { NewLine = "\n" };
        new ExplanationView(new Printer(
            new World { In = TextReader.Null, Out = written, Error = TextWriter.Null, ConfigFolder = "/" }, OutputFormat.Table)).Show(explanation);
        return written.ToString();
    }
}
