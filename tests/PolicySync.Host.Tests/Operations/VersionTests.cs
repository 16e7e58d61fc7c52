using System.Diagnostics;
using System.Net.Http.Headers;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

/// <summary>The program, health, the API document and telemetry tell one version. The chart's test compares it with theirs.</summary>
public sealed class VersionTests
{
    [Fact]
    public async Task The_program_prints_its_version_and_nothing_else()
    {
        var (code, output) = await RunAsync("--version");

        Assert.Equal(0, code);
        Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?\n$", output);
        Assert.Equal(ProductVersion.Text, output.TrimEnd());
    }

    [Fact]
    public async Task Health_the_API_document_and_telemetry_tell_the_version_that_the_program_prints()
    {
        await using var host = await TestHost.StartAsync(settings: ("PolicySync:Metrics:Anonymous", "true"));
        using var health = await host.Anonymous.GetAsync("/health/ready");
        using var document = await host.Client.GetAsync("/openapi/v1.json");
        using var ask = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        ask.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/openmetrics-text"));
        using var metrics = await host.Anonymous.SendAsync(ask);

        Assert.Equal(ProductVersion.Text, (await health.JsonAsync()).GetProperty("version").GetString());
        Assert.Equal(ProductVersion.Text, (await document.JsonAsync()).GetProperty("info").GetProperty("version").GetString());
        Assert.Contains($"service_version=\"{ProductVersion.Text}\"", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_names_the_verbs_the_exit_codes_and_where_settings_are_documented(string argument)
    {
        var (code, output) = await RunAsync(argument);

        Assert.Equal(0, code);
        Assert.All(["contract-check", "--version", "exit codes", "docs/configuration.md"], word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    private static async Task<(int Code, string Output)> RunAsync(string argument)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PolicySync.Host.dll"), argument])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (process.ExitCode, output);
    }
}
