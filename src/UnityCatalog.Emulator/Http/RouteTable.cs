namespace UnityCatalog.Emulator.Http;

/// <summary>Answers a request while the workspace is locked.</summary>
internal delegate Reply Handler(Call call);

/// <summary>Maps routes so that every call runs through the pipeline.</summary>
internal sealed class RouteTable(IEndpointRouteBuilder endpoints, RequestPipeline pipeline)
{
    public const string UnityCatalog = "/api/2.1/unity-catalog";

    public void Get(string template, Handler handler) => Map("GET", template, handler);

    public void Post(string template, Handler handler) => Map("POST", template, handler);

    public void Put(string template, Handler handler) => Map("PUT", template, handler);

    public void Patch(string template, Handler handler) => Map("PATCH", template, handler);

    public void Delete(string template, Handler handler) => Map("DELETE", template, handler);

    public void PostAnonymous(string template, Handler handler) => Map("POST", template, handler, authenticate: false);

    public void GetAnonymous(string template, Handler handler) => Map("GET", template, handler, authenticate: false);

    /// <summary>Answers and records requests without a route, so that a test can fail on them.</summary>
    public void MapUnknown()
    {
        var unknown = new ApiRoute("(unknown)");
        endpoints.MapFallback("{**path}", http => pipeline.RunAsync(
            http, unknown, call => throw Errors.NoSuchEndpoint(call.Request.Method, call.Request.Path), authenticate: false));
    }

    private void Map(string method, string template, Handler handler, bool authenticate = true)
    {
        var route = new ApiRoute(template);
        endpoints.MapMethods(template, [method], http => pipeline.RunAsync(http, route, handler, authenticate));
    }
}
