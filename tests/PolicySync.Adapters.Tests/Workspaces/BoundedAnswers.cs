using System.Globalization;
using System.IO.Compression;
using System.Net;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Adapters.Workspaces;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Workspaces;

/// <summary>No answer, however long, large or late, keeps a caller beyond a stated limit.</summary>
public sealed class BoundedAnswers : IDisposable
{
    private static readonly Securable Table = Securable.Table("a", "b", "c");

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Pages_that_never_end_end_after_a_thousand()
    {
        _world.Workspace.Otherwise = _ => StubWorkspace.Json($$"""{"next_page_token":"{{_world.Workspace.Seen.Count}}"}""");

        Func<Task>[] lists =
        [
            () => _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default),
            () => _world.Catalog.GetInheritedAsync(Table, _world.Meter, default),
            () => _world.Get<ITagSource>().ReadAsync(Securable.Catalog("a"), _world.Meter, default),
        ];
        foreach (var (list, i) in lists.Select((list, i) => (list, i)))
        {
            var failure = await World.FailureOf(list);

            Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
            Assert.Contains($"over {PageLimit.MaxPages} pages", failure.Message, StringComparison.Ordinal);
            Assert.Equal((i + 1) * PageLimit.MaxPages, _world.Workspace.Seen.Count);
        }
    }

    [Fact]
    public async Task A_token_that_no_address_could_carry_is_not_sent_back()
    {
        _world.Workspace.Otherwise = _ => StubWorkspace.Json($$"""{"next_page_token":"{{new string('x', PageLimit.MaxToken + 1)}}"}""");

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default))).Code);
        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(
            () => _world.Catalog.ListAsync(SecurableType.Catalog, null, null, _world.Meter, default))).Code);
        Assert.Equal(2, _world.Workspace.Seen.Count);
    }

    [Fact]
    public async Task A_directory_of_more_than_a_million_entries_is_refused_at_once()
    {
        _world.Workspace.Otherwise = request => request.Path.EndsWith("/Me", StringComparison.Ordinal)
            ? StubWorkspace.Json("""{"id":"1","userName":"me"}""")
            : StubWorkspace.Json("""{"totalResults":1000001,"Resources":[{"id":"1","userName":"a","applicationId":"a","displayName":"a"}]}""");

        Assert.Contains("more than 1000000", (await World.FailureOf(() => _world.Directory.GetAsync(default))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_over_the_limit_is_refused_without_being_asked_for_again(bool isCompressed)
    {
        _world.Workspace.Then((_, _) => Task.FromResult(Huge(isCompressed)));

        var failure = await World.FailureOf(() => _world.Catalog.GetPermissionsAsync(Table, _world.Meter, default));

        Assert.Equal((SyncErrorCode.Unavailable, false), (failure.Code, failure.OutcomeUnknown));
        Assert.Contains("larger than 64 MiB", failure.Message, StringComparison.Ordinal);
        Assert.Single(_world.Workspace.Seen);
    }

    [Fact]
    public async Task A_change_whose_answer_is_over_the_limit_may_have_been_made()
    {
        _world.Workspace.Then((_, _) => Task.FromResult(Huge(isCompressed: false)));

        var failure = await World.FailureOf(() => _world.Catalog.UpdatePermissionsAsync(
            Table, [new PermissionChange("g", null, ["SELECT"], [])], TimeSpan.FromSeconds(10), _world.Meter, default));

        Assert.Equal((SyncErrorCode.Unavailable, true), (failure.Code, failure.OutcomeUnknown));
    }

    [Fact]
    public async Task A_page_of_groups_over_the_limit_is_asked_for_in_smaller_parts()
    {
        var scim = new ScimStub();
        scim.Users.Add(ScimStub.User("1", "ann@x.io"));
        scim.Groups.AddRange(Enumerable.Range(0, 30).Select(i => ScimStub.Group($"g{i}", $"group{i}", "Group", "1")));
        _world.Workspace.Otherwise = request =>
            request.Path.EndsWith("/Groups", StringComparison.Ordinal) && int.Parse(request.Query("count")!, CultureInfo.InvariantCulture) > 10
                ? Huge(isCompressed: false)
                : scim.Answer(request);

        var snapshot = await _world.Directory.GetAsync(default);

        Assert.All(Enumerable.Range(0, 30), i => Assert.Equal(["ann@x.io"], snapshot.MembersOf($"group{i}")!));
    }

    [Fact]
    public async Task A_start_of_the_warehouse_that_is_not_answered_is_given_up()
    {
        using var world = new World(workspace => workspace.WarehouseId = "w");
        world.Workspace.ThenJson("""{"id":"w","state":"STOPPED"}""").ThenSilence();

        var start = World.FailureOf(() => world.Get<ITableGuards>().EnsureWarehouseAsync(world.Meter, default));
        await world.Time.PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)); // Workspace:WriteTimeout

        Assert.Equal(SyncErrorCode.Unavailable, (await start).Code);
    }

    [Fact]
    public async Task A_secret_that_a_pipe_withholds_is_not_waited_for()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        var pipe = Path.Combine(folder.Path, "token");
        using (var made = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync();
        }

        using var world = new World(workspace => (workspace.Token, workspace.TokenFile) = (null, pipe));
        var failure = await World.FailureOf(() => world.Catalog.GetAsync(Securable.Catalog("a"), world.Meter, default));

        Assert.Equal(SyncErrorCode.CredentialsRefused, failure.Code);
        Assert.Contains("did not end within", failure.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(pipe, "let the reader go");
    }

    // 65 MiB of spaces; compressed, some 64 KiB.
    private static HttpResponseMessage Huge(bool isCompressed)
    {
        const int lot = 1024 * 1024;
        var spaces = new byte[lot];
        Array.Fill(spaces, (byte)' ');
        var body = new MemoryStream();
        using var packed = isCompressed ? new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true) : null;
        for (var i = 0; i < 65; i++)
        {
            (packed ?? (Stream)body).Write(spaces);
        }

        packed?.Dispose();
        body.Position = 0;
        // What a handler of sockets does with a compressed body.
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StreamContent(isCompressed ? new GZipStream(body, CompressionMode.Decompress) : body),
        };
    }
}
