using System.Text.Json;
using System.Text.RegularExpressions;
using PolicySync.Cli.Tests.Support;
using PolicySync.Client.Tests.Generated;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Cli.Tests;

/// <summary>The commands and the service itself.</summary>
[Collection(LiveServiceCollection.Name)]
public sealed partial class AgainstTheServiceTests : IDisposable
{
    private readonly LiveService _service;
    private readonly Terminal _terminal = new() { Time = TimeProvider.System };

    public AgainstTheServiceTests(LiveService service)
    {
        _service = service;
        _terminal.Variables["POLICYSYNC_URL"] = service.Url.ToString();
        _terminal.Variables["POLICYSYNC_TOKEN"] = service.Token();
    }

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task Login_asks_the_service_and_keeps_nothing_that_it_refuses()
    {
        var refused = await _terminal.RunAsync("login --token-stdin", _service.Token("other"));
        Assert.Equal(ExitCode.NotAllowed, refused.ExitCode);
        Assert.Contains("error: INSUFFICIENT_SCOPE: ", refused.Error);
        Assert.False(Directory.Exists(Path.Combine(_terminal.Folder, "policysync")));

        var accepted = await _terminal.RunAsync("login --token-stdin", _service.Token());
        Assert.Equal((0, ""), (accepted.ExitCode, accepted.Error));
        _terminal.Variables.Clear();
        Assert.Equal(0, (await _terminal.RunAsync("tasks list")).ExitCode);
    }

    [Fact]
    public async Task A_sync_that_is_waited_for_shows_the_task_as_recorded()
    {
        await _terminal.RunAsync("sync table main.sales.orders --wait");

        var ran = await _terminal.RunAsync("sync table main.sales.orders --wait -o json");

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        Golden.AssertEqual("sync-json", Golden.Stable(ran.Out));
    }

