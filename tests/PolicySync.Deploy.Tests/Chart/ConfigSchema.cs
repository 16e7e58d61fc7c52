using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PolicySync.Deploy.Tests.Support;
using PolicySync.Host.Configuration;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>
/// <c>config</c> in the chart's schema is what the service reads, no more and no less, described as in docs/configuration.md.
/// <c>POLICYSYNC_UPDATE=1</c> writes it.
/// </summary>
public sealed partial class ConfigSchema
{
    private static readonly string File = Path.Combine(Helm.Chart, "values.schema.json");

    // What the chart sets itself, from values of its own or from what it knows; secrets come from secrets only.
    private static readonly string[] NotHere =
    [
        "Role", "Instance", "Workspace:Token", "Workspace:TokenFile", "Workspace:ClientSecret", "Workspace:ClientSecretFile",
        "Workspace:Azure:ClientSecret", "Workspace:Azure:ClientSecretFile", "Policies:Folder",
        "Policies:RangerAdmin:Password", "Policies:RangerAdmin:PasswordFile", "Policies:RangerAdmin:Token", "Policies:RangerAdmin:TokenFile",
        "Webhooks:Endpoints:N:Secret", "Webhooks:Endpoints:N:SecretFile",
        "Events:EventHub:Enabled", "Events:EventHub:ConnectionString", "Events:EventHub:ConnectionStringFile", "Events:Checkpoints:ConnectionString",
        "Audit:Sinks:N:ConnectionString", "Audit:Sinks:N:ConnectionStringFile",
        "Storage:ConnectionString", "Auth:PublicKeyFile", "Auth:ClientSecret", "Auth:ClientSecretFile", "Cluster:ClusterId", "Cluster:SiloPort", "Cluster:GatewayPort",
        "Cluster:AdvertisedAddress", "Metrics:Anonymous", "Http:TrustedProxies:N",
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_schema_of_settings_is_what_the_service_reads()
    {
        var schema = JsonNode.Parse(System.IO.File.ReadAllText(File))!;
        var expected = Expected();
        if (Environment.GetEnvironmentVariable("POLICYSYNC_UPDATE") == "1")
        {
            expected["description"] = schema["properties"]!["config"]!["description"]?.DeepClone();
            schema["properties"]!["config"] = expected;
            System.IO.File.WriteAllText(File, schema.ToJsonString(Indented) + "\n");
            return;
        }

        expected["description"] = schema["properties"]!["config"]!["description"]?.DeepClone(); // from values.yaml
        Assert.Equal(expected.ToJsonString(Indented), schema["properties"]!["config"]!.ToJsonString(Indented));
    }

    [Fact]
    public void What_the_chart_sets_itself_are_keys_of_the_service() => Assert.Empty(
        NotHere.Select(key => $"PolicySync:{key}").Except(ConfigurationKeys.All.Select(key => key.Name), StringComparer.Ordinal));

    /// <summary>Each value is explained, and typed by the schema.</summary>
    [Fact]
    public void Every_top_level_value_is_in_the_schema_and_no_other()
    {
        var schema = JsonNode.Parse(System.IO.File.ReadAllText(File))!["properties"]!.AsObject();
        var values = System.IO.File.ReadLines(Path.Combine(Helm.Chart, "values.yaml"))
            .Where(line => line.Length > 0 && char.IsAsciiLetter(line[0])).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]);

        Assert.Equal(schema.Select(pair => pair.Key).Where(name => name != "global").Order(StringComparer.Ordinal), values.Order(StringComparer.Ordinal));
    }

    private static JsonObject Expected()
    {
        var root = Section();
        var meanings = Meanings();
        foreach (var key in ConfigurationKeys.All.Where(key => !NotHere.Contains(key.Name["PolicySync:".Length..])))
        {
            var at = root;
            var parts = key.Name.Split(':')[1..];
            for (var i = 0; i < parts.Length; i++)
            {
                if (parts[i] == "N")
                {
                    continue; // its list was made with the name before it
                }

                var properties = at["properties"]!.AsObject();
                var isList = i + 1 < parts.Length && parts[i + 1] == "N";
                var isLast = i + (isList ? 2 : 1) == parts.Length;
                if (properties[parts[i]] is not { } next)
                {
                    next = isLast ? TypeOf(key) : Section();
                    var value = isList ? new JsonObject { ["type"] = "array", ["items"] = next } : next;
                    if (isLast)
                    {
                        value["description"] = meanings[key.Name];
                    }

                    properties[parts[i]] = value;
                }

                at = isList ? properties[parts[i]]!["items"]!.AsObject() : properties[parts[i]]!.AsObject();
            }
        }

        return root;
    }

    /// <summary>The documentation's table of settings, without its links.</summary>
    private static Dictionary<string, string> Meanings() =>
        System.IO.File.ReadLines(Path.Combine(Repository.Root, "docs", "configuration.md"))
            .Select(line => Row().Match(line)).Where(row => row.Success)
            .ToDictionary(row => row.Groups["key"].Value, row => Link().Replace(row.Groups["meaning"].Value, "${text}"), StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(?<key>PolicySync:[^`]+)` \| .*? \| (?<meaning>.+) \|$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\[(?<text>[^\]]+)\]\([^)]+\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    private static JsonObject Section() => new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject() };

    private static JsonObject TypeOf(ConfigurationKey key)
    {
        var schema = TypeOf(key.Type);
        if (key.Range is { OperandType: var operand } range && operand != typeof(TimeSpan))
        {
            (schema["minimum"], schema["maximum"]) = (Number(range.Minimum), Number(range.Maximum));
        }

        return schema;

        static JsonNode Number(object bound) => JsonValue.Create(Convert.ToDouble(bound, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static JsonObject TypeOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(bool) => new() { ["type"] = "boolean" },
            _ when type == typeof(int) || type == typeof(long) => new() { ["type"] = "integer" },
            _ when type == typeof(double) => new() { ["type"] = "number" },
            _ when type == typeof(TimeSpan) => new() { ["type"] = "string", ["pattern"] = "^([0-9]+\\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}$" },
            _ when type == typeof(Uri) => new() { ["type"] = "string", ["pattern"] = "^https?://" },
            { IsEnum: true } => new() { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)name)]) },
            _ => new() { ["type"] = "string" },
        };
    }
}
