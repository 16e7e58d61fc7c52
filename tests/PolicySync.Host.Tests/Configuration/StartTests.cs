using System.Diagnostics;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Configuration;

public sealed class StartTests
{
    [Fact]
    public async Task A_wrong_configuration_ends_the_process_with_every_fault_on_stderr_and_no_stack_trace()
    {
        using var signer = Signer.P256();
        using var folder = new TestFolder(signer.PublicPem);
        var (code, _, error) = await RunAsync(folder.Arguments(
            ("PolicySync:Workspace:Host", "ftp://x"), ("PolicySync:Workspace:ClientSecret", "not-to-be-seen"), ("PolicySync:Typo", "1")));

        Assert.Equal(2, code);
        Assert.Contains("PolicySync:Workspace:Host: must start with", error, StringComparison.Ordinal);
        Assert.Contains("PolicySync:Workspace:ClientId: is required", error, StringComparison.Ordinal);
        Assert.Contains("PolicySync:Typo: unknown key", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-seen", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "PolicySync.Host.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(), // wherever it is started from
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (process.ExitCode, await output, await error);
    }
}
