using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Scripts;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Tests;

public class ScriptTests
{
    [Theory]
    [InlineData("IS_IN_ROLE('admin') && IS_IN_GROUP('staff')", true)]
    [InlineData("IS_IN_ROLE('admin') && !IS_IN_GROUP('staff')", false)]
    [InlineData("HAS_ANY_TAG && HAS_TAG('PII')", true)]
    [InlineData("TAG.level == 'high' || TAG.level === 'top'", true)]
    [InlineData("if ( tagAttr.get('score') < 2 ) ctx.result = true;", true)]
    [InlineData("if ( tagAttr.get('score') > 2 ) { ctx.result = true; }", false)]
    [InlineData("tagAttr.get('score') == 1.5", true)]
    [InlineData("tagAttr.get('score') === 1.5", false)] // text is no number
    [InlineData("tagAttr.get('absent') == null", true)]
    [InlineData("ctx.isAccessedAfter('expiry')", true)]
    [InlineData("ctx.isAccessedBefore('expiry')", false)]
    [InlineData("ctx.isAccessedAfter('absent')", true)] // an unknown date has passed
    [InlineData("ctx.isAccessedBefore('loose')", true)] // a day, whatever follows it
    [InlineData("ctx.isAccessedAfter('wrong')", true)]
    [InlineData("var c = ctx.getRequestContextAttribute('country'); ctx.result = !!c;", true)]
    [InlineData("var c = ctx.getRequestContextAttribute('absent'); ctx.result = !!c;", false)]
    [InlineData("USER.dept != 'hr'", true)]
    [InlineData("(true && false) || true", true)]
    [InlineData("tagAttr.get('score')", false)] // text is no answer
    [InlineData("ctx.result = true; tagAttr.get('score')", true)]
    [InlineData("ctx.result = true; false", false)]
    [InlineData("if ( TAG.level == 'low' ) ctx.result = true;", false)]
    public void A_condition_is_read_as_javascript_reads_it(string script, bool expected) =>
        Assert.Equal(expected, Script.ReadCondition(script)!(Scope()));

    [Theory]
    [InlineData("")]
    [InlineData("test")]
    [InlineData("1 +")]
    [InlineData("while (true) {}")]
    [InlineData("ctx.result = ")]
    [InlineData("IS_IN_ROLE('a'")]
    [InlineData("IS_IN_ROLE(1)")]
    [InlineData("java.lang.Runtime.getRuntime()")]
    [InlineData("'unclosed")]
    [InlineData("USER")]
    [InlineData("var")]
    [InlineData("true false")]
    [InlineData("TAG.level == 'low' IS_IN_ROLE('admin')")]
    public void A_script_that_is_not_understood_is_not_evaluated(string script) => Assert.Null(Script.ReadCondition(script));

    [Theory]
    [InlineData("dept = '${{USER.dept}}'", "dept = 'sales'")]
    [InlineData("g in (${{GET_UG_NAMES_Q()}})", "g in ('leads','staff')")]
    [InlineData("g in (${{UG_NAMES_Q_CSV}})", "g in ('leads','staff')")]
    [InlineData("g in (${{ctx.ugNames(null, '|')}})", "g in (leads|staff)")]
    [InlineData("s in (${{GET_UG_ATTR_Q_CSV('site')}})", "s in ('berlin')")]
    [InlineData("t in (${{GET_TAG_ATTR_Q('nothing', 'none')}})", "t in ('none')")]
    [InlineData("${{nonsense(}}|${{USER.absent}}", "null|null")]
    [InlineData("${{UGA.sVal.site}},${{UG.staff.site}},${{UG.none.site}}", "berlin,berlin,null")]
    [InlineData("${{TAGS.PII.level}}", "high")]
    public void Expressions_are_filled_into_text(string text, string expected) =>
        Assert.Equal(expected, ScriptText.Of(text)!.Fill(Scope()));

    [Fact]
    public void Random_scripts_are_understood_or_not_and_nothing_else_happens()
    {
        string[] pieces = ["ctx", ".", "result", "=", "if", "(", ")", "{", "}", "!", "&&", "==", "'a'", "1", "var", "x", ";", "IS_IN_ROLE", ",", "null", "[", "#", "TAG.level", "${{"];
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            var script = string.Join(random.Next(2) == 0 ? " " : "", Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            Script.ReadCondition(script)?.Invoke(Scope());
            Script.ReadExpression(script)?.Invoke(Scope());
        }

        Assert.Null(Script.ReadCondition(new string('(', 100_000)));
    }

    internal static ScriptScope Scope() => new(
        new Subject("ann", new HashSet<string> { "staff", "leads" }, new HashSet<string> { "admin" }),
        new RequestFacts
        {
            Context = new Dictionary<string, string> { ["country"] = "DE" },
            AccessTime = Unity.Now,
            Dates = new TagDates(new EngineOptions()),
            UserAttributes = new Dictionary<string, string> { ["dept"] = "sales", ["_name"] = "ann" },
            GroupAttributes = new Dictionary<string, Dictionary<string, string>> { ["staff"] = new() { ["site"] = "berlin" }, ["leads"] = [] },
            Tags = [Tag],
        },
        Tag);

    private static readonly ResourceTag Tag = new(
        "PII", new Dictionary<string, string> { ["level"] = "high", ["score"] = "1.5", ["expiry"] = "2026/02/01", ["loose"] = "2026/4/1 10:00", ["wrong"] = "2026/13/1" }, []);
}
