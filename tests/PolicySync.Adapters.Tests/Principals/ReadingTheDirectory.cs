using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Tests.Principals;

public sealed class ReadingTheDirectory : IDisposable
{
    private const string AppId = "0f8fad5b-d9cb-469f-a165-70867728950e";

    private readonly World _world = new();
    private readonly ScimStub _scim = new();

    public ReadingTheDirectory() => _world.Workspace.Otherwise = _scim.Answer;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Requests_ask_for_no_more_than_is_needed()
    {
        _scim.Users.Add(ScimStub.User("1", "ann@x.io"));

        await _world.Directory.GetAsync(default);

        Assert.Equal(
            [
                "GET /api/2.0/preview/scim/v2/Groups?attributes=id%2CdisplayName%2Cmembers%2Cmeta%2Cgroups&startIndex=1&count=100",
                "GET /api/2.0/preview/scim/v2/Me",
                "GET /api/2.0/preview/scim/v2/ServicePrincipals?attributes=id%2CapplicationId%2Cactive%2Cgroups&startIndex=1&count=100",
                "GET /api/2.0/preview/scim/v2/Users?attributes=id%2CuserName%2Cactive%2Cgroups&startIndex=1&count=100",
            ],
            _world.Workspace.Seen.Select(request => request.Line).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ten_thousand_users_are_read_page_by_page()
    {
        _scim.Users.AddRange(Enumerable.Range(0, 10_000).Select(i => ScimStub.User($"u{i}", $"user{i}@x.io")));
        _scim.Groups.Add(ScimStub.Group("g", "everyone", "Group", [.. Enumerable.Range(0, 10_000).Select(i => $"u{i}")]));

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Equal(10_000, snapshot.Everyone.Count);
        Assert.Equal(10_000, snapshot.MembersOf("everyone")!.Count);
        Assert.Equal(100, _world.Workspace.Seen.Count(request => request.Path.EndsWith("/Users", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Membership_reaches_through_nested_groups_and_round_circles()
    {
        _scim.Users.Add(ScimStub.User("1", "Ann@X.io"));
        _scim.ServicePrincipals.Add(ScimStub.ServicePrincipal("2", AppId));
        _scim.Groups.Add(ScimStub.Group("a", "Outer", "Group", "b"));
        _scim.Groups.Add(ScimStub.Group("b", "inner", "Group", "1", "2", "a"));

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Equal(["ann@x.io", AppId], snapshot.MembersOf("Outer")!.Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(["Outer", "inner"], snapshot.GroupsOf("ann@x.io").Order(StringComparer.Ordinal));
        Assert.Equal((PrincipalKind.User, PrincipalKind.ServicePrincipal), (snapshot.KindOf("ANN@x.io"), snapshot.KindOf(AppId)));
        Assert.Equal("Ann@X.io", snapshot.StoredName("ann@x.io"));
    }

    [Theory]
    [InlineData("analysts", "Group", PrincipalKind.Group)]
    [InlineData("analysts", "WorkspaceGroup", PrincipalKind.WorkspaceGroup)]
    [InlineData("analysts", null, PrincipalKind.Group)]
    [InlineData("admins", null, PrincipalKind.WorkspaceGroup)]
    [InlineData("users", null, PrincipalKind.WorkspaceGroup)]
    [InlineData("users", "Group", PrincipalKind.Group)]
    [InlineData("analysts", "SomethingNew", PrincipalKind.Group)]
    public async Task A_group_that_does_not_say_what_it_is_is_granted_to_as_one_of_the_account(string name, string? resourceType, PrincipalKind kind)
    {
        _scim.Groups.Add(ScimStub.Group("g", name, resourceType));

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Equal(kind, snapshot.KindOf(name));
        // Wherever it restricts, it may be either: its members are then named too.
        Assert.Equal(kind == PrincipalKind.WorkspaceGroup || resourceType is not "Group", snapshot.MayBeLocal(name));
    }

    [Fact]
    public async Task A_group_whose_kind_is_missing_in_the_list_is_asked_for_on_its_own()
    {
        _scim.Users.Add(ScimStub.User("1", "ann@x.io"));
        _scim.Groups.AddRange([ScimStub.Group("a", "local", null, "1"), ScimStub.Group("b", "other", "Group", "1")]);
        _scim.Single["a"] = () => StubWorkspace.Json(
            """{"id":"a","displayName":"local","members":[{"value":"1"}],"meta":{"resourceType":"WorkspaceGroup"}}""");

        Assert.Equal(PrincipalKind.WorkspaceGroup, (await _world.Directory.GetAsync(default)).KindOf("local"));
    }

    [Fact]
    public async Task A_group_that_a_list_shows_without_members_is_asked_for_on_its_own()
    {
        _scim.Users.Add(ScimStub.User("1", "ann@x.io"));
        _scim.Groups.AddRange(
        [
            ScimStub.Group("a/1", "analysts", "Group"), ScimStub.Group("full", "full", "Group", "1"), ScimStub.Group("none", "none", "Group"),
            ScimStub.Group("gone", "gone", "Group"), ScimStub.Group("local", "local", "WorkspaceGroup"),
        ]);
        _scim.Single["a%2F1"] = () => StubWorkspace.Json("""{"id":"a/1","displayName":"analysts","members":[{"value":"1"}]}""");
        _scim.Single["gone"] = () => StubWorkspace.Answer(404, """{"detail":"Group not found","status":"404"}""");

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Equal(["ann@x.io"], snapshot.MembersOf("analysts")!);
        Assert.Empty(snapshot.MembersOf("none")!);
        Assert.Equal(PrincipalKind.Unknown, snapshot.KindOf("gone"));
        Assert.Equal(
            ["a%2F1", "gone", "local", "none"],
            _world.Workspace.Seen.Where(request => request.Path.Contains("/Groups/", StringComparison.Ordinal))
                .Select(request => request.Path.Split('/')[^1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_group_that_cannot_be_asked_for_fails_the_read()
    {
        _scim.Groups.Add(ScimStub.Group("a", "analysts", "Group"));
        _scim.Single["a"] = () => StubWorkspace.Answer(403, "");

        Assert.Equal(SyncErrorCode.PermissionDenied, (await World.FailureOf(() => _world.Directory.GetAsync(default))).Code);
    }

    [Fact]
    public async Task Deactivated_users_keep_their_memberships()
    {
        _scim.Users.Add(ScimStub.User("1", "ann@x.io", active: false));
        _scim.Groups.Add(ScimStub.Group("g", "analysts", "Group", "1"));

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Equal(["ann@x.io"], snapshot.MembersOf("analysts")!);
    }

    [Theory]
    [InlineData("Users", """{"userName":"noid@x.io"}""")]
    [InlineData("Users", """{"id":"2"}""")]
    [InlineData("Users", "null")]
    [InlineData("ServicePrincipals", """{"id":"3","userName":"x"}""")]
    [InlineData("Groups", """{"id":"4","members":[]}""")]
    [InlineData("Groups", """{"id":"","displayName":"analysts"}""")]
    public async Task An_entry_without_an_id_or_a_name_makes_the_directory_unavailable(string collection, string entry)
    {
        _world.Workspace.Otherwise = request => request.Path.EndsWith(collection, StringComparison.Ordinal)
            ? StubWorkspace.Json($$"""{"totalResults":1,"Resources":[{{entry}}]}""")
            : _scim.Answer(request);

        var failure = await World.FailureOf(() => _world.Directory.GetAsync(default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
        Assert.Contains(collection, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":"7"}""")]
    [InlineData("""{"userName":"ann@x.io"}""")]
    [InlineData("""{"id":"7","userName":""}""")]
    public async Task A_me_that_names_nobody_is_no_answer(string me)
    {
        _scim.Me = () => StubWorkspace.Json(me);

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => _world.Directory.GetAsync(default))).Code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"displayName":"inner"}""")]
    [InlineData("""{"id":"g2","displayName":"inner","members":[]}""")] // an answer about another group
    [InlineData("""{"id":"g","displayName":"other"}""")]
    [InlineData("""{"id":"g","displayName":"inner","members":[{"display":"ann"}]}""")] // a member without its id
    [InlineData("""{"id":"g","displayName":"inner"}""")] // but Ann says that she is in it
    [InlineData("""{"id":"g","displayName":"inner","members":[]}""")]
    [InlineData("""{"id":"g","displayName":"inner","members":[{"value":"2"}]}""")]
    public async Task A_group_whose_own_answer_leaves_its_members_in_doubt_may_hold_anybody(string answer)
    {
        _scim.Users.AddRange([ScimStub.User("1", "ann@x.io", groups: "g"), ScimStub.User("2", "ben@x.io")]);
        _scim.Groups.AddRange([ScimStub.Group("g", "inner", "Group"), ScimStub.Group("h", "outer", "Group", "g")]);
        _scim.Single["g"] = () => StubWorkspace.Json(answer);

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Null(snapshot.MembersOf("inner"));
        Assert.Null(snapshot.MembersOf("outer"));
        Assert.True(snapshot.HasUnknownMembers("inner"));
        Assert.True(snapshot.HasUnknownMembers("outer"));
    }

    [Fact]
    public async Task A_group_that_lacks_who_says_to_be_in_it_is_asked_for_on_its_own()
    {
        _scim.Users.AddRange([ScimStub.User("1", "ann@x.io", groups: ["g", "h"]), ScimStub.User("2", "ben@x.io", groups: "g")]);
        _scim.ServicePrincipals.Add(ScimStub.ServicePrincipal("3", AppId, "h"));
        _scim.Groups.AddRange([ScimStub.Group("g", "inner", "Group", "2"), ScimStub.Group("h", "team", "Group", "1")]);
        _scim.Single["g"] = () => StubWorkspace.Json("""{"id":"g","displayName":"inner","members":[{"value":"1"},{"value":"2"}]}""");

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Equal(["ann@x.io", "ben@x.io"], snapshot.MembersOf("inner")!.Order(StringComparer.Ordinal));
        Assert.Null(snapshot.MembersOf("team")); // its own answer lacks the service principal too
    }

    [Fact]
    public async Task A_membership_through_another_group_contradicts_nothing()
    {
        _scim.Users.Add(new { id = "1", userName = "ann@x.io", groups = new[] { new { value = "h", type = "indirect" }, new { value = "g", type = "direct" } } });
        _scim.Groups.AddRange([ScimStub.Group("g", "inner", "Group", "1"), ScimStub.Group("h", "outer", "Group", "g")]);

        Assert.Equal(["ann@x.io"], (await _world.Directory.GetAsync(default)).MembersOf("outer")!);
        Assert.DoesNotContain(_world.Workspace.Seen, request => request.Path.Contains("/Groups/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_sides_of_a_directory_that_do_not_fit_at_all_do_not_cost_a_call_for_each_group()
    {
        _scim.Users.AddRange([ScimStub.User("1", "ann@x.io", groups: [.. Enumerable.Range(0, 150).Select(i => $"g{i}")]), ScimStub.User("2", "ben@x.io")]);
        _scim.Groups.AddRange(Enumerable.Range(0, 150).Select(i => ScimStub.Group($"g{i}", $"group{i}", "Group", "2")));

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.True(Enumerable.Range(0, 150).All(i => snapshot.HasUnknownMembers($"group{i}")));
        Assert.DoesNotContain(_world.Workspace.Seen, request => request.Path.Contains("/Groups/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"id":"7","userName":"0f8fad5b-d9cb-469f-a165-70867728950e","groups":[{"display":"admins"},{"value":"9"}]}""", AppId, "admins")]
    [InlineData("""{"id":"7","userName":"ann@x.io"}""", "ann@x.io", "")]
    [InlineData("""{"id":"7","applicationId":"0f8fad5b-d9cb-469f-a165-70867728950e","userName":"other"}""", AppId, "")]
    public async Task Me_says_who_the_service_is(string me, string name, string groups)
    {
        _scim.Me = () => StubWorkspace.Json(me);

        var self = (await _world.Directory.GetAsync(default)).Self!;

        Assert.Equal(("7", name, groups), (self.Id, self.Name, string.Join(',', self.GroupNames)));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Where_me_is_not_shown_the_service_does_not_know_who_it_is(int status)
    {
        _scim.Me = () => StubWorkspace.Answer(status, """{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"no","status":"404"}""");

        Assert.Null((await _world.Directory.GetAsync(default)).Self);
    }

    [Theory]
    [InlineData(AppId, true)]
    [InlineData("0F8FAD5B-D9CB-469F-A165-70867728950E", true)]
    [InlineData("7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10", false)] // nobody whom the workspace lists
    [InlineData(null, false)]
    public async Task Where_me_is_not_shown_who_the_service_is_can_be_stated(string? stated, bool isKnown)
    {
        using var world = new World(workspace => workspace.Self = stated);
        world.Workspace.Otherwise = _scim.Answer;
        _scim.Me = () => StubWorkspace.Answer(403, """{"detail":"no","status":"403"}""");
        _scim.ServicePrincipals.Add(ScimStub.ServicePrincipal("7", AppId, "g"));
        _scim.Groups.Add(ScimStub.Group("g", "syncers", "Group", "7"));

        var snapshot = await world.Directory.GetAsync(default);

        Assert.Equal(isKnown ? ("7", AppId) : null, snapshot.Self is { } self ? (self.Id, self.Name) : ((string, string)?)null);
        Assert.Equal(["syncers"], snapshot.GroupsOf(AppId));
    }

    [Fact]
    public async Task The_identity_that_the_workspace_reports_overrides_the_configured_one()
    {
        using var world = new World(workspace => workspace.Self = AppId);
        world.Workspace.Otherwise = _scim.Answer;
        _scim.ServicePrincipals.Add(ScimStub.ServicePrincipal("7", AppId));

        Assert.Equal("app-self", (await world.Directory.GetAsync(default)).Self!.Name);
    }

    [Theory]
    [InlineData(400, SyncErrorCode.Unavailable)]
    [InlineData(401, SyncErrorCode.CredentialsRefused)]
    public async Task Any_other_fault_of_me_goes_up(int status, SyncErrorCode code)
    {
        _scim.Me = () => StubWorkspace.Answer(status, "");

        Assert.Equal(code, (await World.FailureOf(() => _world.Directory.GetAsync(default))).Code);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_no_reason_to_skip_a_securable()
    {
        _world.Workspace.Otherwise = request => request.Path.EndsWith("/Users", StringComparison.Ordinal)
            ? StubWorkspace.Answer(404, """{"error_code":"NOT_FOUND","message":"no such API"}""")
            : _scim.Answer(request);

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => _world.Directory.GetAsync(default))).Code);
    }

    [Fact]
    public async Task A_list_that_changes_while_it_is_read_is_read_again()
    {
        _scim.Users.AddRange(Enumerable.Range(0, 250).Select(i => ScimStub.User($"u{i}", $"user{i}@x.io")));
        var changed = false;
        _scim.BeforePage = request =>
        {
            // The second page would begin one entry later: the entry in between would be missed.
            if (!changed && request.Query("startIndex") == "101")
            {
                changed = true;
                _scim.Users.RemoveAt(0);
            }
        };

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Equal(249, snapshot.Everyone.Count);
        Assert.Contains("user100@x.io", snapshot.Everyone);
    }

    [Fact]
    public async Task An_entry_met_twice_makes_the_list_be_read_again()
    {
        _scim.Groups.AddRange(Enumerable.Range(0, 150).Select(i => ScimStub.Group($"g{i}", $"group{i}", "Group")));
        var changed = false;
        _scim.BeforePage = request =>
        {
            if (!changed && request.Query("startIndex") == "101")
            {
                changed = true;
                _scim.Groups.Insert(0, ScimStub.Group("new", "new", "Group"));
                _scim.Groups.RemoveAt(150);
            }
        };

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.Equal((PrincipalKind.Group, PrincipalKind.Unknown), (snapshot.KindOf("new"), snapshot.KindOf("group149")));
    }

    [Fact]
    public async Task A_list_that_never_rests_is_unavailable()
    {
        _scim.Users.AddRange(Enumerable.Range(0, 150).Select(i => ScimStub.User($"u{i}", $"user{i}@x.io")));
        _scim.BeforePage = request =>
        {
            if (request.Path.EndsWith("/Users", StringComparison.Ordinal))
            {
                _scim.Users.RemoveAt(0);
            }
        };

        var failure = await World.FailureOf(() => _world.Directory.GetAsync(default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
        Assert.Contains("Users", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_page_before_the_end_is_not_taken_for_the_end()
    {
        _world.Workspace.Otherwise = request => request.Path.EndsWith("/Groups", StringComparison.Ordinal)
            ? StubWorkspace.Json("""{"totalResults":5,"Resources":[]}""")
            : _scim.Answer(request);

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => _world.Directory.GetAsync(default))).Code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Resources":[]}""")]
    [InlineData("""{"Resources":[{"id":"1","displayName":"g"}]}""")]
    public async Task A_list_that_does_not_say_how_long_it_is_is_no_answer(string answer)
    {
        _world.Workspace.Otherwise = request => request.Path.EndsWith("/Groups", StringComparison.Ordinal)
            ? StubWorkspace.Json(answer)
            : _scim.Answer(request);

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => _world.Directory.GetAsync(default))).Code);
    }

    [Theory]
    [InlineData("""{"totalResults":"0"}""")]
    [InlineData("""{"Resources":null,"totalResults":0}""")]
    public async Task A_workspace_without_groups_has_an_empty_list_in_all_its_forms(string answer)
    {
        _scim.Users.Add(ScimStub.User("1", "ann@x.io"));
        _world.Workspace.Otherwise = request => request.Path.EndsWith("/Groups", StringComparison.Ordinal)
            ? StubWorkspace.Json(answer)
            : _scim.Answer(request);

        Assert.Empty((await _world.Directory.GetAsync(default)).GroupsOf("ann@x.io"));
    }
}
