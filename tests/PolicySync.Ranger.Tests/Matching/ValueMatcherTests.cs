using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Scripts;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Tests;

/// <summary>The values of one level against a requested value: paths, URLs, quotes, tokens, expressions, excludes.</summary>
public class ValueMatcherTests
{
    private const string Text = "org.apache.ranger.plugin.resourcematcher.RangerDefaultResourceMatcher";
    private const string Path = "org.apache.ranger.plugin.resourcematcher.RangerPathResourceMatcher";
    private const string Url = "org.apache.ranger.plugin.resourcematcher.RangerURLResourceMatcher";

    [Theory]
    [InlineData("a*", "abc", true)]
    [InlineData("*c", "abc", true)]
    [InlineData("a*c", "abbbc", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*b*", "abc", true)]
    [InlineData("**", "anything", true)]
    [InlineData("", "anything", true)]
    [InlineData("a,b", "b", true)]
    [InlineData("a,", "b", false)]
    [InlineData("ABC", "abc", true)]
    [InlineData("a*", "", false)]
    [InlineData("a*", "*", false)]
    [InlineData("*", "*", true)]
    public void A_value_fits_as_a_whole_by_wildcards_and_without_case(string policy, string requested, bool expected) =>
        Assert.Equal(expected, IsMatch(Text, "", policy, requested));

    [Theory]
    [InlineData("wildCard=false", "a*", "abc", false)]
    [InlineData("wildCard=false", "a*", "a*", true)]
    [InlineData("wildCard=false", "*", "abc", false)]
    [InlineData("ignoreCase=false", "ABC", "abc", false)]
    [InlineData("ignoreCase=perhaps", "ABC", "abc", false)]
    [InlineData("ignoreCase=", "ABC", "abc", true)]
    [InlineData("quotedCaseSensitive=true", "ABC", "abc", true)]
    [InlineData("quotedCaseSensitive=true", "\"ABC\"", "\"abc\"", false)]
    [InlineData("quotedCaseSensitive=true", "\"ABC\"", "\"ABC\"", true)]
    [InlineData("quotedCaseSensitive=true", "\"Ab*", "\"Abc\"", true)]
    [InlineData("quotedCaseSensitive=true", "\"Ab*", "\"abc\"", false)]
    [InlineData("quotedCaseSensitive=true", "'ABC'", "'abc'", true)]
    [InlineData("quotedCaseSensitive=true;quoteChars='`", "'ABC'", "'abc'", false)]
    [InlineData("quotedCaseSensitive=true;quoteChars='`", "\"ABC\"", "\"abc\"", true)]
    [InlineData("quotedCaseSensitive=true;quoteChars=", "\"ABC\"", "\"abc\"", false)]
    [InlineData("", "\"ABC\"", "\"abc\"", true)]
    public void The_service_definition_says_how_values_compare(string options, string policy, string requested, bool expected) =>
        Assert.Equal(expected, IsMatch(Text, options, policy, requested));

    [Theory]
    [InlineData(false, "/home/*", "/home/ann/x", true)]
    [InlineData(false, "/home", "/home/ann", false)]
    [InlineData(false, "/home/*.txt", "/home/a/b.txt", true)]
    [InlineData(true, "/home", "/home/ann", true)]
    [InlineData(true, "/home", "/home", true)]
    [InlineData(true, "/home", "/homes", false)]
    [InlineData(true, "/home/", "/home/ann", true)]
    [InlineData(true, "/home/", "/home", false)]
    [InlineData(true, "/home/", "/home/", true)]
    [InlineData(true, "/h*e", "/house/ann/x", true)]
    [InlineData(true, "/h*e", "/houses", false)]
    [InlineData(true, "/a/?/c", "/a/b/c/d", true)]
    [InlineData(true, "/a/?/c", "/a/bb/c", false)]
    [InlineData(true, "*", "/x", true)]
    [InlineData(true, "/a/*/c", "/a//b//c/d", true)]
    [InlineData(true, "h*e", "house/x", true)]
    public void A_path_may_mean_what_lies_below_it_too(bool recursive, string policy, string requested, bool expected) =>
        Assert.Equal(expected, IsMatch(Path, "", policy, requested, recursive));

    [Theory]
    [InlineData(ElementScope.Self, "/a/b/c", "/a/b", false)]
    [InlineData(ElementScope.SelfOrPrefix, "/a/b/c", "/a/b", true)]
    [InlineData(ElementScope.SelfOrPrefix, "/a/b/c", "/a/x", false)]
    [InlineData(ElementScope.SelfOrPrefix, "/a/*/c", "/a/x", true)]
    [InlineData(ElementScope.SelfOrChild, "/a/b", "/a", true)]
    [InlineData(ElementScope.SelfOrChild, "/a/b", "/a/", true)]
    [InlineData(ElementScope.SelfOrChild, "/a/b/c", "/a", false)]
    [InlineData(ElementScope.SelfOrChild, "/a/*", "/a", true)]
    [InlineData(ElementScope.SelfOrChild, "/a", "/", true)]
    [InlineData(ElementScope.SelfOrPrefix, "*c", "x", true)]
    public void A_request_may_ask_for_prefixes_and_children(ElementScope scope, string policy, string requested, bool expected) =>
        Assert.Equal(expected, IsMatch(Path, "", policy, requested, recursive: false, scope));

    [Theory]
    [InlineData(Path, "", ElementScope.SelfOrChild, "/a/b", "/a", true)]
    [InlineData(Path, "", ElementScope.SelfOrChild, "/a", "/", true)]
    [InlineData(Path, "", ElementScope.SelfOrChild, "/h*e", "/", false)]
    [InlineData(Path, "", ElementScope.SelfOrChild, "/h*e/x", "/house", true)]
    [InlineData(Url, "", ElementScope.SelfOrChild, "s3a://a/b", "s3a://a", false)]
    [InlineData(Path, "wildCard=false", ElementScope.SelfOrPrefix, "/a?/x", "/ab", true)]
    [InlineData(Url, "wildCard=false", ElementScope.SelfOrPrefix, "s3a://a?/x", "s3a://ab", false)]
    [InlineData(Url, "wildCard=false", ElementScope.SelfOrPrefix, "s3a://a?/x", "s3a://a?", true)]
    public void A_request_may_ask_for_prefixes_and_children_of_what_lies_below_too(
        string matcher, string options, ElementScope scope, string policy, string requested, bool expected) =>
        Assert.Equal(expected, IsMatch(matcher, options, policy, requested, recursive: true, scope));

    [Theory]
    [InlineData("s3a://data", "s3a://data/x/y", true)]
    [InlineData("s3a://data", "s3a://database", false)]
    [InlineData("s3a://da*", "s3a://data/x", true)]
    [InlineData("s3a://*/x", "s3a://data/x/y", true)]
    [InlineData("s3a://*/x", "data/x", false)]
    [InlineData("s3a://*", "s3a:///x", false)]
    [InlineData("://*", "://x", true)]
    [InlineData("s3a://da*/", "s3a://data/", true)]
    [InlineData("s3a://da*/", "s3a://data", false)]
    [InlineData("*", "hdfs://n:8020/p", true)]
    public void A_url_means_what_lies_below_it_too(string policy, string requested, bool expected) =>
        Assert.Equal(expected, IsMatch(Url, "", policy, requested, recursive: true));

    [Theory]
    [InlineData("", "/home/{USER}", "/home/ann", true)]
    [InlineData("", "/home/{USER}", "/home/bob", false)]
    [InlineData("", "/home/{NONE}", "/home/{NONE}", true)]
    [InlineData("", "/home/{NONE}", "/home/", false)]
    [InlineData("", "/{USER}/{dept}", "/ann/hr", true)]
    [InlineData("", "/{USER", "/{USER", true)]
    [InlineData("", "/\\{USER}", "/{USER}", true)]
    [InlineData("", "/\\{USER}", "/ann", false)]
    [InlineData("", "/a\\b", "/a\\b", true)]
    [InlineData("", "/a\\\\b", "/a\\b", true)]
    [InlineData("", "/{US\\}ER}", "/{US}ER}", true)]
    [InlineData("", "/{USER}*", "/anna", true)]
    [InlineData("tokenDelimiterStart=%;tokenDelimiterEnd=%;tokenDelimiterEscape=@", "/%USER%@%", "/ann%", true)]
    [InlineData("tokenDelimiterStart=%;tokenDelimiterEnd=%;tokenDelimiterEscape=@", "/{USER}", "/ann", false)]
    [InlineData("tokenDelimiterPrefix=t:", "/{t:USER}", "/ann", true)]
    [InlineData("tokenDelimiterPrefix=t:", "/{USER}", "/ann", false)]
    [InlineData("tokenDelimiterPrefix=t:", "/{USER}", "/{USER}", true)]
    [InlineData("replaceTokens=false", "/{USER}", "/ann", false)]
    [InlineData("replaceTokens=false", "/{USER}", "/{USER}", true)]
    [InlineData("tokenDelimiterEscape={", "/{USER}", "/ann", false)]
    [InlineData("tokenDelimiterEscape={", "/{{x", "/{{x", true)]
    [InlineData("tokenDelimiterEscape=}", "/}}x", "/}}x", true)]
    [InlineData("tokenDelimiterPrefix={", "/{{USER}", "/ann", false)]
    [InlineData("tokenDelimiterStart=", "/{USER}", "/ann", true)]
    [InlineData("", "/{USER}/{x", "/ann/{x", true)]
    public void Tokens_stand_for_what_the_request_gives(string options, string policy, string requested, bool expected) =>
        Assert.Equal(expected, IsMatch(Path, options, policy, requested));

    [Theory]
    [InlineData("db_${{USER.dept}}", "db_hr", true)]
    [InlineData("db_${{USER.dept}}", "db_it", false)]
    [InlineData("${{USER._name}}_${{USER.dept}}", "ann_hr", true)]
    [InlineData("${{USER.dept}}*", "hr_x", true)]
    [InlineData("${{USER.dept}}_{USER}", "hr_ann", true)]
    [InlineData("db_${{USER.dept", "db_${{USER.dept", true)]
    public void Expressions_stand_for_what_is_known_of_the_user(string policy, string requested, bool expected) =>
        Assert.Equal(expected, IsMatch(Text, "", policy, requested));

    [Fact]
    public void Expressions_may_be_switched_off() =>
        Assert.False(IsMatch(Text, "replaceReqExpressions=false", "db_${{USER.dept}}", "db_hr"));

    [Fact]
    public void Where_tokens_are_switched_off_expressions_still_stand_for_what_is_known() =>
        Assert.True(IsMatch(Text, "replaceTokens=false", "${{USER.dept}}_{USER}", "hr_{USER}"));

    [Theory]
    [InlineData("/a\\{b", true)]
    [InlineData("/a{b", false)]
    public void Without_a_request_nothing_is_replaced_or_unescaped(string requested, bool expected) =>
        Assert.Equal(expected, Pattern(Path, "", "/a\\{b").IsMatch(requested, ElementScope.Self, MatchContext.None));

    /// <summary>
    /// The index keeps a policy under this prefix. One that is too long loses the policy for requests that match it; one that is
    /// too short makes each request meet more policies.
    /// </summary>
    [Theory]
    [InlineData(Text, "", "abc", "abc")]
    [InlineData(Text, "", "abc*", "abc")]
    [InlineData(Text, "", "a?c*", "a")]
    [InlineData(Text, "", "*abc", "")]
    [InlineData(Text, "", "ab{USER}c", "ab")]
    [InlineData(Text, "", "ab\\{c", "ab")]
    [InlineData(Text, "", "ab${{USER.dept}}c", "ab")]
    [InlineData(Text, "replaceTokens=false", "ab${{USER.dept}}c", "ab")]
    [InlineData(Text, "", "a{USER}b${{USER.dept}}", "a")]
    [InlineData(Text, "", "a${{USER.dept}}b{USER}", "a")]
    [InlineData(Text, "", "{USER}", "")]
    [InlineData(Text, "", "a*{USER}", "a")]
    [InlineData(Path, "", "/home/x", "/home/x")]
    [InlineData(Path, "", "/home/", "/home")]
    [InlineData(Path, "", "/home/b*", "/home/b")]
    [InlineData(Path, "pathSeparatorChar=.", "home.b*", "")]
    [InlineData(Url, "", "s3a://da*", "")]
    public void The_index_knows_how_every_value_that_fits_begins(string matcher, string options, string policy, string prefix) =>
        Assert.Equal(prefix, Pattern(matcher, options, policy, recursive: matcher != Text).FixedPrefix);

    [Theory]
    [InlineData("", "abc", "abc")]
    [InlineData("", "{USER", "{USER")]
    [InlineData("", "abc*", null)]
    [InlineData("", "a{USER}", null)]
    [InlineData("replaceTokens=false", "a{USER}", "a{USER}")]
    public void The_index_knows_the_only_value_that_fits(string options, string policy, string? only) =>
        Assert.Equal(only, Pattern(Text, options, policy).Only);

    [Theory]
    [InlineData("abc", false)]
    [InlineData("${{USER.dept}}", false)]
    [InlineData("${{USER.unheardOf(1)}}", true)]
    public void A_value_with_an_expression_that_is_not_understood_says_so(string policy, bool expected) =>
        Assert.Equal(expected, Pattern(Text, "", policy).IsUnknown);

    [Theory]
    [InlineData("a*", "abc", false)]
    [InlineData("a*", "b", true)]
    [InlineData("*", "b", false)]
    [InlineData("a*", "", false)]
    [InlineData("a*", "*", false)]
    [InlineData("a*", null, false)]
    [InlineData("*", null, false)]
    public void Excludes_turn_the_answer_round_but_never_mean_everything(string policy, string? requested, bool expected) =>
        Assert.Equal(expected, IsMatch(Text, "", policy, requested, excludes: true));

    [Fact]
    public void A_pattern_of_many_stars_takes_no_longer_than_its_length_times_that_of_the_value()
    {
        var pattern = string.Concat(Enumerable.Repeat("a*", 2_000)) + "b";
        var value = new string('a', 20_000);

        Assert.False(IsMatch(Text, "", pattern, value));
        Assert.True(IsMatch(Text, "", pattern, value + "b"));
    }

    private static bool IsMatch(
        string matcher,
        string options,
        string policy,
        string? requested,
        bool recursive = false,
        ElementScope scope = ElementScope.Self,
        bool excludes = false)
    {
        var facts = new RequestFacts
        {
            Context = new Dictionary<string, string>(),
            AccessTime = Unity.Now,
            Dates = new TagDates(new EngineOptions()),
            UserAttributes = new Dictionary<string, string> { ["dept"] = "hr", ["_name"] = "ann" },
            GroupAttributes = new Dictionary<string, Dictionary<string, string>>(),
        };
        var context = new MatchContext(
            new Dictionary<string, string> { ["USER"] = "ann", ["dept"] = "hr" }, new ScriptScope(Unity.User("ann"), facts, tag: null));
        return Matcher(matcher, options, policy, recursive, excludes).IsMatch(requested is null ? null : [requested], scope, context);
    }

    private static ValuePattern Pattern(string matcher, string options, string policy, bool recursive = false) =>
        Assert.Single(Matcher(matcher, options, policy, recursive).Patterns);

    private static ValueMatcher Matcher(string matcher, string options, string policy, bool recursive = false, bool excludes = false)
    {
        var settings = options.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('=', 2)).ToDictionary(o => o[0], o => o[1]);
        var resource = new RangerPolicyResource { Values = [.. policy.Split(',')], IsRecursive = recursive, IsExcludes = excludes };
        return ValueMatcher.Create(matcher, new MatcherOptions(settings), resource);
    }
}
