using System.Text.Json.Nodes;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.UnityCatalog;

public sealed class ReadingOneObject : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(SecurableType.Catalog, "main", "/api/2.1/unity-catalog/catalogs/main")]
    [InlineData(SecurableType.Schema, "main.sales", "/api/2.1/unity-catalog/schemas/main.sales")]
    [InlineData(SecurableType.Table, "main.sales.orders", "/api/2.1/unity-catalog/tables/main.sales.orders")]
    [InlineData(SecurableType.Function, "main.sales.f", "/api/2.1/unity-catalog/functions/main.sales.f")]
    [InlineData(SecurableType.Volume, "main.sales.v", "/api/2.1/unity-catalog/volumes/main.sales.v")]
    [InlineData(SecurableType.Model, "main.sales.m", "/api/2.1/unity-catalog/models/main.sales.m")]
    [InlineData(SecurableType.ExternalLocation, "lake", "/api/2.1/unity-catalog/external-locations/lake")]
    [InlineData(SecurableType.StorageCredential, "lake-id", "/api/2.1/unity-catalog/storage-credentials/lake-id")]
    [InlineData(SecurableType.ServiceCredential, "queue#1", "/api/2.1/unity-catalog/credentials/queue%231")]
    [InlineData(SecurableType.Connection, "crm", "/api/2.1/unity-catalog/connections/crm")]
    [InlineData(SecurableType.Metastore, "11111111-2222-4333-8444-555555555555", "/api/2.1/unity-catalog/metastores/11111111-2222-4333-8444-555555555555")]
    [InlineData(SecurableType.Table, "main.sales.50%", "/api/2.1/unity-catalog/tables/main.sales.50%25")]
    [InlineData(SecurableType.Table, "main.sales.a%2fb", "/api/2.1/unity-catalog/tables/main.sales.a%252fb")]
    [InlineData(SecurableType.Table, "main.sales.a#b", "/api/2.1/unity-catalog/tables/main.sales.a%23b")]
    [InlineData(SecurableType.Table, "main.sales.a&b=c", "/api/2.1/unity-catalog/tables/main.sales.a%26b%3Dc")]
    [InlineData(SecurableType.Table, "main.sales.a+b", "/api/2.1/unity-catalog/tables/main.sales.a%2Bb")]
    [InlineData(SecurableType.Table, "main.sales.{fullname}", "/api/2.1/unity-catalog/tables/main.sales.%7Bfullname%7D")]
    [InlineData(SecurableType.Table, @"main.sales.a\b", "/api/2.1/unity-catalog/tables/main.sales.a%5Cb")]
    [InlineData(SecurableType.Schema, "größe.売上", "/api/2.1/unity-catalog/schemas/gr%C3%B6%C3%9Fe.%E5%A3%B2%E4%B8%8A")]
    [InlineData(SecurableType.Table, "main.sales.a`b'c\"d;e", "/api/2.1/unity-catalog/tables/main.sales.a%60b%27c%22d%3Be")]
    public async Task Each_type_has_its_path_and_each_name_is_escaped(SecurableType type, string fullName, string path)
    {
        var securable = Securable.Parse(type, fullName);
        _world.Workspace.ThenJson(Named(securable, """{"purpose":"SERVICE"}"""));

        await _world.Catalog.GetAsync(securable, _world.Meter, default);

        Assert.Equal($"GET {path}", _world.Workspace.Only.Line);
        Assert.Equal($"Bearer {World.Token}", _world.Workspace.Only.Authorization);
        Assert.Equal(1, _world.Meter.Calls);
    }

    [Theory]
    [InlineData(SecurableType.Catalog, "c", """{"name":"c","owner":"ann@x.io","created_at":17}""", "CATALOG", "ann@x.io", "17")]
    [InlineData(SecurableType.Schema, "c.s", """{"schema_id":"s-1","created_at":17,"owner":"g"}""", "SCHEMA", "g", "s-1")]
    [InlineData(SecurableType.Table, "c.s.t", """{"table_id":"t-1","table_type":"VIEW"}""", "VIEW", null, "t-1")]
    [InlineData(SecurableType.Table, "c.s.t", """{"table_type":"STREAMING_TABLE","created_at":"18"}""", "STREAMING_TABLE", null, "18")]
    [InlineData(SecurableType.Table, "c.s.t", """{"table_type":"SOME_NEW_KIND","owner":""}""", "SOME_NEW_KIND", null, null)]
    [InlineData(SecurableType.Function, "c.s.f", """{"function_id":"f-1","properties":"{}"}""", "FUNCTION", null, "f-1")]
    [InlineData(SecurableType.Volume, "c.s.v", """{"volume_id":"v-1"}""", "VOLUME", null, "v-1")]
    [InlineData(SecurableType.Model, "c.s.m", """{"created_at":19}""", "REGISTERED_MODEL", null, "19")]
    [InlineData(SecurableType.ExternalLocation, "l", """{"created_at":20,"credential_id":"other"}""", "EXTERNAL_LOCATION", null, "20")]
    [InlineData(SecurableType.StorageCredential, "c", """{"id":"i-1","owner":"g"}""", "STORAGE_CREDENTIAL", "g", "i-1")]
    [InlineData(SecurableType.ServiceCredential, "c", """{"id":"i-2","purpose":"SERVICE"}""", "SERVICE_CREDENTIAL", null, "i-2")]
    [InlineData(SecurableType.Connection, "c", """{"connection_id":"i-3"}""", "CONNECTION", null, "i-3")]
    [InlineData(SecurableType.Metastore, "i-4", """{"metastore_id":"i-4","name":"m","owner":"admins"}""", "METASTORE", "admins", "i-4")]
    public async Task Kind_owner_and_identity_are_those_of_the_record(
        SecurableType type, string fullName, string answer, string kind, string? owner, string? identity)
    {
        var securable = Securable.Parse(type, fullName);
        _world.Workspace.ThenJson(Named(securable, answer));

        var facts = await _world.Catalog.GetAsync(securable, _world.Meter, default);

        Assert.Equal(new SecurableFacts(securable, kind, owner, identity), facts with { CreatedAt = null });
    }

    [Theory]
    [InlineData("""{"created_at":1000,"table_id":"t-1"}""", 1_000L)]
    [InlineData("""{"created_at":-1}""", null)]
    [InlineData("{}", null)]
    public async Task The_time_when_it_was_made_is_that_of_the_record(string answer, long? expected)
    {
        var table = Securable.Table("c", "s", "t");
        _world.Workspace.ThenJson(Named(table, answer));

        Assert.Equal(expected, (await _world.Catalog.GetAsync(table, _world.Meter, default)).CreatedAt?.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_storage_credential_is_not_taken_for_a_service_credential_though_the_collection_shows_both()
    {
        _world.Workspace.ThenJson("""{"name":"lake","id":"i-1","purpose":"STORAGE"}""");

        var failure = await World.FailureOf(
            () => _world.Catalog.GetAsync(Securable.Parse(SecurableType.ServiceCredential, "lake"), _world.Meter, default));

        Assert.Equal(SyncErrorCode.SecurableNotFound, failure.Code);
        Assert.Contains("storage_credential", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SecurableType.Schema, "c.s", "mallory@x.io")]
    [InlineData(SecurableType.Table, "c.s.t", null)] // a table's record does not move with its grants
    public async Task Who_changed_a_schema_last_is_told(SecurableType type, string fullName, string? by)
    {
        var securable = Securable.Parse(type, fullName);
        _world.Workspace.ThenJson(Named(securable, """{"updated_by":"mallory@x.io","updated_at":1767600000000}"""));

        var facts = await _world.Catalog.GetAsync(securable, _world.Meter, default);

        Assert.Equal((by, by is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(1767600000000)), (facts.ChangedBy, facts.ChangedAt));
    }

    [Fact]
    public async Task A_host_with_a_path_or_a_query_keeps_the_path_only()
    {
        using var world = new World(options => options.Host = new Uri("https://proxy.example/databricks/?o=12"));
        world.Workspace.ThenJson("""{"name":"main"}""");

        await world.Catalog.GetAsync(Securable.Catalog("main"), world.Meter, default);

        Assert.Equal("GET /databricks/api/2.1/unity-catalog/catalogs/main", world.Workspace.Only.Line);
    }

    [Theory]
    [InlineData(SecurableType.Table, "c.s.t", "{}")]
    [InlineData(SecurableType.Table, "c.s.t", """{"table_id":"1","table_type":"MANAGED"}""")]
    [InlineData(SecurableType.Table, "c.s.t", """{"name":"","full_name":""}""")]
    [InlineData(SecurableType.Table, "c.s.t", """{"name":"u","full_name":"c.s.u"}""")]
    [InlineData(SecurableType.Table, "c.s.t", """{"name":"t","full_name":"c.other.t"}""")]
    [InlineData(SecurableType.Schema, "c.s", """{"name":"t","full_name":"c.s.t"}""")]
    [InlineData(SecurableType.Catalog, "c", """{"catalogs":[{"name":"c"}]}""")]
    [InlineData(SecurableType.Catalog, "c", """{"error_code":"INTERNAL_ERROR","message":"with status 200"}""")]
    [InlineData(SecurableType.Metastore, "i-4", """{"name":"i-4"}""")]
    [InlineData(SecurableType.Metastore, "i-4", """{"metastore_id":"i-5"}""")]
    [InlineData(SecurableType.ServiceCredential, "q", """{"name":"q","id":"1"}""")] // may be a storage credential
    [InlineData(SecurableType.ServiceCredential, "q", """{"name":"q","id":"1","purpose":"SOMETHING"}""")]
    public async Task An_answer_that_is_not_about_the_object_is_no_answer(SecurableType type, string fullName, string answer)
    {
        _world.Workspace.ThenJson(answer);

        var failure = await World.FailureOf(() => _world.Catalog.GetAsync(Securable.Parse(type, fullName), _world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
    }

    [Theory]
    [InlineData(SecurableType.Table, "c.s.t", """{"name":"T","full_name":"C.s.T"}""")] // names compare without case
    [InlineData(SecurableType.Table, "c.s.t", """{"full_name":"c.s.t"}""")]
    [InlineData(SecurableType.ExternalLocation, "lake", """{"name":"lake"}""")] // has no full name
    [InlineData(SecurableType.Connection, "crm", """{"name":"crm","full_name":"main.crm"}""")] // may come to lie below something
    public async Task An_object_is_known_by_its_name(SecurableType type, string fullName, string answer)
    {
        _world.Workspace.ThenJson(answer);

        Assert.Equal(fullName, (await _world.Catalog.GetAsync(Securable.Parse(type, fullName), _world.Meter, default)).Securable.FullName);
    }

    // The answer with the names that the workspace's answers have.
    private static string Named(Securable securable, string answer)
    {
        var body = JsonNode.Parse(answer)!.AsObject();
        body["full_name"] = securable.FullName;
        body[securable.Type == SecurableType.Metastore ? "metastore_id" : "name"] = securable.Name;
        return body.ToJsonString();
    }
}
