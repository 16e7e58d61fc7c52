using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>A policy source that lost its policies looks like one whose owner removed them: nothing may be revoked.</summary>
public sealed class VanishingPolicyTests(AzuriteFixture azurite) : StackTest(azurite)
{
    [Theory]
    [InlineData("gone", "POLICIES_UNAVAILABLE")]
    [InlineData("roles gone", "POLICIES_SHRANK")]
    [InlineData("most of them gone", "POLICIES_SHRANK")]
    public Task Policies_that_vanish_revoke_nothing(string loss, string code) => RevokesNothingAsync(loss, code);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("empty", "POLICIES_UNAVAILABLE")]
    [InlineData("half-written", "POLICIES_UNAVAILABLE")]
    [InlineData("a pipe", "POLICIES_UNAVAILABLE")]
    [InlineData("header only", "POLICIES_UNAVAILABLE")]
    [InlineData("no policy left", "POLICIES_UNAVAILABLE")]
    public Task Policies_that_are_not_whole_revoke_nothing(string loss, string code) => RevokesNothingAsync(loss, code);

    private async Task RevokesNothingAsync(string loss, string code)
    {
        for (var table = 0; table < 5; table++)
        {
            Policies.Allow($"read {table}", table == 0 ? "main.sales.customers" : $"main.sales.other_{table}", "select", "@analysts");
        }

        Policies.Publish();
        await File.WriteAllTextAsync(
            Path.Combine(Policies.Folder, "roles.json"), """{"roleVersion":1,"rangerRoles":[{"name":"auditors","users":[{"name":"hana.analyst@example.com"}]}]}""");
        var host = await StartHostAsync(("Policies:MaxWait", "00:00:02"));
        Assert.Equal("SUCCESS", (string?)(await host.RunAsync(Payload.Table("main.sales.customers")))["status"]);
        await Emulator.ForgetCallsAsync();

        Lose(loss);
        var task = await host.RunAsync(Payload.Table("main.sales.customers"));

        Assert.Equal("FAILED", (string?)task["status"]);
        Assert.StartsWith(code, (string?)task["message"], StringComparison.Ordinal);
        Assert.Empty(await Emulator.CallsAsync("PATCH"));
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));

        // The service forgets nothing by being started again.
        await host.KillAndRestartAsync();
        Assert.Equal("FAILED", (string?)(await host.RunAsync(Payload.Table("main.sales.customers")))["status"]);
        Assert.Empty(await Emulator.CallsAsync("PATCH"));
    }

    private void Lose(string loss)
    {
        switch (loss)
        {
            case "empty":
                Policies.Write("");
                break;
            case "half-written":
                Policies.Write(Policies.Read()[..^200]);
                break;
            case "gone":
                Policies.Delete();
                break;
            case "a pipe":
                Policies.Delete();
                using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(Policies.Folder, "policies.json")]))
                {
                    made.WaitForExit();
                }

                break;
            case "roles gone":
                File.Delete(Path.Combine(Policies.Folder, "roles.json"));
                break;
            case "header only":
                Policies.Write("""{"serviceName":"unity_catalog","policyVersion":2}""");
                break;
            case "no policy left":
                Policies.Clear().Publish();
                break;
            default:
                Policies.Clear().Allow("other", "analytics.lab.x", "select", "@analysts").Publish();
                break;
        }
    }
}
