using System.Text.RegularExpressions;
using PolicySync.Docs.Tests.Support;

namespace PolicySync.Docs.Tests.Codes;

/// <summary>For every table and container that the code names, the page about storage says how long it keeps what is in it.</summary>
public sealed partial class StorageTables
{
    private static readonly string[] OfOrleans = ["OrleansGrainState", "OrleansSiloInstances"];

    [Fact]
    public void Every_table_and_container_has_a_row_about_its_retention()
    {
        var code = RepositoryText.Read(["src/PolicySync.AzureTables/"], ".cs").SelectMany(file => Tables().Matches(file.Content)).Select(match => "PolicySync" + match.Groups["name"].Value);
        var containers = RepositoryText.Read(["src/PolicySync.Core/Options/"], ".cs").SelectMany(file => Containers().Matches(file.Content)).Select(match => match.Groups["name"].Value);
        var page = RepositoryText.Pages.Single(page => page.Path == "docs/storage.md");

        var named = code.Concat(containers).Concat(OfOrleans).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.True(named.Count > 14, $"only {named.Count} are found in the code");
        Assert.Equal(named, MarkdownTable.FirstColumn(page, "storage").Order(StringComparer.Ordinal));
        Assert.All(MarkdownTable.Read(page, "storage"), row => Assert.DoesNotContain("", row));
    }

    [GeneratedRegex("""(?:[Pp]refix \+ |TableName = )"(?<name>[A-Za-z]+)["]""", RegexOptions.None, 1000)]
    private static partial Regex Tables();

    [GeneratedRegex("""Container \{ get; set; \} = "(?<name>[a-z-]+)";""", RegexOptions.None, 1000)]
    private static partial Regex Containers();
}
