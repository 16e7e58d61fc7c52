using System.Text.Json;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Events;

/// <summary>An object that an audit record says was made or changed.</summary>
/// <param name="Securable">The object.</param>
/// <param name="By">Who did it, as an e-mail or an application id; null when the record does not say.</param>
public sealed record AuditedObject(Securable Securable, string? By);

/// <summary>What an event with audit records says.</summary>
/// <param name="Objects">Objects that were made or changed.</param>
/// <param name="Others">The number of records about anything else, failed requests included.</param>
/// <param name="Unknown">Actions that make or change an object, and whose record does not name it in a way that is known.</param>
public sealed record AuditedObjects(IReadOnlyList<AuditedObject> Objects, int Others, IReadOnlyList<string> Unknown);

/// <summary>
/// Reads audit records of a Databricks workspace, as Azure's diagnostic settings send them to an event hub: an object with <c>records</c>. The
/// names of members vary by action, and some values are JSON as text, so members are found without case, in a record or in its
/// <c>properties</c>. Pure. The shapes are not proved (reference new-objects.md §2).
/// </summary>
public static class DatabricksAudit
{
    private const string Service = "unityCatalog";

    private static readonly Dictionary<string, SecurableType> Actions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["createTable"] = SecurableType.Table,
        ["updateTables"] = SecurableType.Table,
        ["createSchema"] = SecurableType.Schema,
        ["createCatalog"] = SecurableType.Catalog,
        ["createFunction"] = SecurableType.Function,
        ["createVolume"] = SecurableType.Volume,
        ["createRegisteredModel"] = SecurableType.Model,
    };

    /// <summary>Reads the body of an event. What is not a list of records counts as one other record.</summary>
    public static AuditedObjects Read(ReadOnlyMemory<byte> body)
    {
        var (objects, unknown, others) = (new List<AuditedObject>(), new List<string>(), 0);
        try
        {
            using var document = JsonDocument.Parse(body);
            if (Member(document.RootElement, "records") is not { ValueKind: JsonValueKind.Array } records)
            {
                return new AuditedObjects([], 1, []);
            }

            foreach (var record in records.EnumerateArray())
            {
                switch (Read(record))
                {
                    case (_, { } named): objects.Add(named); break;
                    case ({ } action, null): unknown.Add(action); break;
                    default: others++; break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for text that is no Unicode
        {
            return new AuditedObjects([], 1, []);
        }

        return new AuditedObjects(objects, others, unknown);
    }

    // The action of a record that is of interest, and what it names.
    private static (string? Action, AuditedObject? Named) Read(JsonElement record)
    {
        var isOfCatalog = string.Equals(Text(Anywhere(record, "category")), Service, StringComparison.OrdinalIgnoreCase)
            || string.Equals(Text(Anywhere(record, "serviceName")), Service, StringComparison.OrdinalIgnoreCase);
        var action = Text(Anywhere(record, "actionName")) ?? Text(Anywhere(record, "operationName"))?.Split('/')[^1];
        if (!isOfCatalog || action is null || !Actions.TryGetValue(action, out var type) || !IsSuccess(record))
        {
            return (null, null);
        }

        var securable = Anywhere(record, "requestParams") is { } sent ? Named(type, sent) ?? (Member(sent, "function_info") is { } inner ? Named(type, inner) : null) : null;
        return (action, securable is null ? null : new AuditedObject(securable, Text(Member(Anywhere(record, "identity"), "email"))
            ?? Text(Member(Anywhere(record, "userIdentity"), "email"))));
    }

    // A record that does not say how the request ended is believed: a sync too many changes nothing.
    private static bool IsSuccess(JsonElement record) => Member(Anywhere(record, "response"), "statusCode") switch
    {
        { ValueKind: JsonValueKind.Number } number => number.TryGetInt32(out var status) && status == 200,
        { ValueKind: JsonValueKind.String } text => text.GetString() == "200",
        _ => true,
    };

    private static Securable? Named(SecurableType type, JsonElement sent)
    {
        var whole = Text(Member(sent, "full_name_arg") ?? Member(sent, "full_name"));
        string[] members = type.Depth() switch { 1 => ["name"], 2 => ["catalog_name", "name"], _ => ["catalog_name", "schema_name", "name"] };
        var parts = whole is { Length: > 0 } ? whole.Split('.') : [.. members.Select(member => Text(Member(sent, member)) ?? "")];
        return parts.Length == type.Depth() && Array.TrueForAll(parts, static part => SecurableName.Fault(part) is null) ? Securable.Of(type, parts) : null;
    }

    private static JsonElement? Anywhere(JsonElement record, string name) => Member(record, name) ?? Member(Member(record, "properties"), name);

    private static JsonElement? Member(JsonElement? within, string name)
    {
        if (within is { ValueKind: JsonValueKind.Object } parent)
        {
            foreach (var member in parent.EnumerateObject())
            {
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                {
                    return Unpacked(member.Value);
                }
            }
        }

        return null;
    }

    // Azure sends some objects as their JSON text.
    private static JsonElement Unpacked(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is ['{', ..] text)
        {
            try
            {
                using var inner = JsonDocument.Parse(text);
                return inner.RootElement.Clone();
            }
            catch (JsonException)
            {
                return value;
            }
        }

        return value;
    }

    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
