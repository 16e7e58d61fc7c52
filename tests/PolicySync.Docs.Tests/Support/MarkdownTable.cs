namespace PolicySync.Docs.Tests.Support;

/// <summary>Tables of a Markdown page, found by the text of their first column's heading.</summary>
internal static class MarkdownTable
{
    /// <summary>Rows of the first table whose first column is called <paramref name="heading"/>; cells without back-ticks around them.</summary>
    public static IReadOnlyList<string[]> Read(RepositoryText page, string heading)
    {
        var start = Array.FindIndex(page.Lines, line => line.StartsWith($"| {heading} |", StringComparison.Ordinal));
        Assert.True(start >= 0, $"{page.Path} has no table `{heading}`");
        return
        [
            .. page.Lines.Skip(start + 2)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1].Select(cell => cell.Trim('`')).ToArray()),
        ];
    }

    public static IEnumerable<string> FirstColumn(RepositoryText page, string heading) => Read(page, heading).Select(row => row[0]);
}
