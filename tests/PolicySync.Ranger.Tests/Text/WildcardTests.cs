using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Tests.Text;

/// <summary>Both readings of a pattern, each against its definition, for every short pattern and value.</summary>
public sealed class WildcardTests
{
    private static readonly List<string> Values = [.. TextsOf("ab", 6)];
    private static readonly List<string> Patterns = [.. TextsOf("a*?", 5)];

    [Fact]
    public void A_glob_matches_what_its_definition_says() => Assert.All(Patterns, pattern => Assert.All(Values, value =>
        Assert.True(IsMatch(value, pattern) == Wildcard.IsGlobMatch(value, pattern), $"`{pattern}` and `{value}`")));

    [Fact]
    public void Ranger_ignores_stars_directly_before_a_question_mark() => Assert.All(Patterns, pattern => Assert.All(Values, value =>
        Assert.True(IsMatch(value, WithoutIgnoredStars(pattern)) == Wildcard.IsMatch(value, pattern), $"`{pattern}` and `{value}`")));

    [Fact]
    public void The_two_readings_differ_for_ambiguous_patterns_only() =>
        Assert.All(Patterns.Where(pattern => !Wildcard.IsAmbiguous(pattern)), pattern => Assert.All(Values, value =>
            Assert.Equal(Wildcard.IsGlobMatch(value, pattern), Wildcard.IsMatch(value, pattern))));

    [Fact]
    public void The_widest_form_of_a_pattern_matches_whatever_either_reading_matches() => Assert.All(Patterns, pattern => Assert.All(
        Values.Where(value => Wildcard.IsGlobMatch(value, pattern) || Wildcard.IsMatch(value, pattern)),
        value => Assert.True(Wildcard.IsMatch(value, Wildcard.Widest(pattern)), $"`{pattern}` and `{value}`")));

    // The definition, by recursion: a star takes nothing, or one character more.
    private static bool IsMatch(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern) =>
        pattern.IsEmpty ? value.IsEmpty
        : pattern[0] == '*' ? IsMatch(value, pattern[1..]) || (!value.IsEmpty && IsMatch(value[1..], pattern))
        : !value.IsEmpty && (pattern[0] == '?' || pattern[0] == value[0]) && IsMatch(value[1..], pattern[1..]);

    private static string WithoutIgnoredStars(string pattern)
    {
        while (pattern.Contains("*?", StringComparison.Ordinal))
        {
            pattern = pattern.Replace("*?", "?", StringComparison.Ordinal);
        }

        return pattern;
    }

    private static IEnumerable<string> TextsOf(string letters, int length) => length == 0 ? [""]
        : TextsOf(letters, length - 1).SelectMany(text => text.Length < length - 1 ? [text] : letters.Select(letter => text + letter).Prepend(text));
}
