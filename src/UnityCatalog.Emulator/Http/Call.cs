using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Http;

/// <summary>One request, as handlers use it.</summary>
internal sealed class Call(HttpContext http, ApiRoute route, string target, Workspace workspace, byte[] body, long number)
{
    private Caller? _caller;

    public Workspace Workspace { get; } = workspace;

    public HttpRequest Request => http.Request;

    public long Number { get; } = number;

    /// <summary>How old the permissions that this call reads are, in milliseconds: a fault may say so.</summary>
    public long ReadLag { get; init; }

    public Caller Caller => _caller ??= new Caller(Workspace, Workspace.Credentials.Authenticate(http.Request.Headers.Authorization));

    public string Parameter(string name) => route.Read(name, target);

    public string? Query(string name) => http.Request.Query.TryGetValue(name, out var value) ? (string?)value : null;

    public bool Flag(string name) => string.Equals(Query(name), "true", StringComparison.OrdinalIgnoreCase);

    public string RequiredQuery(string name) => Query(name) is { Length: > 0 } value
        ? value
        : throw Errors.InvalidParameter($"Missing required field: {name}");

    public int? Integer(string name)
    {
        var text = Query(name);
        return string.IsNullOrEmpty(text) ? null
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
            : throw Errors.InvalidParameter($"Invalid value for {name}: {text}");
    }

    public T Body<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw Errors.Malformed("Request body is empty.");
        }
        catch (JsonException e)
        {
            throw Errors.Malformed($"Could not parse request object: {e.Message}");
        }
    }

    /// <summary>Fields of a form-encoded body, as token requests have it.</summary>
    public Dictionary<string, StringValues> Form() => QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));

    public Reply Refuse(ApiException refusal) => IsScim && refusal.Status != 401
        ? ScimError.Write(refusal)
        : Reply.Error(refusal.Status, refusal.Code, refusal.Message, Number);

    /// <summary>SCIM has an error body of its own (reference §1.5), except for refused credentials.</summary>
    private bool IsScim => route.Template.Contains("/scim/", StringComparison.Ordinal);
}
