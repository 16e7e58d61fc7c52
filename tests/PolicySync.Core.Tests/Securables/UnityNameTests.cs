using System.Globalization;
using System.Text;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Securables;

/// <summary>
/// Lower case against a table that Java 17 wrote with <c>toLowerCase(Locale.ROOT)</c>: a character and what it becomes, in
/// hex, for each that becomes another.
/// </summary>
public sealed class UnityNameTests
{
    private const string Table = "PolicySync.Core.Tests.Securables.java-17-lower-case.txt";

    [Fact]
    public void Every_character_of_Unicode_has_the_lower_case_of_Java()
    {
        var java = ReadTable();
        var others = Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value))
            .Where(rune => UnityName.Lower(rune.ToString()) != java.GetValueOrDefault(rune.Value, rune.ToString())).ToList();

        // Letters that got a partner after Unicode 13; a newer Java agrees.
        Assert.Empty(others.Where(rune => java.ContainsKey(rune.Value) || !IsNewer(rune.Value)).Select(rune => $"U+{rune.Value:X4}"));
    }

    [Theory]
    [InlineData("Orders", "orders", true)]
    [InlineData("KAPALI", "kapalı", false)] // an I is no dotless ı, as it is in Ranger's policies
    [InlineData("kapalıÇarşı", "kapalıçarşı", true)]
    [InlineData("ſales", "sales", false)]
    [InlineData("K", "k", true)]
    [InlineData("İ", "i̇", true)]
    [InlineData("İ", "i", false)]
    [InlineData("𐐀", "𐐨", true)]
    [InlineData("a", null, false)]
    [InlineData(null, null, true)]
    public void Names_are_one_objects_when_their_lower_case_is(string? one, string? other, bool expected)
    {
        Assert.Equal(expected, UnityName.Same(one, other));
        Assert.True(one is null || other is null || UnityName.Comparer.Equals(one, other) == expected);
        Assert.True(!expected || one is null || UnityName.Comparer.GetHashCode(one) == UnityName.Comparer.GetHashCode(other!));
    }

    [Fact]
    public void Securables_patterns_and_tags_compare_so()
    {
        var table = Securable.Table("K", "İ", "KAPALIÇARŞI");

        Assert.Equal("k.i̇.kapaliçarşi", table.FullName);
        Assert.True(NamePattern.Parse("K.İ.kapali*").Covers(table));
        Assert.False(NamePattern.Parse("k.i.*").Covers(table));
        var tagged = new SecurableTags([new(new Dictionary<string, string> { ["catalog"] = "K" }, [new RangerTag { Type = "pii" }])]);
        Assert.Single(tagged.Concerning(RangerResources.Elements(table)));
    }

    private static bool IsNewer(int value) =>
        value is 0x2C2F or 0xA7C0 or 0xA7D0 or 0xA7D6 or 0xA7D8 or (>= 0x10570 and <= 0x10595) or 0x1C89 or 0xA7CB or 0xA7CC or 0xA7DA or 0xA7DC
            or (>= 0x10D50 and <= 0x10D65) or (>= 0x16EA0 and <= 0x16EB8);

    private static Dictionary<int, string> ReadTable()
    {
        using var reader = new StreamReader(typeof(UnityNameTests).Assembly.GetManifestResourceStream(Table)!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(
            pair => int.Parse(pair[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            pair => string.Concat(pair[1].Split(',').Select(hex => new Rune(int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString())));
    }
}
