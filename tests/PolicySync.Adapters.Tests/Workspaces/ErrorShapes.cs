using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Workspaces;

public sealed class ErrorShapes : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(404, """{"error_code":"TABLE_DOES_NOT_EXIST","message":"Table 'a.b.c' does not exist.","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"TABLE_DOES_NOT_EXIST"}]}""", "TABLE_DOES_NOT_EXIST", "Table 'a.b.c' does not exist", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, """{"error_code":404,"message":"gone","details":[{"reason":"SCHEMA_DOES_NOT_EXIST"}]}""", "SCHEMA_DOES_NOT_EXIST", "gone", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, """{"error_code":404,"message":"gone"}""", null, "gone", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, """{"error_code":"404","message":"gone"}""", null, "gone", SyncErrorCode.SecurableNotFound)]
    [InlineData(400, """{"error":"RPC failed for some reason"}""", null, "RPC failed for some reason", SyncErrorCode.InvalidPlan)]
    [InlineData(404, """{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"User not found.","status":"404","scimType":"null_value"}""", "null_value", "User not found", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, "CATALOG_DOES_NOT_EXIST: Catalog 'x' does not exist.", "CATALOG_DOES_NOT_EXIST", "Catalog 'x' does not exist", SyncErrorCode.SecurableNotFound)]
    [InlineData(403, "<html><body><pre>Unauthorized access to Org: 12 &amp; more</pre></body></html>", null, "Unauthorized access to Org: 12 & more", SyncErrorCode.PermissionDenied)]
    [InlineData(404, "<!doctype html><title>404 Not Found</title>", null, "404 Not Found", SyncErrorCode.Unavailable)]
    [InlineData(404, "nginx: nothing here", null, "nginx: nothing here", SyncErrorCode.Unavailable)]
    [InlineData(404, "", null, "no text", SyncErrorCode.Unavailable)]
    [InlineData(400, "{}", null, "{}", SyncErrorCode.InvalidPlan)]
    [InlineData(400, """{"error_code":"MALFORMED_REQUEST"}""", "MALFORMED_REQUEST", "MALFORMED_REQUEST", SyncErrorCode.InvalidPlan)]
    [InlineData(400, """{"message":"broken""", null, """{"message":"broken""", SyncErrorCode.InvalidPlan)]
    public async Task Every_known_shape_of_an_error_is_read(int status, string body, string? word, string text, SyncErrorCode code)
    {
        _world.Workspace.ThenError(status, body, body.StartsWith('<') ? "text/html" : "application/json");

        var failure = await FailureAsync();

        Assert.Equal((code, word), (failure.Code, failure.ServerCode));
        Assert.Equal(
            $"databricks answered {status}{(word is null ? "" : $" {word}")} to GET /api/2.1/unity-catalog/tables/a.b.c: {text}", failure.Message);
    }

    [Theory]
    [InlineData(400, "INVALID_PARAMETER_VALUE", SyncErrorCode.InvalidPlan)]
    [InlineData(400, "SCHEMA_DOES_NOT_EXIST", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, "CATALOG_NOT_FOUND", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, "RESOURCE_DOES_NOT_EXIST", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, "NOT_FOUND", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, "ROUTINE_SOMETHING_NEW", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, "ENDPOINT_NOT_FOUND", SyncErrorCode.InvalidPlan)]
    [InlineData(404, "FEATURE_DISABLED", SyncErrorCode.InvalidPlan)]
    [InlineData(401, "UNAUTHENTICATED", SyncErrorCode.CredentialsRefused)]
    [InlineData(401, "CUSTOMER_UNAUTHORIZED", SyncErrorCode.CredentialsRefused)]
    [InlineData(403, "CUSTOMER_UNAUTHORIZED", SyncErrorCode.PermissionDenied)]
    [InlineData(403, "PERMISSION_DENIED", SyncErrorCode.PermissionDenied)]
    [InlineData(409, "ABORTED", SyncErrorCode.Unavailable)]
    [InlineData(400, "ABORTED", SyncErrorCode.Unavailable)]
    [InlineData(400, "CANCELLED", SyncErrorCode.Unavailable)]
    [InlineData(400, "COULD_NOT_ACQUIRE_LOCK", SyncErrorCode.Unavailable)]
    [InlineData(400, "DATA_LOSS", SyncErrorCode.Unavailable)]
    [InlineData(400, "DEADLINE_EXCEEDED", SyncErrorCode.Unavailable)]
    [InlineData(400, "INTERNAL_ERROR", SyncErrorCode.Unavailable)]
    [InlineData(400, "IO_ERROR", SyncErrorCode.Unavailable)]
    [InlineData(400, "RESOURCE_CONFLICT", SyncErrorCode.Unavailable)]
    [InlineData(400, "SERVICE_UNDER_MAINTENANCE", SyncErrorCode.Unavailable)]
    [InlineData(400, "UNAVAILABLE", SyncErrorCode.Unavailable)]
    [InlineData(400, "UNKNOWN", SyncErrorCode.Unavailable)]
    [InlineData(400, "WORKSPACE_TEMPORARILY_UNAVAILABLE", SyncErrorCode.Unavailable)]
    [InlineData(409, "ALREADY_EXISTS", SyncErrorCode.Unavailable)]
    [InlineData(499, "SOMETHING_NEW", SyncErrorCode.Unavailable)]
    [InlineData(400, "UNAUTHENTICATED", SyncErrorCode.CredentialsRefused)]
    [InlineData(400, "PERMISSION_DENIED", SyncErrorCode.PermissionDenied)]
    [InlineData(400, "RESOURCE_EXHAUSTED", SyncErrorCode.Throttled)]
    [InlineData(429, "RESOURCE_LIMIT_EXCEEDED", SyncErrorCode.InvalidPlan)]
    [InlineData(400, "PRINCIPAL_DOES_NOT_EXIST", SyncErrorCode.InvalidPlan)]
    [InlineData(400, "METASTORE_DOES_NOT_EXIST", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, "EXTERNAL_LOCATION_DOES_NOT_EXIST", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, "STORAGE_CREDENTIAL_DOES_NOT_EXIST", SyncErrorCode.SecurableNotFound)]
    [InlineData(413, "TOO_MUCH", SyncErrorCode.InvalidPlan)]
    [InlineData(400, "QUOTA_EXCEEDED", SyncErrorCode.InvalidPlan)]
    [InlineData(403, "REQUEST_LIMIT_EXCEEDED", SyncErrorCode.Throttled)]
    [InlineData(400, "TEMPORARILY_UNAVAILABLE", SyncErrorCode.Unavailable)]
    [InlineData(501, "NOT_IMPLEMENTED", SyncErrorCode.InvalidPlan)]
    public async Task The_servers_word_goes_before_the_status(int status, string word, SyncErrorCode code)
    {
        _world.Workspace.ThenError(status, $$"""{"error_code":"{{word}}","message":"m"}""");

        var failure = await FailureAsync();

        Assert.Equal((code, word), (failure.Code, failure.ServerCode));
    }

    [Fact]
    public async Task An_error_in_an_unknown_character_set_is_still_read()
    {
        var answer = StubWorkspace.Answer(404, """{"error_code":"TABLE_DOES_NOT_EXIST","message":"m"}""");
        answer.Content.Headers.Remove("Content-Type");
        answer.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf8mb4");
        _world.Workspace.Then(answer);

        Assert.Equal(SyncErrorCode.SecurableNotFound, (await FailureAsync()).Code);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    public async Task A_redirect_to_a_login_page_is_a_refusal_and_is_not_followed(int status)
    {
        var answer = StubWorkspace.Answer(status, "<html></html>", "text/html");
        answer.Headers.Location = new Uri("https://adb-1.2.azuredatabricks.net/login.html?error=private-link-validation-error:12");
        _world.Workspace.Then(answer);

        Assert.Equal(SyncErrorCode.CredentialsRefused, (await FailureAsync()).Code);
        Assert.Single(_world.Workspace.Seen);
    }

    [Fact]
    public async Task A_login_page_with_status_200_is_no_answer()
    {
        _world.Workspace.ThenError(200, "<html><title>Databricks - Sign In</title></html>", "text/html");

        var failure = await FailureAsync();

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
        Assert.Equal(
            "a web page came instead of databricks' answer to GET /api/2.1/unity-catalog/tables/a.b.c: Databricks - Sign In; "
            + "PolicySync:Workspace:Host must be the address of a workspace, and no proxy may ask for a sign-in",
            failure.Message);
        Assert.Single(_world.Workspace.Seen); // it would come again
    }

    [Fact]
    public async Task Long_text_is_cut_and_stays_on_one_line()
    {
        _world.Workspace.ThenError(400, $$"""{"error_code":"BAD_REQUEST","message":"a\nb\tc\u0000d\u001b[31m{{new string('x', 5000)}}"}""");

        var message = (await FailureAsync()).Message;

        Assert.Contains(": a b c d [31mxxx", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 500, 620);
    }

    private Task<SyncException> FailureAsync() =>
        World.FailureOf(() => _world.Catalog.GetAsync(Securable.Table("a", "b", "c"), new CallMeter(), default));
}
