using System.Text.Json;
using PolicySync.Core.Explaining;
using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Api.Securables;

/// <summary>A question: why does a principal have a privilege on a securable, or why not?</summary>
/// <param name="Principal">A user by e-mail, a service principal by application id, or a group by name; also as a policy of Ranger spells it.</param>
/// <param name="Privilege">The privilege, for example `SELECT`.</param>
/// <param name="Securable">The securable.</param>
internal sealed record ExplainBody(string Principal, string Privilege, ExplainBodySecurable Securable);

/// <summary>A securable by type and full name.</summary>
/// <param name="Type">A type of a task's resources, for example `table`.</param>
/// <param name="FullName">The full name, for example `main.sales.customers`.</param>
internal sealed record ExplainBodySecurable(string Type, string FullName);

/// <summary>Reads the body of POST /explain. A member that is null counts as absent.</summary>
internal sealed class ExplainBodyReader
{
    private const int MaxPrincipal = 256;
    private const int MaxPrivilege = 100;

    private static readonly string[] OfRoot = ["principal", "privilege", "securable"];
    private static readonly string[] OfSecurable = ["type", "fullName"];

    private readonly FaultList _faults = new();
    private readonly bool _refusesUnknown;

    private ExplainBodyReader(UnknownMembers unknown) => _refusesUnknown = unknown == UnknownMembers.Refuse;

    /// <summary>Reads the question and the securable that it is about, or returns all faults of the body.</summary>
    /// <param name="body">The bytes of the body.</param>
    /// <param name="unknown">What happens to members that are not known.</param>
    public static (ExplainQuestion? Question, RequestedResource? Securable, IReadOnlyList<Fault> Faults) Read(ReadOnlyMemory<byte> body, UnknownMembers unknown)
    {
        var reader = new ExplainBodyReader(unknown);
        using var document = StrictJson.Parse(body, reader._faults);
        var (question, securable) = document is null ? (null, null) : reader.Read(document.RootElement);
        return reader._faults.IsEmpty ? (question, securable, []) : (null, null, reader._faults.Faults);
    }

    private (ExplainQuestion? Question, RequestedResource? Securable) Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(JsonPointer.Root, "must be an object");
            return (null, null);
        }

        CheckMembers(root, JsonPointer.Root, OfRoot);
        var principal = Text(root, JsonPointer.Root, "principal");
        if (principal is not null && (principal.Length is 0 or > MaxPrincipal || principal.Any(char.IsControl)))
        {
            _faults.Add("/principal", $"must be a name of 1 to {MaxPrincipal} characters, without control characters");
        }

        var privilege = Text(root, JsonPointer.Root, "privilege") is { } name ? Privilege.Normalise(name) : null;
        if (privilege is not null && (privilege.Length is 0 or > MaxPrivilege || !privilege.All(c => c == '_' || char.IsAsciiLetterOrDigit(c))))
        {
            _faults.Add("/privilege", "must be a privilege, for example `SELECT`");
        }

        return (new ExplainQuestion(principal ?? "", privilege ?? ""), Securable(root));
    }

    private RequestedResource? Securable(JsonElement root)
    {
        const string pointer = "/securable";
        if (Member(root, JsonPointer.Root, "securable") is not { } member)
        {
            return null;
        }

        if (member.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(pointer, "must be an object");
            return null;
        }

        CheckMembers(member, pointer, OfSecurable);
        var (type, fullName) = (Text(member, pointer, "type"), Text(member, pointer, "fullName"));
        var securable = type is null || fullName is null ? null : RequestedResource.Parse(type, fullName);
        if (type is not null && fullName is not null && securable?.Securable is null)
        {
            _faults.Add(pointer, "names no securable; `type` is a type of a task's resources, `fullName` a full name with dots");
        }

        return securable;
    }

    private string? Text(JsonElement parent, string pointer, string name)
    {
        if (Member(parent, pointer, name) is not { } member)
        {
            return null;
        }

        if (member.ValueKind == JsonValueKind.String)
        {
            return member.GetString();
        }

        _faults.Add(JsonPointer.Member(pointer, name), "must be a string");
        return null;
    }

    private JsonElement? Member(JsonElement parent, string pointer, string name)
    {
        if (parent.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null)
        {
            return member;
        }

        _faults.Add(JsonPointer.Member(pointer, name), "is missing");
        return null;
    }

    // A member that was meant to be another one is a fault; others are left to the settings, as in POST /task.
    private void CheckMembers(JsonElement parent, string pointer, string[] known)
    {
        foreach (var name in parent.EnumerateObject().Select(member => member.Name).Where(name => !known.Contains(name, StringComparer.Ordinal)))
        {
            if (NearMiss.Of(name, known) is { } meant)
            {
                _faults.Add(JsonPointer.Member(pointer, name), $"is not a member of this object; send `{JsonPointer.Member(pointer, meant)}`");
            }
            else if (_refusesUnknown)
            {
                _faults.Add(JsonPointer.Member(pointer, name), "is unknown; leave it out, or set `Api:UnknownMembers` to `Ignore`");
            }
        }
    }
}
