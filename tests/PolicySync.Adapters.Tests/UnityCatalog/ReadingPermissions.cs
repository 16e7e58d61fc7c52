using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.UnityCatalog;

public sealed class ReadingPermissions : IDisposable
{
    private static readonly Securable Table = Securable.Table("main", "sales", "orders");

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(SecurableType.Catalog, "main", "catalog/main")]
    [InlineData(SecurableType.Schema, "main.sales", "schema/main.sales")]
    [InlineData(SecurableType.Table, "main.sales.a%b", "table/main.sales.a%25b")]
    [InlineData(SecurableType.Function, "main.sales.f", "function/main.sales.f")]
    [InlineData(SecurableType.Volume, "main.sales.v", "volume/main.sales.v")]
    [InlineData(SecurableType.Model, "main.sales.m", "function/main.sales.m")]
    [InlineData(SecurableType.ExternalLocation, "lake", "external_location/lake")]
    [InlineData(SecurableType.StorageCredential, "lake", "storage_credential/lake")]
    [InlineData(SecurableType.ServiceCredential, "queue", "credential/queue")]
    [InlineData(SecurableType.Connection, "crm", "connection/crm")]
    [InlineData(SecurableType.Metastore, "id-1", "metastore/id-1")]
    public async Task Each_type_has_its_word_in_permissions_and_a_registered_model_is_a_function(SecurableType type, string fullName, string path)
    {
        _world.Workspace.ThenJson("{}");

        var assignments = await _world.Catalog.GetPermissionsAsync(Securable.Parse(type, fullName), _world.Meter, default);

        Assert.Equal($"GET /api/2.1/unity-catalog/permissions/{path}?include_deleted_principals=true&max_results=0", _world.Workspace.Only.Line);
        Assert.Empty(assignments);
    }

    [Fact] // a fault of peers: one unpaged GET whose token was ignored (reference unity-catalog.md §7)
    public async Task All_pages_are_read_also_behind_an_empty_one()
    {
        _world.Workspace
            .ThenJson("""{"privilege_assignments":[{"principal":"ann@x.io","privileges":["SELECT"]}],"next_page_token":"p2"}""")
            .ThenJson("""{"next_page_token":"p3"}""")
            .ThenJson("""{"privilege_assignments":[],"next_page_token":"p4"}""")
            .ThenJson("""{"privilege_assignments":[{"principal":"analysts","principal_id":"77","privileges":["MODIFY"]}]}""");

        var assignments = await _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default);

        Assert.Equal([null, "p2", "p3", "p4"], _world.Workspace.Seen.Select(request => request.Query("page_token")));
        Assert.All(_world.Workspace.Seen, request => Assert.Equal("0", request.Query("max_results")));
        Assert.Equal(["ann@x.io: SELECT", "analysts 77: MODIFY"], assignments.Select(Text));
        Assert.Equal(4, _world.Meter.Calls);
    }

    [Fact]
    public async Task Assignments_of_one_principal_are_merged_whatever_page_and_case_they_come_in()
    {
        _world.Workspace
            .ThenJson("""
                {"privilege_assignments":[
                    {"principal":"Ann@X.io","privileges":["SELECT"]},
                    {"principal":"Analysts","privileges":["SELECT"]},
                    {"principal":"ann@x.io","privileges":["MODIFY","SELECT"]}],"next_page_token":"p2"}
                """)
            .ThenJson("""
                {"privilege_assignments":[
                    {"principal":"analysts","privileges":["MODIFY"]},
                    {"principal":"ann@x.io","privileges":["APPLY_TAG"]}]}
                """);

        var assignments = await _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default);

        Assert.Equal(
            ["Ann@X.io: SELECT MODIFY APPLY_TAG", "Analysts: SELECT", "analysts: MODIFY"], assignments.Select(Text));
    }

    [Fact]
    public async Task Deleted_principals_are_kept_apart_by_their_ids()
    {
        _world.Workspace.ThenJson("""
            {"privilege_assignments":[
                {"principal":"","principal_id":41,"privileges":["SELECT"]},
                {"principal_id":"42","privileges":["SELECT"]},
                {"principal":"","principal_id":41,"privileges":["MODIFY"]}]}
            """);

        var assignments = await _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default);

        Assert.Equal([" 41: SELECT MODIFY", " 42: SELECT"], assignments.Select(Text));
        Assert.All(assignments, assignment => Assert.True(assignment.IsDeletedPrincipal));
    }

    [Theory]
    [InlineData(SecurableType.Catalog, "c", "use catalog, USE_CATALOG ,ALL PRIVILEGES", "USE_CATALOG ALL_PRIVILEGES")]
    [InlineData(SecurableType.Catalog, "c", "USAGE,CREATE", "USE_CATALOG CREATE_SCHEMA")]
    [InlineData(SecurableType.Schema, "c.s", "Usage,Create,USE SCHEMA", "USE_SCHEMA CREATE_TABLE")]
    [InlineData(SecurableType.Table, "c.s.t", "SELECT,NEW THING,SELECT", "SELECT NEW_THING")]
    public async Task Privileges_are_normalised_and_old_names_translated(
        SecurableType type, string fullName, string privileges, string expected)
    {
        _world.Workspace.ThenJson(
            $$"""{"privilege_assignments":[{"principal":"g","privileges":[{{string.Join(',', privileges.Split(',').Select(word => $"\"{word}\""))}}]}]}""");

        var assignment = Assert.Single(await _world.Catalog.GetPermissionsAsync(Securable.Parse(type, fullName), _world.Meter, default));

        Assert.Equal(expected, string.Join(' ', assignment.Privileges));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"privilege_assignments":[]}""")]
    [InlineData("""{"privilege_assignments":[],"something_new":{"a":[1]}}""")]
    [InlineData("""{"privilege_assignments":null}""")]
    public async Task Nothing_granted_is_an_empty_list_in_all_its_forms(string answer)
    {
        _world.Workspace.ThenJson(answer);

        Assert.Empty(await _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default));
    }

    [Fact]
    public async Task Inherited_grants_are_read_from_all_pages_without_direct_ones_and_deleted_principals()
    {
        _world.Workspace
            .ThenJson("""{"privilege_assignments":[{"principal":"a@x","privileges":[{"privilege":"SELECT"},{"privilege":"use schema","inherited_from_type":"SCHEMA","inherited_from_name":"C.s"},{"privilege":"SELECT","inherited_from_type":"catalog","inherited_from_name":"c"}]},{"principal":"","principal_id":4,"privileges":[{"privilege":"SELECT","inherited_from_type":"CATALOG","inherited_from_name":"c"}]}],"next_page_token":"t"}""")
            .ThenJson("""{"next_page_token":"u"}""")
            .ThenJson("""{"privilege_assignments":[{"principal":"b","privileges":[{"privilege":"MANAGE","inherited_from_type":"METASTORE","inherited_from_name":"m"},{"privilege":"ALL_PRIVILEGES","inherited_from_type":"CATALOG","inherited_from_name":"c"}]}]}""");

        var inherited = await _world.Catalog.GetInheritedAsync(Securable.Table("c", "s", "t"), _world.Meter, default);

        Assert.Equal(
            ["a@x USE_SCHEMA schema c.s", "a@x SELECT catalog c", "b ALL_PRIVILEGES catalog c"],
            inherited.Select(grant => $"{grant.Principal} {grant.Privilege} {grant.Container}"));
        Assert.Equal("GET /api/2.1/unity-catalog/effective-permissions/table/c.s.t?max_results=0", _world.Workspace.Seen[0].Line);
        Assert.Equal(["t", "u"], _world.Workspace.Seen.Skip(1).Select(request => request.Query("page_token")));
    }

    [Fact]
    public async Task Tokens_of_what_is_inherited_that_go_round_end_in_an_error()
    {
        _world.Workspace.Otherwise = _ => StubWorkspace.Json("""{"next_page_token":"again"}""");

        var failure = await World.FailureOf(() => _world.Catalog.GetInheritedAsync(Securable.Table("c", "s", "t"), _world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task Tokens_that_go_round_in_a_circle_end_in_an_error()
    {
        _world.Workspace.Otherwise = request => StubWorkspace.Json(
            $$"""{"next_page_token":"{{(request.Query("page_token") == "a" ? "b" : "a")}}"}""");

        var failure = await World.FailureOf(() => _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
        Assert.Equal(3, _world.Workspace.Seen.Count);
    }

    [Theory]
    [InlineData("[1,2]")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"privilege_assignments":{"principal":"g"}}""")]
    [InlineData("""{"privilege_assignments":[{"principal":"g","privileges":["SEL""")]
    public async Task An_answer_that_is_not_the_expected_json_is_no_answer(string body)
    {
        _world.Workspace.ThenJson(body);

        var failure = await World.FailureOf(() => _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
        Assert.StartsWith("databricks answered ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"principal":"g"}]""")] // the server drops who holds nothing
    [InlineData("""[{"principal":"g","privileges":[]}]""")]
    [InlineData("""[{"principal":"g","privileges":["SELECT",null]}]""")]
    [InlineData("""[{"principal":"g","privileges":["SELECT"," "]}]""")]
    [InlineData("""[{"privileges":["SELECT"]}]""")]
    [InlineData("""[{"principal":"","privileges":["SELECT"]}]""")]
    [InlineData("[null]")]
    public async Task A_grant_that_does_not_say_who_holds_what_is_no_answer(string assignments)
    {
        _world.Workspace.Otherwise = _ => StubWorkspace.Json($$"""{"privilege_assignments":{{assignments}}}""");

        var direct = await World.FailureOf(() => _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default));
        var inherited = await World.FailureOf(() => _world.Catalog.GetInheritedAsync(Table, _world.Meter, default));

        Assert.Equal((SyncErrorCode.Unavailable, SyncErrorCode.Unavailable), (direct.Code, inherited.Code));
    }

    [Theory]
    [InlineData("""{"something_new":{"a":[1]}}""")]
    [InlineData("""{"name":"orders","full_name":"main.sales.orders","columns":[]}""")]
    [InlineData("""{"error_code":"INTERNAL_ERROR","message":"with status 200"}""")]
    [InlineData("""{"effective_privilege_assignments":[]}""")]
    public async Task An_answer_to_another_question_does_not_say_that_nothing_is_granted(string answer)
    {
        _world.Workspace.Otherwise = _ => StubWorkspace.Json(answer);

        var direct = await World.FailureOf(() => _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default));
        var inherited = await World.FailureOf(() => _world.Catalog.GetInheritedAsync(Table, _world.Meter, default));

        Assert.Equal((SyncErrorCode.Unavailable, SyncErrorCode.Unavailable), (direct.Code, inherited.Code));
    }

    [Fact]
    public async Task Attribute_based_policies_that_give_privileges_are_read_page_by_page_and_others_left_out()
    {
        _world.Workspace
            .ThenJson("""{"policies":[{"name":"mask","policy_type":"POLICY_TYPE_COLUMN_MASK","to_principals":["a"]}],"next_page_token":"p2"}""")
            .ThenJson("""{"policies":[{"name":"open","policy_type":"POLICY_TYPE_GRANT","to_principals":["eve@x.io","ops"],"grant":{"privileges":["EXECUTE","READ VOLUME"]}}]}""");

        var policy = Assert.Single(await _world.Catalog.GetGrantPoliciesAsync(Securable.Schema("main", "sales"), _world.Meter, default));

        Assert.StartsWith("GET /api/2.1/unity-catalog/policies/SCHEMA/main.sales", _world.Workspace.Seen[0].Line, StringComparison.Ordinal);
        Assert.Equal(["eve@x.io", "ops"], policy.Principals);
        Assert.Equal(["EXECUTE", "READ_VOLUME"], policy.Privileges);
        Assert.Equal((2, "open"), (_world.Meter.Calls, policy.Name));
    }

    [Fact]
    public async Task A_workspace_without_attribute_based_policies_gives_nothing_by_them()
    {
        _world.Workspace.ThenError(404, """{"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"}""");

        Assert.Empty(await _world.Catalog.GetGrantPoliciesAsync(Securable.Catalog("main"), _world.Meter, default));
    }

    [Theory]
    [InlineData("""{"policies":[{"name":"open","policy_type":"POLICY_TYPE_GRANT","grant":{"privileges":["EXECUTE"]}}]}""")]
    [InlineData("""{"policies":[{"name":"open","policy_type":"POLICY_TYPE_GRANT","to_principals":["eve@x.io"],"grant":{}}]}""")]
    [InlineData("""{"policies":[{"policy_type":"POLICY_TYPE_GRANT","to_principals":["eve@x.io"],"grant":{"privileges":["EXECUTE"]}}]}""")]
    public async Task An_attribute_based_policy_that_does_not_say_what_it_gives_to_whom_is_no_answer(string answer)
    {
        _world.Workspace.ThenJson(answer);

        var failure = await World.FailureOf(() => _world.Catalog.GetGrantPoliciesAsync(Securable.Catalog("main"), _world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task The_owner_of_the_metastore_is_read_from_its_summary()
    {
        _world.Workspace.ThenJson("""{"metastore_id":"m-1","name":"main","owner":"Metastore Admins"}""");

        Assert.Equal("Metastore Admins", await _world.Catalog.GetMetastoreOwnerAsync(_world.Meter, default));

        Assert.StartsWith("GET /api/2.1/unity-catalog/metastore_summary", _world.Workspace.Seen[0].Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, """{"error_code":"PERMISSION_DENIED","message":"no"}""")]
    [InlineData(404, """{"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"}""")]
    [InlineData(404, """{"error_code":"METASTORE_DOES_NOT_EXIST","message":"none"}""")]
    [InlineData(200, """{"metastore_id":"m-1"}""")]
    [InlineData(200, """{"metastore_id":"m-1","owner":""}""")]
    public async Task A_workspace_that_does_not_tell_who_owns_the_metastore_leaves_it_unknown(int status, string answer)
    {
        _world.Workspace.Otherwise = _ => StubWorkspace.Answer(status, answer);

        Assert.Null(await _world.Catalog.GetMetastoreOwnerAsync(_world.Meter, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"owner":{"name":"ann"}}""")]
    [InlineData("""["ann"]""")]
    public async Task An_answer_that_is_not_a_metastore_summary_counts_as_no_answer(string answer)
    {
        _world.Workspace.Otherwise = _ => StubWorkspace.Json(answer);

        var failure = await World.FailureOf(() => _world.Catalog.GetMetastoreOwnerAsync(_world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
    }

    private static string Text(Assignment assignment) =>
        $"{assignment.Principal}{(assignment.PrincipalId is { } id ? $" {id}" : "")}: {string.Join(' ', assignment.Privileges)}";
}
