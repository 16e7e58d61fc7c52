using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Client;

namespace PolicySync.Cli.Commands.Records;

/// <summary>The first line of an export.</summary>
internal sealed record ExportHead
{
    /// <summary>The version of the form.</summary>
    [JsonPropertyName("policysyncExport")]
    public required int Form { get; init; }

    /// <summary>The connector instance.</summary>
    public required string Instance { get; init; }

    /// <summary>The version of the service.</summary>
    public required string Version { get; init; }

    /// <summary>When the export began.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>The last line of an export, without which it is not whole.</summary>
internal sealed record ExportEnd
{
    /// <summary>Always true.</summary>
    public required bool End { get; init; }

    /// <summary>Records by kind.</summary>
    public required IReadOnlyDictionary<string, int> Counts { get; init; }

    /// <summary>SHA-256 in hexadecimal of the lines before, each with its line feed.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>Lines of JSON: head, a record each, end.</summary>
internal static class ExportFile
{
    /// <summary>The form that this version writes and reads.</summary>
    public const int Form = 1;

    private const string Remedy = "export again, or use another copy of the file";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>A line, without its line feed.</summary>
    public static string Line<T>(T what) => JsonSerializer.Serialize(what, Json);

    /// <summary>Adds a line to the hash of the end.</summary>
    public static void Append(IncrementalHash hash, string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>The hash of the lines that were added.</summary>
    public static string TextOf(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>Reads a whole export, so that nothing of one that is damaged is used.</summary>
    /// <exception cref="CliException">It is not a whole export.</exception>
    public static (ExportHead Head, ExportEnd End) Check(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var lines = File.ReadLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true)).GetEnumerator();
        var number = 0;
        try
        {
            var head = lines.MoveNext() && ++number > 0 ? HeadOf(lines.Current, path) : throw Wrong(path, 1, "is missing: the file is empty", Remedy);
            Append(hash, lines.Current);
            var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
            while (lines.MoveNext())
            {
                number++;
                var line = lines.Current;
                if (line.StartsWith("{\"end\":", StringComparison.Ordinal))
                {
                    var end = Parse<ExportEnd>(line, path, number);
                    return lines.MoveNext() ? throw Wrong(path, number + 1, "is behind the end of the export", Remedy)
                        : end.Sha256 != TextOf(hash) || !counts.SequenceEqual(end.Counts.OrderBy(count => count.Key, StringComparer.Ordinal))
                            ? throw Wrong(path, number, "does not fit to the lines before: the file was changed after it was exported", "import the file as it was exported")
                        : (head, end);
                }

                var record = Parse<StoredRecord>(line, path, number);
                if (record.Kind == RecordKind.Unknown)
                {
                    throw Wrong(path, number, "has a kind of record that this program does not know", "use the policysync of the version that made the export, or a newer one");
                }

                var kind = Output.Printer.Name(record.Kind);
                counts[kind] = counts.GetValueOrDefault(kind) + 1;
                Append(hash, line);
            }
        }
        catch (DecoderFallbackException)
        {
            throw Wrong(path, number + 1, "is not text in UTF-8", Remedy);
        }

        throw Wrong(path, number, "is the last one, and not the end of an export: the file is not whole", Remedy);
    }

    /// <summary>The records of an export that <see cref="Check"/> found whole.</summary>
    public static IEnumerable<StoredRecord> Records(string path) => File.ReadLines(path).Skip(1)
        .TakeWhile(line => !line.StartsWith("{\"end\":", StringComparison.Ordinal)).Select((line, index) => Parse<StoredRecord>(line, path, index + 2));

    private static ExportHead HeadOf(string line, string path)
    {
        if (!line.StartsWith("{\"policysyncExport\":", StringComparison.Ordinal))
        {
            throw Wrong(path, 1, "is not the head of an export", "give a file that `policysync export` wrote");
        }

        using var head = Document(line, path);
        return head.RootElement.GetProperty("policysyncExport") is { ValueKind: JsonValueKind.Number } form && form.TryGetInt32(out var version) && version == Form
            ? Parse<ExportHead>(line, path, 1)
            : throw Wrong(path, 1, $"has another form of export than {Form}", "use the policysync of the version that made the export, or a newer one");
    }

    private static JsonDocument Document(string line, string path)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            throw Wrong(path, 1, "is not JSON", Remedy);
        }
    }

    private static T Parse<T>(string line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Json) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw Wrong(path, number, "is not a line of an export", Remedy);
        }
    }

    private static CliException Wrong(string path, int number, string what, string remedy) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}: line {number} {what}"), remedy);
}
