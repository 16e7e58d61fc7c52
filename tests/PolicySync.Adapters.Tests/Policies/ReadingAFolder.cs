using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Adapters.Policies;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Tests.Policies;

public sealed class ReadingAFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly FolderPolicySource _source;

    public ReadingAFolder() => _source = Source();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Policies_are_read_and_optional_files_may_be_absent()
    {
        _folder.Write("policies.json", Policies(version: 7));

        var download = await ReadAsync();

        Assert.Equal(7, download!.Policies.PolicyVersion);
        Assert.Equal((null, null, null), (download.Roles, download.UserStore, download.Tags));
    }

    [Fact]
    public async Task Optional_files_are_read_where_present()
    {
        _folder.Write("policies.json", Policies());
        _folder.Write("roles.json", """{"roleVersion":3,"rangerRoles":[{"name":"r"}]}""");
        _folder.Write("userstore.json", """{"userStoreVersion":4}""");
        _folder.Write("tags.json", """{"tagVersion":5}""");

        var download = await ReadAsync();

        Assert.Equal((3, 4, 5), (download!.Roles!.RoleVersion, download.UserStore!.UserStoreVersion, download.Tags!.TagVersion));
    }

    [Fact]
    public async Task Policies_that_are_known_already_are_not_read_again()
    {
        _folder.Write("policies.json", Policies());
        var stamp = (await ReadAsync())!.Stamp;

        Assert.Null(await ReadAsync(stamp));

        File.SetLastWriteTimeUtc(_folder["policies.json"], new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Null(await ReadAsync(stamp));
    }

    [Fact]
    public async Task A_file_replaced_within_the_same_second_by_one_of_the_same_size_is_seen()
    {
        var file = _folder.Write("policies.json", Policies(version: 1, name: "aaaa"));
        var time = File.GetLastWriteTimeUtc(file);
        var first = await ReadAsync();

        _folder.Write("policies.json", Policies(version: 1, name: "bbbb"));
        File.SetLastWriteTimeUtc(file, time);
        var second = await ReadAsync(first!.Stamp);

        Assert.NotEqual(first.Stamp, second!.Stamp);
        Assert.Equal("bbbb", second.Policies.Policies![0].Name);
    }

    [Fact]
    public async Task Contents_are_not_read_again_while_the_file_system_tells_that_nothing_changed_longAgo()
    {
        var file = _folder.Write("policies.json", Policies(name: "aaaa"));
        var longAgo = _time.GetUtcNow().UtcDateTime - FolderFacts.SettlingTime;
        File.SetLastWriteTimeUtc(file, longAgo);
        var stamp = (await ReadAsync())!.Stamp;

        // What no writer does, and shows whether it was read: other content with the facts of the first.
        Disguise(file, Policies(name: "bbbb"), longAgo);
        Assert.Null(await ReadAsync(stamp));

        _time.Advance(FolderPolicySource.TrustedFor);
        Assert.NotEqual(stamp, (await ReadAsync(stamp))!.Stamp);
    }

    [Fact]
    public async Task Contents_are_read_each_time_while_a_change_is_so_young_that_another_might_hide_behind_it()
    {
        var file = _folder.Write("policies.json", Policies(name: "aaaa"));
        var young = _time.GetUtcNow().UtcDateTime - FolderFacts.SettlingTime + TimeSpan.FromTicks(1);
        File.SetLastWriteTimeUtc(file, young);
        var stamp = (await ReadAsync())!.Stamp;
        Assert.Null(await ReadAsync(stamp));

        Disguise(file, Policies(name: "bbbb"), young);

        Assert.NotNull(await ReadAsync(stamp));
    }

    [Theory]
    [InlineData("policies.json")]
    [InlineData("roles.json")]
    [InlineData("userstore.json")]
    [InlineData("tags.json")]
    public async Task A_change_of_any_file_after_a_time_of_rest_is_seen_at_once(string name)
    {
        _folder.Write("policies.json", Policies(name: "aaaa"));
        _folder.Write("roles.json", """{"rangerRoles":[]}""");
        File.SetLastWriteTimeUtc(_folder["policies.json"], DateTime.UnixEpoch);
        File.SetLastWriteTimeUtc(_folder["roles.json"], DateTime.UnixEpoch);
        var stamp = (await ReadAsync())!.Stamp;
        Assert.Null(await ReadAsync(stamp));

        _folder.Write(name, name == "policies.json" ? Policies(name: "bbbb") : """{"any":1}""");

        Assert.NotNull(await ReadAsync(stamp));
    }

    [Fact]
    public async Task A_link_that_is_turned_to_another_file_is_seen_although_the_link_itself_is_as_old()
    {
        foreach (var (version, name) in new[] { ("..1", "aaaa"), ("..2", "bbbbb") })
        {
            Directory.CreateDirectory(_folder[version]);
            await File.WriteAllTextAsync(Path.Combine(_folder[version], "policies.json"), Policies(name: name));
            File.SetLastWriteTimeUtc(Path.Combine(_folder[version], "policies.json"), DateTime.UnixEpoch);
        }

        Directory.CreateSymbolicLink(_folder["..data"], "..1");
        File.CreateSymbolicLink(_folder["policies.json"], Path.Combine("..data", "policies.json"));
        var stamp = (await ReadAsync())!.Stamp;
        Assert.Null(await ReadAsync(stamp));

        Directory.Delete(_folder["..data"]);
        Directory.CreateSymbolicLink(_folder["..data"], "..2");

        Assert.Equal("bbbbb", (await ReadAsync(stamp))!.Policies.Policies![0].Name);
    }

    [Fact]
    public async Task A_lower_version_is_used_when_it_is_what_the_folder_has()
    {
        _folder.Write("policies.json", Policies(version: 9));
        var stamp = (await ReadAsync())!.Stamp;
        _folder.Write("policies.json", Policies(version: 8));

        Assert.Equal(8, (await ReadAsync(stamp))!.Policies.PolicyVersion);
    }

    [Theory]
    [InlineData("roles.json", """{"rangerRoles":[]}""")]
    [InlineData("userstore.json", "{}")]
    [InlineData("tags.json", "{}")]
    public async Task An_optional_file_that_comes_changes_or_goes_is_seen(string name, string content)
    {
        _folder.Write("policies.json", Policies());
        var without = (await ReadAsync())!.Stamp;

        _folder.Write(name, content);
        var with = (await ReadAsync(without))!.Stamp;
        _folder.Write(name, content + " ");
        var changed = (await ReadAsync(with))!.Stamp;
        File.Delete(_folder[name]);

        Assert.Equal(without, (await ReadAsync(changed))!.Stamp);
    }

    [Fact]
    public async Task Content_that_moves_from_one_file_to_another_is_seen()
    {
        _folder.Write("policies.json", Policies());
        _folder.Write("userstore.json", "{}");
        var stamp = (await ReadAsync())!.Stamp;
        File.Move(_folder["userstore.json"], _folder["tags.json"]);

        Assert.NotNull(await ReadAsync(stamp));
    }

    [Theory]
    [InlineData("", "policies.json is empty")]
    [InlineData(" \r\n\t", "policies.json is empty")]
    [InlineData("null", "policies.json is not a complete Ranger document")]
    [InlineData("[]", "policies.json is not a complete Ranger document")]
    [InlineData("<html>ranger is down</html>", "policies.json is not a complete Ranger document: line 1, byte 1")]
    [InlineData("""{"policyVersion":1,"policies":[]}""", "policies.json has no service definition")]
    [InlineData("""{"serviceName":"x","serviceDef":{"name":"d"},"policyDeltas":[{"id":1}]}""", "policies.json contains changes of policies, not all policies")]
    [InlineData("""{"policies":[],"serviceDef":{"name":"d"},"securityZones":{"z":{"policyDeltas":[]}}}""", "policies.json contains changes of policies, not all policies")]
    public async Task A_folder_without_a_valid_set_of_policies_is_refused_with_the_reason(string content, string reason)
    {
        _folder.Write("policies.json", content);

        Assert.StartsWith(reason, await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_half_written_file_is_refused_wherever_it_breaks_off()
    {
        var whole = Policies(version: 3, name: "secret-name");
        for (var length = 1; length < whole.Length; length += 7)
        {
            _folder.Write("policies.json", whole[..length]);

            Assert.DoesNotContain("secret-name", await RefusalAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_refusal_names_no_content_even_where_the_fault_lies_below_a_name()
    {
        _folder.Write("policies.json", Policies());
        _folder.Write("userstore.json", """{"userGroupMapping":{"secret-name":"secret-group"}}""");

        var failure = await World.FailureOf(() => ReadAsync());

        Assert.StartsWith("userstore.json is not a complete Ranger document: line 1", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_without_policies_is_passed_on_for_the_gate_to_judge()
    {
        _folder.Write("policies.json", """{"policyVersion":1,"serviceDef":{"name":"d"}}""");

        Assert.Null((await ReadAsync())!.Policies.Policies);
    }

    [Theory]
    [InlineData("roles.json", "", "roles.json is empty")]
    [InlineData("roles.json", """{"rangerRoles":[{""", "roles.json is not a complete Ranger document")]
    [InlineData("userstore.json", "oops", "userstore.json is not a complete Ranger document")]
    [InlineData("tags.json", """{"isDelta":true}""", "tags.json contains changes of tags, not all tags")]
    public async Task A_broken_optional_file_is_an_error_and_not_an_absent_one(string name, string content, string reason)
    {
        _folder.Write("policies.json", Policies());
        _folder.Write(name, content);

        Assert.StartsWith(reason, await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_or_folder_is_refused()
    {
        Assert.Equal("policies.json does not exist", await RefusalAsync());

        var nowhere = new FolderPolicySource(Options.Create(new PoliciesOptions { Folder = _folder["nowhere"] }), _time);
        Assert.Contains("does not exist", (await World.FailureOf(() => nowhere.ReadAsync(null, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_optional_file_that_leads_nowhere_is_an_error()
    {
        _folder.Write("policies.json", Policies());
        File.CreateSymbolicLink(_folder["roles.json"], _folder["gone"]);

        Assert.StartsWith("roles.json cannot be read", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_place_of_a_file_is_an_error()
    {
        _folder.Write("policies.json", Policies());
        Directory.CreateDirectory(_folder["tags.json"]);

        Assert.StartsWith("tags.json cannot be read", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policies.json")]
    [InlineData("roles.json")]
    [InlineData("userstore.json")]
    [InlineData("tags.json")]
    public async Task A_pipe_in_place_of_a_file_is_refused_at_once_and_a_good_file_is_read_when_it_is_back(string name)
    {
        _folder.Write("policies.json", Policies(version: 7));
        File.Delete(_folder[name]);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [_folder[name]]))
        {
            await made.WaitForExitAsync();
        }

        // Nobody ever writes to it: whoever opens it waits for ever.
        var refusal = RefusalAsync();
        Assert.Equal($"{name} is empty or not a regular file", await refusal.WaitAsync(TimeSpan.FromSeconds(30)));

        File.Delete(_folder[name]);
        _folder.Write("policies.json", Policies(version: 8));
        Assert.Equal(8, (await ReadAsync())!.Policies.PolicyVersion);
    }

    [Fact]
    public async Task Tags_that_say_nothing_are_not_taken_for_the_statement_that_there_are_none()
    {
        _folder.Write("policies.json", Policies());
        _folder.Write("tags.json", "{}");
        Assert.Null((await ReadAsync())!.Tags);

        _folder.Write("tags.json", """{"serviceName":"uc"}""");
        Assert.Empty((await ReadAsync())!.Tags!.ServiceResources);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_by_its_size()
    {
        _folder.Write("policies.json", Policies(name: new string('x', 5000)));

        var failure = await World.FailureOf(() => Source(maxFileSize: 5000).ReadAsync(null, default));

        Assert.Equal((SyncErrorCode.PoliciesUnavailable, "policies.json is larger than 5000 bytes"), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task A_writer_with_the_file_open_is_no_obstacle()
    {
        _folder.Write("policies.json", Policies(version: 7));
        await using var writer = new FileStream(_folder["policies.json"], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

        Assert.Equal(7, (await ReadAsync())!.Policies.PolicyVersion);
    }

    [Fact]
    public async Task Files_that_belong_together_are_never_read_apart()
    {
        _folder.Write("policies.json", Policies(version: 0));
        _folder.Write("roles.json", """{"roleVersion":0}""");
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var version = 1; !stop.IsCancellationRequested; version++)
            {
                _folder.Write("policies.json", Policies(version));
                _folder.Write("roles.json", $$"""{"roleVersion":{{version}}}""");
            }
        });

        for (var i = 0; i < 200; i++)
        {
            try
            {
                // Between the two renames of one change the folder itself stands at two versions; never further apart.
                var download = (await ReadAsync())!;
                Assert.InRange(download.Policies.PolicyVersion!.Value - download.Roles!.RoleVersion!.Value, 0, 1);
            }
            catch (SyncException e)
            {
                Assert.Equal("the policy files keep changing while they are read", e.Message);
            }
        }

        await stop.CancelAsync();
        await writer;
    }

    private static string Policies(long version = 1, string name = "p") =>
        $$$"""{"serviceName":"uc","policyVersion":{{{version}}},"policies":[{"id":1,"name":"{{{name}}}"}],"serviceDef":{"name":"databricks_unity_catalog"}}""";

    private void Disguise(string file, string content, DateTime modifiedAt)
    {
        _folder.Write(Path.GetFileName(file), content);
        File.SetLastWriteTimeUtc(file, modifiedAt);
    }

    private FolderPolicySource Source(long? maxFileSize = null)
    {
        var options = Options.Create(new PoliciesOptions { Folder = _folder.Path });
        return maxFileSize is { } size ? new FolderPolicySource(options, _time) { MaxFileSize = size } : new FolderPolicySource(options, _time);
    }

    private Task<PolicyDownload?> ReadAsync(string? knownStamp = null) => _source.ReadAsync(knownStamp, default);

    private async Task<string> RefusalAsync()
    {
        var failure = await World.FailureOf(() => ReadAsync());
        Assert.Equal(SyncErrorCode.PoliciesUnavailable, failure.Code);
        return failure.Message;
    }
}
