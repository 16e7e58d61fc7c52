using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api.Generated;

/// <summary>How the token of a request is.</summary>
internal enum TokenKind
{
    Good,
    WithoutScope,
    Damaged,
    Absent,
}

/// <summary>Makes requests of an operation from the document: valid ones, and ones that are damaged in any of their parts.</summary>
internal sealed class RequestGenerator(DescribedApi api, IReadOnlyList<string> taskIds)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"];

    private static readonly string[] Texts =
    [
        "", " ", "main", "sales", "customers", "table main.sales.customers", "catalog", "schema", "table", "view", "function", "RESOURCE_SYNC", "VERIFY",
        "MERGE", "schedule", "tester", "a/b", "%2e%2e", "..", "\u00e9\ud83d\ude00", "'; --", "<script>", "null", "NaN", "0x10", "1e9", "-1",
        "99999999999999999999", "2026-11-30T10:00:00Z", "2026-02-30", "\t", "a\u0000b",
    ];

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\ud800", "null", "true", "-1", "1e999", "\"type\"", "\"dryrun\":true,", "\"requestInfo\"", "{\"a\":{}}",
        "[[[[[[", "\uFEFF",
    ];

    private static readonly string[] OtherIds =
    [
        "0", "1", "9223372036854775807", "9223372036854775808", "00001", "-1", "abc", "%01", "..", "1%2F2", "1:cancel", "1:retry", ":", "\u00e9",
    ];

    private static readonly string[] Preferences =
        ["wait=0", "wait=0", "respond-async", "wait", "wait=x", "wait=-1", "wait=\"0\"", "handling=strict, wait=0", "wait=0;a=b", "\u00e9", ""];

    private static readonly string[] Members =
    [
        "type", "requestInfo", "resources", "dryRun", "dryrun", "dry_run", "allowRevoke", "allowRevok", "id", "createTime", "novelty", "values",
    ];

    /// <summary>What is sent, and how its token is.</summary>
    public (HttpRequestMessage Message, TokenKind Token) Next(DescribedOperation operation, Random random)
    {
        var token = random.Next(20) switch { 0 => TokenKind.WithoutScope, 1 => TokenKind.Damaged, 2 => TokenKind.Absent, _ => TokenKind.Good };
        var method = random.Next(25) == 0 ? random.OneOf(Methods) : operation.Method;
        var message = new HttpRequestMessage(new HttpMethod(method), new Uri(Path(operation, random) + Query(operation, random), UriKind.Relative));
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.GetProperty("in").GetString() == "header" && random.Next(3) == 0))
        {
            message.Headers.TryAddWithoutValidation(parameter.GetProperty("name").GetString()!, HeaderValue(parameter, random));
        }

        if (operation.Body is { } schema && method != "GET" && method != "HEAD" && random.Next(30) != 0)
        {
            message.Content = Content(schema, random);
        }

        return (message, token);
    }

    private static readonly (string Type, string Name)[] Securables =
        [("table", "main.sales.customers"), ("view", "main.sales.customers"), ("schema", "MAIN.sales"), ("catalog", "main"), ("metastore", "m-1"), ("schema", "main"), ("cluster", "main")];

    private static readonly string[] Patterns = ["main", "main.sales", "MAIN.s%3Fles", "*.hr.*", "a.b.c.d", "a..b", "*"];

    private string Path(DescribedOperation operation, Random random)
    {
        var (type, name) = random.OneOf(Securables);
        return operation.Path
            .Replace("{taskId}", random.Next(4) == 0 ? random.OneOf(OtherIds) : random.OneOf(taskIds), StringComparison.Ordinal)
            .Replace("{planId}", random.Next(4) == 0 ? random.OneOf(OtherIds) : random.OneOf(taskIds), StringComparison.Ordinal)
            .Replace("{name}", Uri.EscapeDataString(random.OneOf(["ann@x.io", "account users", "a/b", ".", "x y", new string('a', 300)])), StringComparison.Ordinal)
            .Replace("{policyId}", random.OneOf(["1", "5", "77", "9223372036854775808", "x"]), StringComparison.Ordinal)
            .Replace("{driftId}", random.Next(4) == 0 ? random.OneOf(OtherIds) : TestDrift.IdOf($"t{random.Next(20)}", random.Next(2) == 0 ? TestDrift.Missing : TestDrift.Foreign), StringComparison.Ordinal)
            .Replace("{pattern}", random.Next(4) == 0 ? Uri.EscapeDataString($"x{random.OneOf(Texts)}".Replace("\0", "", StringComparison.Ordinal)) : random.OneOf(Patterns), StringComparison.Ordinal)
            .Replace("{type}", type, StringComparison.Ordinal)
            .Replace("{fullName}", random.Next(4) == 0 ? Uri.EscapeDataString($"x{random.OneOf(Texts)}".Replace("\0", "", StringComparison.Ordinal)) : name, StringComparison.Ordinal);
    }

    private string Query(DescribedOperation operation, Random random)
    {
        var pairs = new List<(string Name, string Value)>();
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.GetProperty("in").GetString() == "query" && random.Next(4) == 0))
        {
            var name = parameter.GetProperty("name").GetString()!;
            var value = random.Next(4) == 0 ? random.OneOf(Texts) : name == "plan" ? random.OneOf(taskIds) : Plain(parameter.GetProperty("schema"), random);
            pairs.Add((random.Next(20) == 0 ? name.ToUpperInvariant() : name, value));
            if (random.Next(20) == 0)
            {
                pairs.Add(pairs[^1]);
            }
        }

        if (random.Next(20) == 0)
        {
            pairs.Add((random.OneOf(Texts), random.OneOf(Texts)));
        }

        return pairs.Count == 0 ? "" : $"?{string.Join('&', pairs.Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}"))}";
    }

    private static string HeaderValue(JsonElement parameter, Random random) => parameter.GetProperty("name").GetString() switch
    {
        "Prefer" => random.OneOf(Preferences),
        "Idempotency-Key" => random.OneOf([$"k{random.Next(50)}", $"\"k{random.Next(50)}\"", "", " ", "a b", "\u00e9", new string('k', 256)]),
        "Last-Event-ID" => random.OneOf(["0", "1", "-1", "x", "99999999999999999999", ""]),
        var other => throw new InvalidOperationException($"the document has the header {other}: give it values here"),
    };

    private ByteArrayContent Content(JsonElement schema, Random random)
    {
        var body = Value(schema, random)!;
        var text = random.Next(4) switch
        {
            0 => FuzzRun.Damaged(body.ToJsonString(), Tokens, random),
            1 => Misplaced(body.AsObject(), random).ToJsonString(),
            _ => body.ToJsonString(),
        };
        var content = new ByteArrayContent(random.Next(40) == 0 ? new byte[(1 << 20) + 1] : Encoding.UTF8.GetBytes(text));
        content.Headers.TryAddWithoutValidation("Content-Type", random.Next(20) == 0
            ? random.OneOf(["text/plain", "application/xml", "application/json; charset=latin1", "application/merge-patch+json", "x", ""])
            : random.OneOf(["application/json", "application/json; charset=utf-8"]));
        if (random.Next(40) == 0)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        }

        return content;
    }

    // As an export has them.
    private static readonly string[] Records =
    [
        """{"kind":"SUSPENSION","fullName":"x.y","content":{"reason":"audit","endTime":"2999-01-01T00:00:00Z","createTime":"2026-11-30T12:00:00Z"}}""",
        """{"kind":"STATE","type":"table","fullName":"main.s.a","identity":"id-1","content":{"ledger":{"entries":[{"principal":"ann@x.io","privilege":"SELECT"}]}}}""",
        """{"kind":"DIFFERENCES","type":"table","fullName":"main.s.a","content":{"entries":[]}}""",
        """{"kind":"STATE","type":"table","fullName":"main.s.a","content":{"ledger":{"entries":[{"principal":"ann@x.io"}]}}}""",
    ];

    // Far enough ahead to be in the future, and near enough for the longest suspension.
    private static string Time(Random random) => $"{DateTimeOffset.UtcNow.AddDays(random.Next(-2, 300)):yyyy-MM-ddTHH:mm:ss}Z";

    /// <summary>A value as the schema has it.</summary>
    private JsonNode? Value(JsonElement schema, Random random)
    {
        schema = api.Resolve(schema);
        switch (schema.GetProperty("type").GetString())
        {
            case "object" when schema.TryGetProperty("properties", out var import) && import.TryGetProperty("allowOtherInstance", out _) && random.Next(3) != 0:
                return new JsonObject { ["instance"] = "instance1", ["records"] = Value(import.GetProperty("records"), random), ["dryRun"] = random.Next(2) == 0 };
            case "object" when schema.TryGetProperty("properties", out var record) && record.TryGetProperty("content", out _) && random.Next(5) != 0:
                return JsonNode.Parse(random.OneOf(Records));
            case "object" when schema.TryGetProperty("properties", out var named) && named.TryGetProperty("fullName", out _) && random.Next(5) != 0:
                var (type, name) = random.OneOf(Securables);
                return new JsonObject { ["type"] = type, ["fullName"] = name };
            case "object" when schema.TryGetProperty("properties", out var properties):
                var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
                return new JsonObject(properties.EnumerateObject().Where(property => required.Contains(property.Name) || random.Next(3) == 0)
                    .Select(property => KeyValuePair.Create(property.Name, Value(property.Value, random))));
            case "object":
                return new JsonObject(random.OneOf<string[]>([["catalog"], ["catalog", "schema"], ["catalog", "schema", "table"], ["metastore"], []])
                    .Select(level => KeyValuePair.Create(level, (JsonNode?)random.OneOf(Texts))));
            case "array":
                var count = random.Next(200) == 0 ? 1_001 : random.Next(1, 4);
                return new JsonArray([.. Enumerable.Range(0, count).Select(_ => Value(schema.GetProperty("items"), random))]);
            case "boolean":
                return random.Next(2) == 0;
            case "integer":
                return random.Next(2_000);
            default:
                return Plain(schema, random);
        }
    }

    /// <summary>Another value in the place of one, or a member where none belongs.</summary>
    private static JsonObject Misplaced(JsonObject body, Random random)
    {
        var target = random.Next(2) == 0 && body["requestInfo"] is JsonObject info ? info : body;
        var name = random.OneOf(Members);
        target[name] = random.Next(7) switch
        {
            0 => null, 1 => true, 2 => 17, 3 => new JsonArray(), 4 => new JsonObject { ["dryRun"] = true }, 5 => 1e300, _ => random.OneOf(Texts),
        };
        return body;
    }

    /// <summary>A text as the schema has it.</summary>
    private string Plain(JsonElement schema, Random random)
    {
        schema = api.Resolve(schema);
        return schema.TryGetProperty("enum", out var values) ? values[random.Next(values.GetArrayLength())].GetString()!
            : schema.GetProperty("type").GetString() switch
            {
                "boolean" => random.Next(2) == 0 ? "true" : "false",
                "integer" => random.Next(1_500).ToString(CultureInfo.InvariantCulture),
                _ when schema.TryGetProperty("format", out var format) && format.GetString() == "date-time" => Time(random),
                _ => random.OneOf(Texts),
            };
    }
}
