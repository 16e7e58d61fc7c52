using System.Text.RegularExpressions;
using PolicySync.Docs.Tests.Support;

namespace PolicySync.Docs.Tests.Words;

/// <summary>Messages, documentation comments, charts and pages are in plain English: they use none of the words in banned.txt.</summary>
public sealed class PlainWords
{
    private static readonly string List = Path.Combine(Repository.Root, "tests/PolicySync.Docs.Tests/Words/banned.txt");

    private static readonly Dictionary<string, string> Banned = File.ReadLines(List)
        .Where(line => line.Contains("=>", StringComparison.Ordinal) && !line.StartsWith('#'))
        .Select(line => line.Split("=>", StringSplitOptions.TrimEntries))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);

    private static readonly Regex Pattern = new(
        $@"(?<![\w-])({string.Join('|', Banned.Keys.OrderByDescending(phrase => phrase.Length).Select(phrase => Regex.Escape(phrase).Replace(@"\ ", @"\s+", StringComparison.Ordinal)))})(?![\w-])",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

    // Names of code in pages, and phrases that are plain although they contain a banned word.
    private static readonly Regex Code = new("`[^`]*`", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static readonly string[] Allowed =
        [.. File.ReadLines(List).Where(line => line.StartsWith("allow: ", StringComparison.Ordinal)).Select(line => line["allow: ".Length..])];

    // Texts that are specified word for word by others, or that are data: Ranger's and the vendor's own words.
    private static readonly string[] Quoting =
        ["docs/adr/README.md", "src/PolicySync.Ranger/Text/", "src/UnityCatalog.Emulator/State/sample-metastore.json"];

    public static TheoryData<string> Folders =>
        [.. RepositoryText.Read(["src/"], ".csproj").Select(project => Path.GetDirectoryName(project.Path)!.Replace('\\', '/'))];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Messages_use_plain_words(string folder) => AssertNone(FindInCode(folder, isComment: false));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Documentation_comments_use_plain_words(string folder) => AssertNone(FindInCode(folder, isComment: true));

    [Fact]
    public void Pages_use_plain_words() => AssertNone(RepositoryText.Pages.SelectMany(FindInText));

    [Fact]
    public void Charts_and_scripts_use_plain_words() => AssertNone(RepositoryText
        .Read(["helm/", "deploy/", ".github/", ".ci/"], ".yaml", ".yml", ".json", ".sh", ".mjs", ".tpl", ".txt")
        .Where(file => !file.Path.EndsWith("package-lock.json", StringComparison.Ordinal))
        .SelectMany(FindInText));

    [Theory]
    [InlineData("throw new X($\"{name} stands {(a ? \"twice\" : \"\")} there\");", "stands")]
    [InlineData("var nobody = 'x'; // nobody", "")]
    [InlineData("/// <summary>Whom it concerns.</summary>", "Whom")]
    [InlineData("x = \"\"\"\n  a \"nobody\" b\n  \"\"\";", "nobody")]
    [InlineData("x = @\"c:\\\" + \"nobody\";", "nobody")]
    [InlineData("x = \"nobody-else\";", "")]
    [InlineData("x = \"it stands there; N stands for a number\";", "stands")]
    public void Banned_words_are_found_in_literals_and_documentation_only(string source, string expected) => Assert.Equal(
        expected.Split('|', StringSplitOptions.RemoveEmptyEntries),
        CSharpText.Read(source).SelectMany(piece => Find(piece.Text)).Select(match => match.Value));

    // Assert.Empty would cut the list off.
    private static void AssertNone(IEnumerable<string> found)
    {
        var list = found.ToList();
        Assert.True(list.Count == 0, $"{list.Count} found:\n{string.Join('\n', list)}");
    }

    private static IEnumerable<string> FindInCode(string folder, bool isComment) =>
        from file in RepositoryText.Read([folder + "/"], ".cs")
        where !Quoting.Any(quoting => file.Path.StartsWith(quoting, StringComparison.Ordinal))
        from piece in CSharpText.Read(file.Content)
        where piece.IsComment == isComment
        from match in Find(piece.Text)
        select Describe(file.Path, piece.Line, match.Value, piece.Text);

    private static IEnumerable<string> FindInText(RepositoryText file) =>
        from line in file.Lines.Index()
        where !Quoting.Any(quoting => file.Path.StartsWith(quoting, StringComparison.Ordinal))
        from match in Find(Code.Replace(line.Item, "``"))
        select Describe(file.Path, line.Index + 1, match.Value, line.Item);

    private static IEnumerable<Match> Find(string text) =>
        Pattern.Matches(Allowed.Aggregate(text, (rest, allowed) => rest.Replace(allowed, new string('·', allowed.Length), StringComparison.OrdinalIgnoreCase)));

    private static string Describe(string path, int line, string found, string text)
    {
        var plain = Regex.Replace(text, @"\s+", " ", RegexOptions.None, TimeSpan.FromSeconds(1));
        var start = Math.Max(0, plain.IndexOf(found, StringComparison.OrdinalIgnoreCase) - 40);
        var better = Banned.GetValueOrDefault(Regex.Replace(found, @"\s+", " ", RegexOptions.None, TimeSpan.FromSeconds(1)));
        return $"{path}:{line}: `{found}` in `…{plain[start..Math.Min(plain.Length, start + 110)]}…`; rather: {better}";
    }
}
