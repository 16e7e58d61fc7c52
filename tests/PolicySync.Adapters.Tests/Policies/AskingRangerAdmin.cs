using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Policies;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Tests.Policies;

public sealed class AskingRangerAdmin : IDisposable
{
    private readonly RangerWorld _world = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_four_secure_downloads_are_asked_for_and_read()
    {
        var download = await _world.ReadAsync();

        Assert.Equal(
            (7, "p", 3, "r", 4, 5),
            (download!.Policies.PolicyVersion, download.Policies.Policies![0].Name, download.Roles!.RoleVersion, download.Roles.Roles[0].Name,
                download.UserStore!.UserStoreVersion, download.Tags!.TagVersion));
        var plugin = $"pluginId=policysync%40{Environment.MachineName}-uc";
        Assert.Equal(
            [
                $"GET /base/service/plugins/secure/policies/download/uc?{plugin}&supportsPolicyDeltas=false&lastKnownVersion=-1",
                $"GET /base/service/roles/secure/download/uc?{plugin}&lastKnownRoleVersion=-1",
                $"GET /base/service/tags/secure/download/uc?{plugin}&supportsTagDeltas=false&lastKnownVersion=-1",
                $"GET /base/service/xusers/secure/download/uc?{plugin}&lastKnownUserStoreVersion=-1",
            ],
            _world.Ranger.Seen.Select(request => request.Line).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("my service", "my%20service")]
    [InlineData("a/b?c=d&e#f%", "a%2Fb%3Fc%3Dd%26e%23f%25")]
    [InlineData("dév+1", "d%C3%A9v%2B1")]
    public async Task The_name_of_the_service_stays_one_segment_and_one_value(string name, string escaped)
    {
        using var world = new RangerWorld(options => options.ServiceName = name);
        world.Instead["policies"] = () => StubWorkspace.Json(RangerWorld.PoliciesJson(service: name));

        await world.ReadAsync();

        Assert.Equal(4, world.Ranger.Seen.Count);
        Assert.All(world.Ranger.Seen, request =>
        {
            Assert.EndsWith($"/download/{escaped}", request.Path, StringComparison.Ordinal);
            Assert.Equal($"policysync@{Environment.MachineName}-{name}", request.Query("pluginId"));
        });
    }

    [Fact]
    public async Task Each_check_asks_for_all_four_by_the_versions_read_last_and_finds_no_change()
    {
        var stamp = await _world.StampAsync();

        Assert.Null(await _world.ReadAsync(stamp));
        Assert.Null(await _world.ReadAsync(stamp));

        Assert.Equal(12, _world.Ranger.Seen.Count);
        Assert.Equal("7 3 5 4", _world.LastVersions());
    }

    [Fact]
    public async Task No_content_is_no_change_too()
    {
        var stamp = await _world.StampAsync();
        _world.Instead["policies"] = _world.Instead["roles"] = _world.Instead["tags"] = _world.Instead["xusers"] = () => StubWorkspace.Answer(204, "");

        Assert.Null(await _world.ReadAsync(stamp));
    }

    [Theory]
    [InlineData("policies")]
    [InlineData("roles")]
    [InlineData("tags")]
    [InlineData("xusers")]
    public async Task A_change_of_one_part_alone_is_seen_and_the_others_are_given_with_it(string part)
    {
        var stamp = await _world.StampAsync();
        _ = part switch
        {
            "policies" => (_world.Policies = (8, "q")).Version,
            "roles" => _world.RoleVersion = 8,
            "tags" => _world.TagVersion = 8,
            _ => _world.UserStoreVersion = 8,
        };

        var download = await _world.ReadAsync(stamp);

        Assert.NotEqual(stamp, download!.Stamp);
        long?[] versions = [download.Policies.PolicyVersion, download.Roles!.RoleVersion, download.Tags!.TagVersion, download.UserStore!.UserStoreVersion];
        Assert.Single(versions, version => version == 8);
        Assert.Null(await _world.ReadAsync(download.Stamp));
        Assert.Equal(string.Join(' ', versions), _world.LastVersions());
    }

    [Fact]
    public async Task A_version_that_goes_down_is_what_ranger_has_now()
    {
        var stamp = await _world.StampAsync();
        _world.Policies = (2, "restored");

        var download = await _world.ReadAsync(stamp);

        Assert.Equal((2, "restored"), (download!.Policies.PolicyVersion, download.Policies.Policies![0].Name));
        Assert.NotEqual(stamp, download.Stamp);
        await _world.ReadAsync(download.Stamp);
        Assert.Equal("2 3 5 4", _world.LastVersions());
    }

    [Fact]
    public async Task Changed_policies_under_an_unchanged_version_get_another_stamp()
    {
        var stamp = await _world.StampAsync();
        _world.Instead["policies"] = () => StubWorkspace.Json(RangerWorld.PoliciesJson(version: 7, name: "other"));

        var download = await _world.ReadAsync(stamp);

        Assert.Equal("other", download!.Policies.Policies![0].Name);
        Assert.NotEqual(stamp, download.Stamp);
    }

    [Fact]
    public async Task The_same_content_given_again_is_no_change()
    {
        // As from a service whose tags have no version: Ranger sends them each time.
        _world.Instead["tags"] = () => StubWorkspace.Json("""{"serviceName":"uc"}""");
        var stamp = await _world.StampAsync();

        Assert.Null(await _world.ReadAsync(stamp));
        Assert.Equal("7 3 -1 4", _world.LastVersions());
    }

    [Fact]
    public async Task Two_processes_and_a_restart_agree_on_the_stamp()
    {
        using var other = new RangerWorld();

        Assert.Equal(await _world.StampAsync(), await other.StampAsync());
    }

    [Fact]
    public async Task A_caller_who_has_something_else_gets_everything_although_nothing_changed()
    {
        var first = await _world.ReadAsync();
        first!.Policies.Policies!.Clear(); // whoever compiles a download uses it up
        first.Roles!.Roles.Clear();

        var second = await _world.ReadAsync("what the gate let through before");

        Assert.Equal("7 3 5 4", _world.LastVersions());
        Assert.Equal((first.Stamp, "p", "r"), (second!.Stamp, second.Policies.Policies![0].Name, second.Roles!.Roles[0].Name));
    }

    [Fact]
    public async Task A_check_that_failed_in_one_part_changes_nothing_of_what_is_known()
    {
        var stamp = await _world.StampAsync();
        _world.Policies = (8, "q");
        _world.Instead["tags"] = () => StubWorkspace.Answer(500, "");
        await _world.RefusalAsync(stamp);
        _world.Instead.Clear();

        var download = await _world.ReadAsync(stamp);

        Assert.Equal("7 3 5 4", _world.LastVersions());
        Assert.Equal("q", download!.Policies.Policies![0].Name);
    }

    [Theory]
    [InlineData(304)]
    [InlineData(204)]
    public async Task No_change_where_nothing_is_known_is_refused(int status)
    {
        _world.Instead["xusers"] = () => StubWorkspace.Answer(status, "");

        Assert.Equal($"ranger's answer for user store is `no change` ({status}) although no version was sent", (await _world.RefusalAsync()).Message);
    }

    [Theory]
    [InlineData(404, "\"RANGER_ERROR_SERVICE_NOT_FOUND: ServiceName=uc\"", "404: ranger has no service `uc`")]
    [InlineData(400, """{"statusCode":1,"msgDesc":"Service:uc not found"}""", "400: ranger has no service `uc`")]
    [InlineData(400, "secret-text", "400: it has failed")]
    [InlineData(404, "secret-text", "404: there is no such download; check PolicySync:Policies:RangerAdmin:Url and the version of ranger")]
    [InlineData(404, "", "404: there is no such download; check PolicySync:Policies:RangerAdmin:Url and the version of ranger")]
    [InlineData(401, "secret-text", "401: the credential is refused")]
    [InlineData(403, "secret-text", "403: the user may not download it")]
    [InlineData(302, "secret-text", "302: a redirect, which is not followed")]
    [InlineData(201, "{}", "201: it has failed")]
    [InlineData(429, "secret-text", "429: it has failed")]
    [InlineData(500, "secret-text", "500: it has failed")]
    [InlineData(502, "secret-text", "502: it has failed")]
    [InlineData(503, "secret-text", "503: it has failed")]
    public async Task A_refusal_of_any_part_is_named_and_its_text_is_not(int status, string body, string reason)
    {
        foreach (var (part, name) in new[] { ("policies", "policies"), ("roles", "roles"), ("tags", "tags"), ("xusers", "user store") })
        {
            using var world = new RangerWorld();
            world.Instead[part] = () => StubWorkspace.Answer(status, body);

            var failure = await world.RefusalAsync();

            Assert.Equal($"ranger's answer for {name} is {reason}", failure.Message);
            Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_several_refusals_the_one_about_policies_is_told()
    {
        _world.Instead["roles"] = _world.Instead["tags"] = () => StubWorkspace.Answer(500, "");
        _world.Instead["policies"] = () => StubWorkspace.Answer(401, "");

        Assert.Equal("ranger's answer for policies is 401: the credential is refused", (await _world.RefusalAsync()).Message);
    }

    [Fact]
    public async Task A_server_that_names_a_time_is_believed()
    {
        _world.Instead["policies"] = () =>
        {
            var answer = StubWorkspace.Answer(503, "");
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(17));
            return answer;
        };

        Assert.Equal(TimeSpan.FromSeconds(17), (await _world.RefusalAsync()).RetryAfter);
    }

    [Theory]
    [InlineData("policies", "", "policies is empty")]
    [InlineData("policies", "null", "policies is not a complete Ranger document")]
    [InlineData("policies", "oops", "policies is not a complete Ranger document: line 1, byte 1")]
    [InlineData("policies", """{"policyVersion":7,"serviceName":"uc"}""", "policies has no service definition")]
    [InlineData("policies", """{"statusCode":1,"msgDesc":"secret"}""", "policies has no service definition")]
    [InlineData("policies", """{"serviceName":"uc","serviceDef":{"name":"d"},"policyDeltas":[{"id":1}]}""", "policies contains changes of policies, not all policies")]
    [InlineData("policies", """{"serviceName":"secret","policies":[],"serviceDef":{"name":"d"}}""", "policies is for another service, not `uc`")]
    [InlineData("roles", " ", "roles is empty")]
    [InlineData("roles", """{"statusCode":1,"msgDesc":"secret"}""", "roles has no version")]
    [InlineData("roles", """{"roleVersion":1,"rangerRoles":[{"name":"secret""", "roles is not a complete Ranger document")]
    [InlineData("tags", """{"statusCode":1,"msgDesc":"secret"}""", "tags has no version")]
    [InlineData("tags", """{"tagVersion":1,"isDelta":true}""", "tags contains changes of tags, not all tags")]
    [InlineData("tags", "[]", "tags is not a complete Ranger document")]
    [InlineData("xusers", "{}", "user store has no version")]
    [InlineData("xusers", """{"userStoreVersion":1,"userGroupMapping":{"secret-name":"secret-group"}}""", "user store is not a complete Ranger document")]
    public async Task An_incomplete_answer_of_Ranger_is_refused_with_a_reason_that_quotes_none_of_it(string part, string body, string reason)
    {
        _world.Instead[part] = () => StubWorkspace.Json(body);

        var failure = await _world.RefusalAsync();

        Assert.StartsWith($"ranger's answer for {reason}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_anywhere_is_refused()
    {
        var whole = RangerWorld.PoliciesJson(name: "secret-name");
        for (var length = 0; length < whole.Length; length += 5)
        {
            _world.Instead["policies"] = () => StubWorkspace.Json(whole[..length]);

            Assert.DoesNotContain("secret-name", (await _world.RefusalAsync()).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_login_page_is_named_as_a_page()
    {
        _world.Instead["roles"] = () => StubWorkspace.Answer(200, "<html>sign in</html>", "text/html");

        Assert.StartsWith("ranger's answer for roles is a web page", (await _world.RefusalAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_header_of_a_disabled_service_is_passed_on_and_the_gate_refuses_it()
    {
        _world.Instead["policies"] = () => StubWorkspace.Json("""{"serviceName":"uc","policyVersion":7,"serviceDef":{"name":"d"}}""");

        var download = await _world.ReadAsync();

        var refusal = await World.FailureOf(() => Task.FromResult(PolicyGate.Accept(download!, last: null, allowShrink: null)));
        Assert.Contains("header without policies", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_refused_by_its_size()
    {
        var options = Options.Create(new PoliciesOptions
        {
            RangerAdmin = { Url = new Uri(RangerWorld.Url), ServiceName = "uc", Token = "t" },
        });
        using var provider = new ServiceCollection().AddHttpClient(RangerAdminClient.HttpClient)
            .ConfigurePrimaryHttpMessageHandler(() => _world.Ranger).Services.BuildServiceProvider();
        var client = new RangerAdminClient(provider.GetRequiredService<IHttpClientFactory>(), options, _world.Time) { MaxAnswer = 100 };
        var source = new RangerAdminPolicySource(client, options);

        Assert.Equal("ranger's answer for policies is larger than 100 bytes", (await World.FailureOf(() => source.ReadAsync(null, default))).Message);
    }

    [Fact]
    public async Task An_answer_of_half_a_gigabyte_of_blanks_takes_no_memory_worth_mentioning()
    {
        const long size = 512L << 20;
        var packed = await PackedContent.ReadAsync(new Blanks(size), "the answer", size, default);
        var over = await World.FailureOf(() => PackedContent.ReadAsync(new Blanks(size + 1), "the answer", size, default));

        Assert.Equal(size, packed.Length);
        Assert.Equal("the answer is larger than 536870912 bytes", over.Message);
        Assert.InRange(packed.Held, 1, 1 << 20);
    }

    private sealed class Blanks(long size) : MemoryStream
    {
        private long _left = size;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = (int)Math.Min(_left, buffer.Length);
            buffer.Span[..read].Fill((byte)' ');
            _left -= read;
            return ValueTask.FromResult(read);
        }
    }

    [Theory]
    [InlineData("policies")]
    [InlineData("xusers")]
    public async Task Silence_ends_with_the_time_limit(string part)
    {
        _world.Instead[part] = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new SilentStream()) };
        var reading = _world.RefusalAsync();
        for (var i = 0; i < 4; i++)
        {
            await _world.Time.ArmedAsync(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        }

        _world.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.EndsWith("did not arrive in time", (await reading).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_cancellation_passes_as_it_is()
    {
        using var stop = new CancellationTokenSource();
        _world.Ranger.ThenSilence().ThenSilence().ThenSilence().ThenSilence();
        var reading = _world.Source.ReadAsync(null, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_lost_connection_is_a_refusal_with_its_cause()
    {
        _world.Instead["tags"] = () => throw new HttpRequestException("outside", new IOException("connection reset"));

        Assert.Equal("ranger's answer for tags did not arrive: connection reset", (await _world.RefusalAsync()).Message);
    }

    [Fact]
    public async Task Every_request_is_signed_with_user_and_password()
    {
        using var world = new RangerWorld(options => options.Password = "gehéim: x");

        await world.ReadAsync();

        var expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("sync:gehéim: x"))}";
        Assert.Equal(4, world.Ranger.Seen.Count);
        Assert.All(world.Ranger.Seen, request => Assert.Equal(expected, request.Authorization));
    }

    [Fact]
    public async Task A_password_from_a_file_is_read_at_each_check()
    {
        var file = _folder.Write("password", "one \n");
        using var world = new RangerWorld(options => (options.Password, options.PasswordFile) = (null, file));

        await world.ReadAsync();
        _folder.Write("password", "two");
        await world.ReadAsync();

        string Basic(string password) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"sync:{password}"))}";
        Assert.Equal(8, world.Ranger.Seen.Count);
        Assert.All(world.Ranger.Seen.Take(4), request => Assert.Equal(Basic("one "), request.Authorization));
        Assert.All(world.Ranger.Seen.Skip(4), request => Assert.Equal(Basic("two"), request.Authorization));
    }

    [Fact]
    public async Task A_token_is_sent_as_bearer_and_from_a_file_read_at_each_check()
    {
        var file = _folder.Write("token", "first\n");
        using var fixedToken = new RangerWorld(options => (options.Username, options.Password, options.Token) = (null, null, "fixed"));
        using var fromFile = new RangerWorld(options => (options.Username, options.Password, options.TokenFile) = (null, null, file));

        await fixedToken.ReadAsync();
        await fromFile.ReadAsync();
        _folder.Write("token", "second\n");
        await fromFile.ReadAsync();

        Assert.Equal(4, fixedToken.Ranger.Seen.Count);
        Assert.All(fixedToken.Ranger.Seen, request => Assert.Equal("Bearer fixed", request.Authorization));
        Assert.Equal(
            ["Bearer first", "Bearer second"], fromFile.Ranger.Seen.Select(request => request.Authorization!).Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null, null, "PolicySync:Policies:RangerAdmin has no credential")]
    [InlineData("gone", null, "the file of PolicySync:Policies:RangerAdmin:PasswordFile cannot be read")]
    [InlineData("empty", null, "the file of PolicySync:Policies:RangerAdmin:PasswordFile is empty")]
    [InlineData(null, "empty", "the file of PolicySync:Policies:RangerAdmin:TokenFile is empty")]
    [InlineData(null, "two-lines", "the file of PolicySync:Policies:RangerAdmin:TokenFile contains a character that a token cannot have")]
    public async Task Without_a_usable_secret_nothing_is_asked(string? passwordFile, string? tokenFile, string reason)
    {
        _folder.Write("empty", "\n");
        _folder.Write("two-lines", "secret\nsecret");
        using var world = new RangerWorld(options =>
        {
            options.Password = null;
            options.PasswordFile = passwordFile is null ? null : _folder[passwordFile];
            options.TokenFile = tokenFile is null ? null : _folder[tokenFile];
        });

        var failure = await world.RefusalAsync();

        Assert.StartsWith(reason, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(world.Ranger.Seen);
    }

    [Fact]
    public async Task Secrets_and_content_of_Ranger_appear_in_neither_logs_nor_messages()
    {
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes($"sync:{RangerWorld.Password}"));
        var told = new StringBuilder();
        foreach (var status in new[] { 200, 400, 401, 403, 404, 500 })
        {
            _world.Instead["policies"] = () => StubWorkspace.Answer(status, $"{header} {RangerWorld.Password} content-of-ranger");
            told.Append(await _world.RefusalAsync());
        }

        _world.Instead["policies"] = () => throw new HttpRequestException($"the header Basic {header} was not taken");
        told.Append((await _world.RefusalAsync()).Message);
        _world.Instead.Clear();
        await _world.ReadAsync();

        told.AppendJoin('\n', _world.Log.Lines);
        Assert.DoesNotContain(RangerWorld.Password, told.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(header, told.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("content-of-ranger", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_and_age_are_measured_under_names_that_stay()
    {
        var seen = new List<string>();
        var source = _world.Source;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // The tests of other classes publish the same meter; this one's has its own factory.
                if (instrument.Meter.Name == "PolicySync" && instrument.Meter.Scope == _world.Meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add($"{instrument.Name} {tags[0]} {value}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            seen.Add(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {tags[0]} {value}")));
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Empty(seen);

        var stamp = (await source.ReadAsync(null, default))!.Stamp;
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        listener.RecordObservableInstruments();
        await source.ReadAsync(stamp, default);
        listener.RecordObservableInstruments();
        _world.Instead["roles"] = () => StubWorkspace.Answer(500, "");
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        await _world.RefusalAsync();
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                "policysync.policies.version [source, RangerAdmin] 7", "policysync.policies.age [source, RangerAdmin] 30",
                "policysync.policies.version [source, RangerAdmin] 7", "policysync.policies.age [source, RangerAdmin] 0",
                "policysync.policies.version [source, RangerAdmin] 7", "policysync.policies.age [source, RangerAdmin] 5",
            ],
            seen);
    }

    [Fact]
    public void Without_an_address_the_fault_names_the_keys()
    {
        using var world = new RangerWorld(options => options.Url = null);

        Assert.Contains("PolicySync:Policies:RangerAdmin needs Url", Assert.Throws<OptionsValidationException>(() => world.Source).Message, StringComparison.Ordinal);
    }

    /// <summary>A body whose first byte never comes.</summary>
    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