    [Fact]
    public async Task A_sync_for_people_shows_task_and_changes_and_a_dry_run_makes_none()
    {
        var plan = await _terminal.RunAsync("sync table main.sales.customers --wait --dry-run");
        var sync = await _terminal.RunAsync("sync table main.sales.customers --wait");
        var again = await _terminal.RunAsync("sync table main.sales.customers --wait");

        Assert.Equal((0, 0, 0), (plan.ExitCode, sync.ExitCode, again.ExitCode));
        const string Change = "+ table main.sales.customers: GRANT SELECT finance-team (policy ";
        Assert.Contains(Change, plan.Out);
        Assert.Contains(Change, sync.Out);
        Assert.DoesNotContain(Change, again.Out);
        Assert.All((plan.Out + sync.Out).Split('\n').Where(line => !line.StartsWith('+') && !line.StartsWith('-') && !line.StartsWith('~')), line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain('\e', plan.Out + plan.Error);
    }

    [Fact]
    public async Task Verify_exits_with_2_on_drift_and_with_0_after_a_sync()
    {
        var drifted = await _terminal.RunAsync("verify table main.sales.opportunities");
        await _terminal.RunAsync("sync table main.sales.opportunities --wait");

        Assert.True(drifted.ExitCode == ExitCode.Drift, drifted.Out);
        Assert.Contains("DRIFTED", drifted.Out);
        var equal = await _terminal.RunAsync("verify table main.sales.opportunities");
        Assert.True(equal.ExitCode == ExitCode.Success, equal.Out);
    }

    [Fact]
    public async Task Policies_are_listed_with_the_version_of_their_set_and_shown_as_recorded()
    {
        var list = await _terminal.RunAsync("policies list --resource main.sales.customers --principal finance-team");
        var json = await _terminal.RunAsync("policies list --text read --kind access -o json");
        var id = JsonDocument.Parse(json.Out).RootElement.GetProperty("policies")[0].GetProperty("id").GetInt64();

        Assert.Equal((0, 0), (list.ExitCode, json.ExitCode));
        Golden.AssertEqual("policies-list", list.Out);
        Assert.Matches(@"^version \d+, seen in the source .* ago\n$", list.Error);
        Golden.AssertEqual("policies-list-json", Golden.Stable(json.Out));
        Golden.AssertEqual("policies-show", Golden.Stable((await _terminal.RunAsync($"policies show {id}")).Out));
        Assert.Equal(1, (await _terminal.RunAsync("policies show 4711")).ExitCode);
        Assert.Equal("", (await _terminal.RunAsync("policies list --disabled")).Out);
    }

    [Fact]
    public async Task A_plan_of_a_changed_policy_is_a_diff_with_2_and_is_not_applied_before_that_change()
    {
        const string Table = "main.sales.contracts";
        await _terminal.RunAsync($"sync table {Table} --wait");
        var policy = _terminal.Write("policy.json", """{"name":"ida changes","resources":{"catalog":{"values":["main"]},"schema":{"values":["sales"]},"table":{"values":["contracts"]},"column":{"values":["*"]}},"policyItems":[{"accesses":[{"type":"modify"}],"users":["ida.engineer@example.com"]}]}""");

        var nothing = await _terminal.RunAsync($"plan table {Table}");
        var ran = await _terminal.RunAsync($"plan table {Table} --policy {policy} --out {_terminal.Folder}/plan.json");
        var json = await _terminal.RunAsync($"plan table {Table} --policy {policy} -o json");
        var early = await _terminal.RunAsync($"apply {_terminal.Folder}/plan.json");

        Assert.True(nothing.ExitCode == ExitCode.Success, nothing.Out + nothing.Error);
        Assert.Equal(ExitCode.Drift, ran.ExitCode);
        Assert.Contains($"table {Table}\n  + MODIFY to ida.engineer@example.com (policy ida changes)\n", ran.Out);
        Assert.Contains("Gain access  1: ida.engineer@example.com\n", ran.Out);
        Assert.DoesNotContain('\e', ran.Out);
        Assert.All(ran.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Golden.AssertEqual("plan-json", Golden.Stable(json.Out));
        Assert.Equal(ExitCode.Error, early.ExitCode);
        Assert.Contains("error: PLAN_OUTDATED: the candidate policies of the plan are not in force", early.Error);
        Assert.Contains("remedy: make a new plan with `policysync plan`", early.Error);
    }

    [Fact]
    public async Task Policies_are_compared_with_a_file_or_a_plan_as_a_diff_with_2_when_something_differs()
    {
        var policy = _terminal.Write("policy.json", """{"id":1,"name":"read by two teams","resources":{"catalog":{"values":["main"]},"schema":{"values":["sales"]},"table":{"values":["contracts","orders"]}},"policyItems":[{"accesses":[{"type":"select"}],"groups":["finance-team","engineering-team-with-a-long-name"]},{"accesses":[{"type":"modify"}],"users":["ida.engineer@example.com"]}]}""");
        var plan = await _terminal.RunAsync($"plan table main.sales.orders --policy {policy} -o json");
        var id = JsonDocument.Parse(plan.Out).RootElement.GetProperty("plan").GetProperty("planId").GetString();
        var whole = _terminal.Write("policies.json", "[]");

        var ran = await _terminal.RunAsync($"policies diff --policy {policy}");
        var json = await _terminal.RunAsync($"policies diff --policy {policy} -o json");
        var planned = await _terminal.RunAsync($"policies diff --plan {id}");
        var unchanged = await _terminal.RunAsync($"plan table main.sales.orders -o json");
        var nothing = await _terminal.RunAsync($"policies diff --plan {JsonDocument.Parse(unchanged.Out).RootElement.GetProperty("plan").GetProperty("planId").GetString()}");
        var same = await _terminal.RunAsync($"policies diff {_service.PolicyFile}");
        var refused = await _terminal.RunAsync($"policies diff {whole}");

        Assert.Equal((ExitCode.Drift, ExitCode.Drift, ExitCode.Drift), (ran.ExitCode, json.ExitCode, planned.ExitCode));
        Golden.AssertEqual("policies-diff", ran.Out);
        Golden.AssertEqual("policies-diff-json", Golden.Stable(json.Out));
        Assert.Equal(ran.Out, planned.Out);
        Assert.All(ran.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.DoesNotContain('\e', ran.Out);
        using var colored = new Terminal { Time = TimeProvider.System, HasColor = true };
        foreach (var (name, value) in _terminal.Variables)
        {
            colored.Variables[name] = value;
        }

        Assert.Contains("\e[32m    + table=contracts\e[0m\n", (await colored.RunAsync($"policies diff --policy {policy}")).Out);
        Assert.Matches(@"^0 added, 0 removed, 1 changed; compared with version \d+, seen in the source .* ago\n$", ran.Error);
        Assert.Equal((ExitCode.Success, ""), (nothing.ExitCode, nothing.Out));
        Assert.StartsWith("nothing that is evaluated differs; ", nothing.Error);
        Assert.Equal((ExitCode.Success, ""), (same.ExitCode, same.Out));
        Assert.Equal(ExitCode.Error, refused.ExitCode);
        Assert.Contains("/policies", refused.Error);
        Assert.Equal(ExitCode.Error, (await _terminal.RunAsync("policies diff --plan 1")).ExitCode);
    }

    [Fact]
    public async Task A_plan_of_the_policies_in_force_can_be_applied_by_its_id()
    {
        const string Table = "main.sales.orders";
        await _terminal.RunAsync($"sync table {Table} --wait");
        var plan = await _terminal.RunAsync($"plan table {Table} -o json");
        var id = JsonDocument.Parse(plan.Out).RootElement.GetProperty("plan").GetProperty("planId").GetString();

        var applied = await _terminal.RunAsync($"apply {id} -o json");

        Assert.Equal((ExitCode.Success, id), (applied.ExitCode, JsonDocument.Parse(applied.Out).RootElement.GetProperty("planId").GetString()));
        Assert.Equal(ExitCode.Error, (await _terminal.RunAsync($"apply {_terminal.Write("other.json", "[]")}")).ExitCode);
        Assert.Equal(ExitCode.Error, (await _terminal.RunAsync("apply no-such-file.json")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await _terminal.RunAsync($"plan table {Table} --policy a --policies b")).ExitCode);
    }

    [Fact]
    public async Task A_task_that_failed_is_3_names_the_failure_and_can_be_retried()
    {
        var ran = await _terminal.RunAsync($"sync table {Scenario.Refused} --wait");
        var id = Id((await _terminal.RunAsync($"tasks list --securable {Scenario.Refused} --limit 1 -o json")).Out);

        Assert.Equal(ExitCode.TaskFailed, ran.ExitCode);
        Assert.Contains($"! table {Scenario.Refused}: PERMISSION_DENIED: ", ran.Out);
        var retry = await _terminal.RunAsync($"tasks retry {id} --wait -o json");
        Assert.Equal(ExitCode.TaskFailed, retry.ExitCode);
        Assert.Equal(id, JsonDocument.Parse(retry.Out).RootElement.GetProperty("retryOf").GetString());
    }

    [Fact]
    public async Task Tasks_are_listed_shown_followed_and_their_gaps_listed_as_recorded()
    {
        await _terminal.RunAsync("sync table main.sales.customers --wait");
        var accepted = await _terminal.RunAsync("sync table main.sales.customers -o json");
        var id = JsonDocument.Parse(accepted.Out).RootElement.GetProperty("taskId").GetString();

        var watched = await _terminal.RunAsync($"tasks watch {id}");
        Assert.Equal((0, ""), (watched.ExitCode, watched.Error));
        Assert.Contains("SUCCESS table main.sales.customers: ", watched.Out);
        Golden.AssertEqual("tasks-show-json", Golden.Stable((await _terminal.RunAsync($"tasks show {id} -o json")).Out));
        var gaps = await _terminal.RunAsync($"gaps {id}");
        Assert.StartsWith("table main.sales.customers\n", gaps.Out);
        Golden.AssertEqual("gaps-json", Golden.Stable((await _terminal.RunAsync($"gaps {id} -o json")).Out));
        Assert.Equal(id, Id((await _terminal.RunAsync("tasks list --securable main.sales.customers --status success --limit 1 -o json")).Out));
        var list = await _terminal.RunAsync("tasks list");
        Assert.StartsWith("TASK ", list.Out);
        Assert.All(list.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        var results = await _terminal.RunAsync($"tasks show {id} --results -o json");
        Assert.Equal(1, JsonDocument.Parse(results.Out).RootElement.GetProperty("resources").GetArrayLength());
    }

    [Fact]
    public async Task Access_shows_every_principal_with_its_path_and_policy_as_recorded()
    {
        await _terminal.RunAsync("sync table main.sales.orders --wait");

        var shown = await _terminal.RunAsync("access table main.sales.orders");
        var json = await _terminal.RunAsync("access table main.sales.orders --holders -o json");
        var recorded = await _terminal.RunAsync("access table main.sales.orders --last");

        Assert.Equal((0, "", 0), (shown.ExitCode, shown.Error, json.ExitCode));
        Assert.True(shown.Out.Contains("member of", StringComparison.Ordinal), shown.Out);
        Assert.All(shown.Out.Split('\n').Where(line => !line.StartsWith("WITHHELD") && !line.StartsWith("EXPOSED") && !line.Contains("cannot use it")), line => Assert.InRange(line.Length, 0, 80));
        Golden.AssertEqual("access-json", Golden.Stable(json.Out));
        Assert.Contains("finance-team", recorded.Out);
        var missing = await _terminal.RunAsync("access table main.sales.nothing");
        Assert.Equal(ExitCode.Error, missing.ExitCode);
        Assert.StartsWith("error: NOT_FOUND: ", missing.Error);
    }

    [Fact]
    public async Task An_explanation_names_the_policy_the_way_to_the_group_and_the_paths_as_recorded()
    {
        await _terminal.RunAsync("sync table main.sales.orders --wait");

        var shown = await _terminal.RunAsync("explain yara.finance@example.com select table main.sales.orders");
        var json = await _terminal.RunAsync("explain yara.finance@example.com SELECT table main.sales.orders -o json");

        Assert.Equal((0, "", 0), (shown.ExitCode, shown.Error, json.ExitCode));
        Assert.Contains("policy: ALLOWED: policy `read` allows it to group `finance-team`", shown.Out);
        Assert.All(shown.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Golden.AssertEqual("explain-json", Golden.Stable(json.Out));
        var refused = await _terminal.RunAsync("explain yara.finance@example.com USE_SCHEMA table main.sales.orders");
        Assert.Equal(ExitCode.Error, refused.ExitCode);
        Assert.Contains("`USE_SCHEMA` is not a privilege of table main.sales.orders (MANAGED)", refused.Error);
    }

    [Fact]
    public async Task Reach_and_effects_show_what_syncs_recorded()
    {
        await _terminal.RunAsync("sync table main.sales.orders --wait");

        var reach = await _terminal.RunAsync("reach finance-team");
        var effects = await _terminal.RunAsync("policies effects 1");
        var nothing = await _terminal.RunAsync("policies effects 999 -o json");
        _terminal.Variables["POLICYSYNC_TOKEN"] = _service.Token(securables: "main.sales.orders"); // other tests sync other tables
        var json = await _terminal.RunAsync("reach yara.finance@example.com -o json");

        Assert.Equal((0, 0, 0, 0), (reach.ExitCode, json.ExitCode, effects.ExitCode, nothing.ExitCode));
        Assert.Contains("table main.sales.orders", reach.Out);
        Assert.Contains("policy 1", reach.Out);
        Assert.All(reach.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Golden.AssertEqual("reach-json", Golden.Stable(json.Out));
        Assert.Contains("table main.sales.orders\n  + SELECT finance-team", effects.Out.ReplaceLineEndings("\n"));
        Golden.AssertEqual("policies-effects-none-json", nothing.Out);
    }

    [Fact]
    public async Task The_doctor_checks_the_way_to_the_service_and_shows_its_own_checks_as_recorded()
    {
        _terminal.Variables["POLICYSYNC_TOKEN"] = _service.Token("policysync.read");

        var shown = await _terminal.RunAsync("doctor");
        var json = await _terminal.RunAsync("doctor -o json");

        Assert.True(shown.ExitCode == 0, shown.Out);
        Assert.Equal((0, "", ""), (json.ExitCode, shown.Error, json.Error));
        Assert.All(shown.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Golden.AssertEqual("doctor-json", Checks().Replace(Golden.Stable(json.Out), "N"));
    }

    [Fact]
    public async Task The_doctor_tells_a_clock_that_differs_and_a_token_that_the_service_refuses()
    {
        using var late = new Terminal { Time = new ShiftedTime(TimeSpan.FromMinutes(10)) };
        foreach (var (name, value) in _terminal.Variables)
        {
            late.Variables[name] = value;
        }

        late.Variables["POLICYSYNC_TOKEN"] = _service.Token("other");

        var ran = await late.RunAsync("doctor");

        Assert.Equal((ExitCode.Error, ""), (ran.ExitCode, ran.Error));
        Assert.Matches(@"(?m)^WARN    clock: this machine is (9|10)m ahead of the service\n        remedy: Synchronise both clocks", ran.Out);
        Assert.Matches("(?m)^FAIL    api: INSUFFICIENT_SCOPE: ", ran.Out);
        Assert.Contains("SKIPPED service: ", ran.Out);
    }

    [Fact]
    public async Task The_doctor_shows_what_the_service_lacks_with_the_remedy()
    {
        await _service.Emulator.FaultAsync(new { id = "no-grants", path = "*/permissions/catalog/*", status = 403 });

        var ran = await _terminal.RunAsync("doctor");
        await _service.Emulator.RemoveFaultAsync("no-grants");

        Assert.Equal(ExitCode.Error, ran.ExitCode);
        Assert.Matches(@"(?m)^FAIL    rights: may not read the grants of \w+", ran.Out);
        Assert.Contains("        remedy: Grant the service MANAGE", ran.Out);
        Assert.All(ran.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task A_task_that_does_not_end_can_be_cancelled_and_not_retried_before()
    {
        var accepted = await _terminal.RunAsync($"sync table {Scenario.Unavailable} -o json");
        var id = JsonDocument.Parse(accepted.Out).RootElement.GetProperty("taskId").GetString();

        var early = await _terminal.RunAsync($"tasks retry {id}");
        Assert.Equal(ExitCode.Error, early.ExitCode);
        Assert.StartsWith("error: TASK_NOT_ENDED: ", early.Error);
        Assert.Contains("remedy: wait for its end with `policysync tasks watch`", early.Error);
        Assert.Equal(0, (await _terminal.RunAsync($"tasks cancel {id}")).ExitCode);
        var watched = await _terminal.RunAsync($"tasks watch {id}");
        Assert.Equal(ExitCode.TaskFailed, watched.ExitCode);
        Assert.Contains("CANCELLED", watched.Out);
    }

    [Fact]
    public async Task Drift_is_listed_ignored_and_repaired_and_a_grant_of_others_adopted()
    {
        await _terminal.RunAsync("sync table main.sales.territories --wait");
        await _service.Emulator.SetGrantsAsync("table", "main.sales.territories", ("cara.analyst@example.com", ["SELECT"]));
        Assert.Equal(ExitCode.Drift, (await _terminal.RunAsync("verify table main.sales.territories")).ExitCode);

        var listed = await _terminal.RunAsync("drift list --securable main.sales.territories -o json");
        Golden.AssertEqual("drift-list-json", Golden.Stable(listed.Out));
        var items = JsonDocument.Parse(listed.Out).RootElement.GetProperty("drift").EnumerateArray().ToList();
        string IdOf(string kind) => items.Single(item => item.GetProperty("kind").GetString() == kind).GetProperty("id").GetString()!;
        var table = await _terminal.RunAsync("drift list --securable main.sales.territories");
        Assert.Contains("GRANT SELECT finance-team", table.Out);
        Assert.All(table.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));

        var ignored = await _terminal.RunAsync($"drift ignore {IdOf("DRIFT")} --reason known --for 1h");
        Assert.Equal((0, ""), (ignored.ExitCode, ignored.Error));
        Assert.Contains(": known", ignored.Out);
        Assert.Equal(ExitCode.Success, (await _terminal.RunAsync("verify table main.sales.territories")).ExitCode);
        Assert.Equal(0, (await _terminal.RunAsync($"drift adopt {IdOf("FOREIGN")}")).ExitCode);
        Assert.StartsWith("error: NOT_ADOPTABLE: ", (await _terminal.RunAsync($"drift adopt {IdOf("DRIFT")}")).Error);
        Assert.Equal(0, (await _terminal.RunAsync($"drift repair {IdOf("DRIFT")} --wait")).ExitCode);
        Assert.Equal("no differences are recorded; `policysync verify` finds them\n", (await _terminal.RunAsync("drift list --securable main.sales.territories")).Error);
        Assert.False(await _service.Emulator.HoldsAsync("table", "main.sales.territories", "cara.analyst@example.com", "SELECT"));
    }

    [Fact]
    public async Task What_is_suspended_is_skipped_until_it_is_resumed()
    {
        var refused = await _terminal.RunAsync("suspend main.hr --reason audit --for 1h");
        Assert.Equal(ExitCode.NotAllowed, refused.ExitCode);
        _terminal.Variables["POLICYSYNC_TOKEN"] = _service.Token("policysync.ops policysync.tasks");

        var suspended = await _terminal.RunAsync("suspend MAIN.hr --reason 'an audit' --for 2h -o json".Replace('\'', '"'));
        Assert.Equal((0, ""), (suspended.ExitCode, suspended.Error));
        Golden.AssertEqual("suspend-json", Golden.Stable(suspended.Out));
        Golden.AssertEqual("suspensions-json", Golden.Stable((await _terminal.RunAsync("suspensions -o json")).Out));
        var list = await _terminal.RunAsync("suspensions");
        Assert.Contains("main.hr", list.Out);
        Assert.All(list.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        var skipped = await _terminal.RunAsync("sync table main.hr.employees --wait");
        Assert.Equal(ExitCode.TaskFailed, skipped.ExitCode);
        Assert.Contains("an audit", skipped.Out);

        Assert.Equal(new Ran(0, "", "main.hr is not suspended any more\n"), await _terminal.RunAsync("resume main.hr"));
        Assert.Equal("nothing is suspended\n", (await _terminal.RunAsync("suspensions")).Error);
        var again = await _terminal.RunAsync("resume main.hr");
        Assert.StartsWith("error: NOT_FOUND: ", again.Error);
    }

    [Fact]
    public async Task An_unknown_task_is_an_error_with_code_remedy_and_trace()
    {
        var ran = await _terminal.RunAsync("tasks show 1");

        Assert.Equal((ExitCode.Error, ""), (ran.ExitCode, ran.Out));
        Assert.Matches("^error: NOT_FOUND: .*\nremedy: check the type, name, pattern or id; .*\ntrace: [0-9a-f]{32}\n$", ran.Error);
    }

    [Fact]
    public async Task An_interrupted_command_is_130_and_says_that_a_task_continues()
    {
        var ran = await _terminal.RunAsync("verify table main.sales.orders", cancellation: new CancellationToken(canceled: true));

        Assert.Equal((ExitCode.Interrupted, ""), (ran.ExitCode, ran.Out));
        Assert.StartsWith("error: interrupted; a task that was created continues\nremedy: ", ran.Error);
    }

    [Fact]
    public async Task On_a_terminal_progress_is_one_line_that_is_removed_at_the_end()
    {
        using var live = new Terminal { Time = TimeProvider.System, IsLive = true, HasColor = true };
        foreach (var (name, value) in _terminal.Variables)
        {
            live.Variables[name] = value;
        }

        var ran = await live.RunAsync("sync table main.sales.orders --wait");

        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("\r\e[2K", ran.Error);
        Assert.DoesNotContain(" of ", ran.Error[ran.Error.LastIndexOf("\r\e[2K", StringComparison.Ordinal)..]);
        Assert.Contains("\e[", ran.Out);
    }

    // Measured times, ages and the port.
    [GeneratedRegex(@"(?<=localhost:|127\.0\.0\.1:)\d+|\d+(?= ms)|\d+ (seconds|minutes)(?= ago)|(?<=valid until )[^""]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Checks();

    private static string Id(string list) => JsonDocument.Parse(list).RootElement.GetProperty("tasks")[0].GetProperty("taskId").GetString()!;
}
