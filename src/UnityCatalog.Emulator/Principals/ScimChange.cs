using System.Text.Json;
using System.Text.RegularExpressions;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Principals;

/// <summary>Applies bodies of PUT and PATCH to one principal; changes nothing before the whole body is parsed.</summary>
internal sealed partial class ScimChange(PrincipalDirectory directory, Principal principal)
{
    private readonly List<Action> _steps = [];

    /// <summary>Ignores unknown attributes, as the server does.</summary>
    public void ReadResource(JsonElement resource)
    {
        foreach (var attribute in resource.EnumerateObject())
        {
            ReadAttribute(attribute.Name, attribute.Value);
        }

        if (principal.IsGroup && !resource.TryGetProperty("members", out _))
        {
            ReplaceMembers([]);
        }
    }

    public void ReadOperation(JsonElement operation)
    {
        var op = Text(operation, "op")?.ToUpperInvariant();
        var path = Text(operation, "path");
        var value = operation.TryGetProperty("value", out var given) ? given : default;
        if (path is null)
        {
            if (op == "REMOVE" || value.ValueKind != JsonValueKind.Object)
            {
                throw Refuse("invalidValue", "An operation without a path needs an object as its value.");
            }

            foreach (var attribute in value.EnumerateObject())
            {
                ReadOperation(op, attribute.Name, attribute.Value);
            }
        }
        else
        {
            ReadOperation(op, path, value);
        }
    }

    public void Apply() => _steps.ForEach(step => step());

    private void ReadOperation(string? op, string path, JsonElement value)
    {
        if (principal.IsGroup && MemberPath().Match(path) is { Success: true } match)
        {
            ReadMembers(op, match.Groups["id"] is { Success: true } id ? [Member(id.Value)] : Members(value), match.Groups["id"].Success || value.ValueKind != JsonValueKind.Undefined);
        }
        else if (op is "ADD" or "REPLACE")
        {
            ReadAttribute(path, value, refusesUnknown: true);
        }
        else
        {
            throw Refuse("invalidPath", $"The operation {op} on {path} is not supported.");
        }
    }

    private void ReadMembers(string? op, List<Principal> members, bool named)
    {
        switch (op)
        {
            case "ADD": _steps.Add(() => members.ForEach(member => directory.Join(principal, member))); break;
            case "REMOVE" when named: _steps.Add(() => members.ForEach(member => directory.Leave(principal, member))); break;
            case "REMOVE": ReplaceMembers([]); break;
            case "REPLACE": ReplaceMembers(members); break;
            default: throw Refuse("invalidSyntax", $"The operation {op} is none of add, remove and replace.");
        }
    }

    private void ReadAttribute(string name, JsonElement value, bool refusesUnknown = false)
    {
        switch (name.ToUpperInvariant())
        {
            case "DISPLAYNAME" when principal.IsGroup:
                var group = String(name, value);
                _steps.Add(() => directory.Rename(principal, group));
                break;
            case "DISPLAYNAME":
                var shown = String(name, value);
                _steps.Add(() => principal.DisplayName = shown);
                break;
            case "EXTERNALID":
                var external = String(name, value);
                _steps.Add(() => principal.ExternalId = external);
                break;
            case "ACTIVE":
                var active = value.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.String when bool.TryParse(value.GetString(), out var parsed) => parsed,
                    _ => throw Refuse("invalidValue", "active must be true or false"),
                };
                _steps.Add(() => principal.Active = active);
                break;
            case "MEMBERS" when principal.IsGroup:
                ReplaceMembers(Members(value));
                break;
            default:
                if (refusesUnknown)
                {
                    throw Refuse("invalidPath", $"The path {name} is not supported.");
                }

                break;
        }
    }

    private void ReplaceMembers(List<Principal> members) => _steps.Add(() =>
    {
        principal.Members.Except(members).ToList().ForEach(member => directory.Leave(principal, member));
        members.ForEach(member => directory.Join(principal, member));
    });

    private List<Principal> Members(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => [],
        JsonValueKind.Array => [.. value.EnumerateArray().Select(item => Member(Text(item, "value")))],
        JsonValueKind.Object when value.TryGetProperty("members", out var members) => Members(members),
        JsonValueKind.Object => [Member(Text(value, "value"))],
        _ => throw Refuse("invalidValue", "members must be an array of objects with a value"),
    };

    private Principal Member(string? id) =>
        long.TryParse(id, out var number) && directory.Find(number) is { Deleted: false } member
            ? member : throw Refuse("invalidValue", $"There is no principal with id {id}.");

    private static string String(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refuse("invalidValue", $"{name} must be a string");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static ApiException Refuse(string scimType, string detail) => new(400, scimType, detail);

    [GeneratedRegex("^members(\\[value eq \"?(?<id>[^\"\\]]*)\"?\\])?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MemberPath();
}
