namespace PolicySync.ContractCheck.Tests;

/// <summary>The command as people run it: a process, with the service's settings as variables.</summary>
public sealed class ProcessTests(TestWorkspace workspace) : IClassFixture<TestWorkspace>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_check_that_is_stopped_while_a_grant_is_under_way_removes_what_it_made(string signal)
    {
        var before = await workspace.StateAsync();
        await workspace.FaultAsync(new { id = signal, method = "PATCH", path = "*/permissions/*", holdUntilReleased = true });
        await using var check = Start("--catalog", TestWorkspace.Catalog);

        await workspace.HeldAsync(signal);
        await check.SignalAsync(signal);
        await check.ExitAsync(Limit);

        await workspace.SendAsync(HttpMethod.Delete, $"faults/{signal}");
        Assert.True(check.ExitCode == 130, check.Output);
        Assert.Contains("; interrupted", check.Output, StringComparison.Ordinal);
        Assert.Equal(before, await workspace.StateAsync());
    }

    [Fact]
    public async Task A_check_that_is_stopped_while_its_schema_is_being_made_waits_for_the_answer_and_removes_it()
    {
        var before = await workspace.StateAsync();
        await workspace.FaultAsync(new { id = "making", method = "POST", path = "*/schemas", holdUntilReleased = true });
        await using var check = Start("--catalog", TestWorkspace.Catalog);

        await workspace.HeldAsync("making");
        await check.SignalAsync("INT");
        await workspace.SendAsync(HttpMethod.Delete, "faults/making");
        await check.ExitAsync(Limit);

        Assert.True(check.ExitCode == 130, check.Output);
        Assert.Equal(before, await workspace.StateAsync());
    }

    [Fact]
    public async Task The_contract_check_needs_only_the_settings_of_the_workspace()
    {
        await using var check = Start("--catalog", TestWorkspace.Catalog, "--only", "max-results");
        await check.ExitAsync(Limit);

        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains("1 hold, 0 differ, 0 could not be asked", check.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PolicySync__Workspace__Host", "http://workspace.example.com", "PolicySync:Workspace:Host: must start with `https://` (`http://` on loopback only)")]
    [InlineData("PolicySync__Workspace__TokenFile", "/nowhere", "PolicySync:Workspace:Token: only one credential may be set, not `Token` and `TokenFile`")]
    [InlineData("PolicySync__Workspace__Tokn", "x", "PolicySync:Workspace:Tokn: unknown key")]
    public async Task Wrong_settings_are_one_line_and_exit_code_2(string name, string value, string line)
    {
        await using var check = Start(new Dictionary<string, string> { [name] = value }, "--catalog", TestWorkspace.Catalog);
        await check.ExitAsync(Limit);

        Assert.Equal(2, check.ExitCode);
        Assert.Contains(line, Assert.Single(check.Output.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_token_is_one_line_without_the_token()
    {
        await using var check = Start(new Dictionary<string, string> { ["PolicySync__Workspace__Token"] = "dapi-secret-that-nobody-knows" }, "--catalog", TestWorkspace.Catalog);
        await check.ExitAsync(Limit);

        Assert.Equal(2, check.ExitCode);
        Assert.StartsWith("contract-check: who the credential is: 401 UNAUTHENTICATED", Assert.Single(check.Output.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_catalog_without_the_right_to_make_schemas_is_one_line_that_says_so()
    {
        await using var check = Start("--catalog", "main");
        await check.ExitAsync(Limit);

        Assert.Equal(2, check.ExitCode);
        Assert.Contains("contract-check: a schema could not be made: 403 PERMISSION_DENIED: User does not have CREATE SCHEMA on Catalog 'main'", check.Output, StringComparison.Ordinal);
    }

    private ChildProcess Start(params string[] words) => Start(new Dictionary<string, string>(), words);

    private ChildProcess Start(Dictionary<string, string> more, params string[] words)
    {
        var environment = new Dictionary<string, string>
        {
            ["PolicySync__Workspace__Host"] = workspace.Url.ToString(),
            ["PolicySync__Workspace__Token"] = TestWorkspace.Token,
            ["PolicySync__Workspace__RequestsPerSecond"] = "1000",
            ["PolicySync__Role"] = "Gateway", // as in a pod of gateways: of no concern here
        };
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        return ChildProcess.StartDotnet(Repository.Program("PolicySync.Host"), ["contract-check", .. words], environment);
    }
}
