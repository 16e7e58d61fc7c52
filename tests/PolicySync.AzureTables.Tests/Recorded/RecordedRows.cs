using System.Text.Json;
using Azure.Data.Tables;

namespace PolicySync.AzureTables.Tests.Recorded;

/// <summary>
/// Rows as a build wrote them, in a file: <c>{table, partition, row, columns}</c>, where a column is a text or
/// <c>{int}</c>, <c>{time}</c>, <c>{binary}</c>. Files are only added: what an earlier build wrote stays readable.
/// </summary>
internal static class RecordedRows
{
    public static IEnumerable<(string Table, TableEntity Row)> Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Recorded", file)));
        foreach (var recorded in document.RootElement.EnumerateArray())
        {
            var row = new TableEntity(recorded.GetProperty("partition").GetString(), recorded.GetProperty("row").GetString());
            foreach (var column in recorded.GetProperty("columns").EnumerateObject())
            {
                row[column.Name] = ValueOf(column.Value);
            }

            yield return (recorded.GetProperty("table").GetString()!, row);
        }
    }

    private static object ValueOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString()!;
        }

        var typed = value.EnumerateObject().Single();
        return typed.Name switch
        {
            "int" => typed.Value.GetInt32(),
            "time" => typed.Value.GetDateTimeOffset(),
            "binary" => typed.Value.GetBytesFromBase64(),
            _ => throw new JsonException($"`{typed.Name}` is not a column type"),
        };
    }
}
