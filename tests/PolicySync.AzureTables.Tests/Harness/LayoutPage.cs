using System.Text.RegularExpressions;
using Azure.Data.Tables;

namespace PolicySync.AzureTables.Tests.Harness;

/// <summary>The column tables of docs/storage.md.</summary>
internal static partial class LayoutPage
{
    /// <summary>Fails if the row has a column that the page does not list, lacks a promised one, or has one of another type.</summary>
    /// <param name="section">A heading of the page.</param>
    /// <param name="row">Read without the service's code.</param>
    /// <param name="promised">The words under «when» that hold for this row.</param>
    public static void AssertDescribes(string section, TableEntity row, params string[] promised)
    {
        var columns = ColumnsOf(section);
        var actual = row.Where(cell => cell.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).ToList();
        Assert.NotEmpty(columns);
        foreach (var (name, value) in actual)
        {
            var column = Assert.Single(columns, column => column.Holds(name));
            Assert.Equal((name, column.Type), (name, TypeOf(value)));
        }

        foreach (var column in columns.Where(column => promised.Contains(column.When)))
        {
            Assert.Contains(actual, cell => cell.Key == column.Name);
        }
    }

    private static List<Column> ColumnsOf(string section)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "storage.md")).Split("\n## ").Single(part => part.StartsWith(section + "\n", StringComparison.Ordinal));
        return [.. Row().Matches(page)
            .Select(match => new Column(match.Groups["name"].Value, match.Groups["many"].Success, match.Groups["type"].Value, match.Groups["when"].Value))
            .Where(column => column.Name != "column")];
    }

    private static string TypeOf(object value) => value switch
    {
        string => "text",
        int => "int",
        byte[] or BinaryData => "binary",
        DateTimeOffset or DateTime => "time",
        _ => value.GetType().Name,
    };

    [GeneratedRegex(@"^\| (?<name>\w+)(?<many>, \w+ \.\. \w+)? \| (?<type>\w+) \| (?<when>[^|]+) \|", RegexOptions.Multiline, 1000)]
    private static partial Regex Row();

    private sealed record Column(string Name, bool Many, string Type, string When)
    {
        public bool Holds(string name) => name == Name
            || (Many && name.StartsWith(Name, StringComparison.Ordinal) && int.TryParse(name[Name.Length..], out var n) && n is > 0 and < 15);
    }
}
