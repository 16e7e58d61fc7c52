using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Workspaces;

/// <summary>Tokens of Azure Entra ID, as its token endpoint gives them.</summary>
public sealed class EntraTokens : IDisposable
{
    private const string Secret = "azure-client-secret-0123456789";
    private const string Tenant = "0b6d1f0e-5d6a-4a8e-9d7a-0c2f6d1b1c55";

    private readonly TemporaryFolder _folder = new();
    private readonly Queue<HttpResponseMessage> _answers = [];
    private readonly World _world;

    public EntraTokens()
    {
        File.WriteAllText(_folder["secret"], Secret + "\n");
        _world = WorldOf(azure =>
        {
            (azure.Credential, azure.TenantId, azure.ClientId) = (AzureCredentialKind.ClientSecret, Tenant, "app-1");
            azure.ClientSecretFile = _folder["secret"];
        });
    }

    private IReadOnlyList<SeenRequest> Asked => [.. _world.Identity.Seen.Where(request => request.Method == HttpMethod.Post)];

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_token_is_asked_for_with_the_secret_for_the_resource_of_databricks()
    {
        Issue("t1");

        await ReadAsync();
        await ReadAsync();

        var asked = Assert.Single(Asked);
        Assert.Equal($"POST /{Tenant}/oauth2/v2.0/token", asked.Line);
        var form = asked.Body!.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        Assert.Equal("client_credentials", form["grant_type"]);
        Assert.Contains("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default", form["scope"], StringComparison.Ordinal);
        Assert.Equal(("app-1", Secret), (form["client_id"], form["client_secret"]));
        Assert.Equal(["Bearer t1", "Bearer t1"], _world.Workspace.Seen.Select(request => request.Authorization));
    }

    [Fact]
    public async Task A_refused_token_is_replaced_by_a_fresh_one_once_also_for_a_write()
    {
        Issue("t1");
        Issue("t2");
        _world.Workspace.ThenError(401);

        await _world.Catalog.UpdatePermissionsAsync(
            Securable.Catalog("c"), [new("a", null, ["BROWSE"], [])], TimeSpan.FromSeconds(10), _world.Meter, default);

        Assert.Equal(["Bearer t1", "Bearer t2"], _world.Workspace.Seen.Select(request => request.Authorization));
        Assert.Equal(2, Asked.Count);
    }

    [Fact]
    public async Task A_rotated_secret_file_is_used_for_the_next_token()
    {
        Issue("t1");
        Issue("t2");
        await ReadAsync();
        await File.WriteAllTextAsync(_folder["secret"], "another-secret-0123456789");
        _world.Workspace.ThenError(401);

        await ReadAsync();

        Assert.Contains("another-secret-0123456789", Asked[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_secret_is_refused_credentials_and_shows_in_no_message_and_no_log()
    {
        _answers.Enqueue(StubWorkspace.Answer(
            401, $$"""{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided: {{Secret}}."}"""));

        var failure = await World.FailureOf(ReadAsync);

        Assert.Equal(SyncErrorCode.CredentialsRefused, failure.Code);
        Assert.Contains("AADSTS7000215", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, string.Join("\n", _world.Log.Lines), StringComparison.Ordinal);
    }

    /// <summary>As Kubernetes gives it: a signed token in a file, for a token of the application.</summary>
    [Fact]
    public async Task A_federated_token_takes_the_place_of_a_secret()
    {
        await File.WriteAllTextAsync(_folder["federated"], "federated-token");
        using var world = WorldOf(azure =>
        {
            (azure.Credential, azure.TenantId, azure.ClientId) = (AzureCredentialKind.WorkloadIdentity, Tenant, "app-2");
            azure.FederatedTokenFile = _folder["federated"];
        });
        Issue("t1");

        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);

        var body = Assert.Single(world.Identity.Seen, request => request.Method == HttpMethod.Post).Body!;
        Assert.Contains("client_assertion=federated-token", body, StringComparison.Ordinal);
        Assert.Contains("client_id=app-2", body, StringComparison.Ordinal);
        Assert.DoesNotContain("client_secret", body, StringComparison.Ordinal);
        Assert.Equal("Bearer t1", world.Workspace.Only.Authorization);
    }

    /// <summary>Source: the reference of Azure's instance metadata service, as databricks-sdk-go uses it in auth_azure_msi.go.</summary>
    [Fact]
    public async Task A_managed_identity_is_asked_for_a_token_of_the_same_resource()
    {
        using var world = WorldOf(azure => azure.Credential = AzureCredentialKind.ManagedIdentity);
        // The identity service of a machine refuses requests without its header; the library finds the service by that.
        world.Identity.Otherwise = request => !request.PathAndQuery.Contains("/metadata/identity/oauth2/token", StringComparison.Ordinal) ? StubWorkspace.Answer(404, "")
            : !request.IsForMetadata ? StubWorkspace.Answer(400, """{"error":"invalid_request","error_description":"Required metadata header not specified"}""")
            : StubWorkspace.Json($$"""{"access_token":"t1","token_type":"Bearer","expires_in":"3599","expires_on":"{{DateTimeOffset.MaxValue.ToUnixTimeSeconds()}}","resource":"r"}""");

        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);

        Assert.Contains(world.Identity.Seen, request => request.Query("resource") == "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d");
        Assert.Equal("Bearer t1", world.Workspace.Only.Authorization);
    }

    [Theory]
    [InlineData(429, SyncErrorCode.Throttled)]
    [InlineData(400, SyncErrorCode.CredentialsRefused)]
    public async Task The_error_of_the_identity_service_decides_whether_it_is_asked_again(int status, SyncErrorCode code)
    {
        foreach (var _ in Enumerable.Range(0, 10)) // the library asks again by itself
        {
            _answers.Enqueue(StubWorkspace.Answer(status, """{"error":"invalid_request","error_description":"AADSTS900: no."}"""));
        }

        Assert.Equal(code, (await World.FailureOf(ReadAsync)).Code);
    }

    [Fact]
    public async Task A_secret_file_that_is_gone_is_refused_credentials()
    {
        File.Delete(_folder["secret"]);

        var failure = await World.FailureOf(ReadAsync);

        Assert.Equal(SyncErrorCode.CredentialsRefused, failure.Code);
        Assert.Contains("PolicySync:Workspace:Azure:ClientSecretFile", failure.Message, StringComparison.Ordinal);
    }

    private World WorldOf(Action<AzureIdentityOptions> configure)
    {
        var world = new World(options =>
        {
            options.Token = null;
            configure(options.Azure);
        });
        world.Workspace.Otherwise = _ => StubWorkspace.Json("""{"name":"c"}""");
        // The library asks once per process which authorities there are.
        world.Identity.Otherwise = request => request.Method == HttpMethod.Get
            ? StubWorkspace.Json($$"""{"tenant_discovery_endpoint":"https://login.microsoftonline.com/{{Tenant}}/v2.0/.well-known/openid-configuration","metadata":[]}""")
            : _answers.Dequeue();
        return world;
    }

    private Task ReadAsync() => _world.Catalog.GetAsync(Securable.Catalog("c"), _world.Meter, default);

    private void Issue(string token) =>
        _answers.Enqueue(StubWorkspace.Json($$"""{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"{{token}}"}"""));
}
