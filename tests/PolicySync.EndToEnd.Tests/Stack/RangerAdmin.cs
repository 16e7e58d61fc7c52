using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace PolicySync.EndToEnd.Tests.Stack;

/// <summary>
/// Answers downloads as Ranger Admin does, from a folder of policies: the whole set, or 304 for the version that the caller has.
/// </summary>
internal sealed class RangerAdmin : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly PolicyFolder _policies;
    private readonly Task _serving;

    private RangerAdmin(PolicyFolder policies, int port)
    {
        _policies = policies;
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url { get; }

    public static RangerAdmin Start(PolicyFolder policies) => new(policies, FreePort.Next());

    /// <summary>The settings of a service that takes its policies from here.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Policies:Source", "RangerAdmin"), ("Policies:RangerAdmin:Url", Url.ToString()), ("Policies:RangerAdmin:ServiceName", "unity_catalog"),
        ("Policies:RangerAdmin:Username", "sync"), ("Policies:RangerAdmin:Password", "not a secret"),
    ];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var (status, body) = Answer(context.Request);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            using var writer = new StreamWriter(context.Response.OutputStream);
            await writer.WriteAsync(body);
        }
    }

    private (int Status, string Body) Answer(HttpListenerRequest request)
    {
        var known = request.QueryString["lastKnownVersion"] ?? request.QueryString["lastKnownRoleVersion"] ?? request.QueryString["lastKnownUserStoreVersion"];
        var (version, body) = request.Url!.AbsolutePath switch
        {
            var path when path.Contains("/policies/", StringComparison.Ordinal) => Policies(),
            var path when path.Contains("/roles/", StringComparison.Ordinal) => ("1", """{"roleVersion":1,"rangerRoles":[]}"""),
            var path when path.Contains("/tags/", StringComparison.Ordinal) => ("1", """{"serviceName":"unity_catalog","tagVersion":1,"tags":{},"serviceResources":[],"resourceToTagIds":{}}"""),
            _ => ("1", """{"userStoreVersion":1,"userGroupMapping":{}}"""),
        };
        return known == version ? (304, "") : (200, body);
    }

    private (string Version, string Body) Policies()
    {
        var text = _policies.Read();
        return (JsonNode.Parse(text)!["policyVersion"]!.ToString(), text);
    }
}
