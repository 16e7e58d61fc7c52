using System.Globalization;
using System.Text;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Tests;

/// <summary>
/// Comparison without case against a table that Java 17 wrote: each line a character and
/// <c>Character.toLowerCase(Character.toUpperCase(c))</c> of it, both in hex, for each character where they differ.
/// </summary>
public class JavaTextTests
{
    private const string Table = "PolicySync.Ranger.Tests.Text.java-17-folding.txt";

    [Fact]
    public void Every_character_of_Unicode_folds_as_Java_folds_it()
    {
        var java = ReadTable();
        var wrong = AllRunes().Where(rune => JavaText.Fold(rune.ToString()) != new Rune(java.GetValueOrDefault(rune.Value, rune.Value)).ToString());

        Assert.Empty(wrong.Select(rune => $"U+{rune.Value:X4}"));
        Assert.Equal(1_416, java.Count);
    }

    [Theory]
    [InlineData("K", "k", true)]
    [InlineData("ſ", "S", true)]
    [InlineData("ı", "I", true)]
    [InlineData("İ", "ı", true)]
    [InlineData("KAPALIÇARŞI", "kapalıçarşı", true)]
    [InlineData("σ", "ς", true)]
    [InlineData("ẞ", "ß", true)]
    [InlineData("ß", "ss", false)]
    [InlineData("𐐀", "𐐨", true)]
    [InlineData("é", "É", true)]
    [InlineData("é", "e", false)]
    [InlineData("Ⰿ", "ⰿ", true)]
    [InlineData("Ⱟ", "ⱟ", false)]
    [InlineData("", "", true)]
    [InlineData("a", null, false)]
    [InlineData(null, null, true)]
    public void Texts_are_equal_without_case_where_Java_says_so(string? left, string? right, bool expected)
    {
        Assert.Equal(expected, JavaText.EqualsIgnoringCase(left, right));
        Assert.Equal(expected, JavaText.EqualsIgnoringCase(right, left));
        if (left is not null && right is not null)
        {
            Assert.Equal(expected, JavaText.IgnoringCase.Equals(left, right));
            Assert.True(!expected || JavaText.IgnoringCase.GetHashCode(left) == JavaText.IgnoringCase.GetHashCode(right));
        }
    }

    [Theory]
    [InlineData("plain_name", true)]
    [InlineData("Plain", false)]
    public void What_needs_no_folding_is_not_copied(string text, bool isSame) =>
        Assert.Equal(isSame, ReferenceEquals(text, JavaText.Fold(text)));

    [Fact]
    public void Half_of_a_pair_stays_as_it_is()
    {
        var half = "A" + '\uD801' + "B" + '\uDC00';

        Assert.Equal("a" + '\uD801' + "b" + '\uDC00', JavaText.Fold(half));
    }

    private static IEnumerable<Rune> AllRunes() => Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value));

    private static Dictionary<int, int> ReadTable()
    {
        using var reader = new StreamReader(typeof(JavaTextTests).Assembly.GetManifestResourceStream(Table)!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(
            pair => int.Parse(pair[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            pair => int.Parse(pair[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
