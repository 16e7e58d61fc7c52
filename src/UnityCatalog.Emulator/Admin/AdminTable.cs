using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>One request to the emulator itself. Names in its path are decoded as in any other.</summary>
internal sealed class AdminCall(HttpContext http, ApiRoute route, byte[] body)
{
    public string Parameter(string name) => route.Read(name, ApiRoute.TargetOf(http));

    public string? Query(string name) => http.Request.Query.TryGetValue(name, out var value) ? (string?)value : null;

    /// <summary>The body; an absent one reads as an empty object.</summary>
    public T Body<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Length == 0 ? "{}"u8 : body, type) ?? throw Errors.Malformed("the body is null");
        }
        catch (JsonException e)
        {
            throw Errors.Malformed(e.Message);
        }
    }
}

/// <summary>
/// Maps <c>/_emulator</c>. These routes need no token and are not recorded; they answer to this machine
/// only, whatever address the emulator listens on.
/// </summary>
internal sealed class AdminTable(IEndpointRouteBuilder endpoints)
{
    public void Map(string method, string template, Func<AdminCall, Reply> handler)
    {
        var route = new ApiRoute($"/_emulator{template}");
        endpoints.MapMethods(route.Template, [method], async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            await Run(http, new AdminCall(http, route, body.ToArray()), handler).WriteAsync(http.Response);
        });
    }

    private static Reply Run(HttpContext http, AdminCall call, Func<AdminCall, Reply> handler)
    {
        if (http.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote))
        {
            return Error(403, "/_emulator answers only to this machine");
        }

        try
        {
            return handler(call);
        }
        catch (ApiException e)
        {
            return Error(e.Status, e.Message);
        }
    }

    private static Reply Error(int status, string message) =>
        Reply.Json(new AdminError(message), EmulatorJson.Shared.AdminError, status);
}
