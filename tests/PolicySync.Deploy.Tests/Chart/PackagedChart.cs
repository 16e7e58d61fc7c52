using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>The chart as <c>deploy/package.sh</c> packages it.</summary>
public sealed class PackagedChart : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policysync-chart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_packaged_charts_app_version_is_the_version_that_the_program_prints()
    {
        var program = await Command.SucceedAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "PolicySync.Host.dll"), "--version"]);

        await Command.SucceedAsync(
            Path.Combine(Repository.Root, "deploy", "package.sh"), [_folder], new Dictionary<string, string> { ["HELM"] = Helm.Binary });
        var package = Assert.Single(Directory.GetFiles(_folder, "policy-sync-*.tgz"));
        var chart = await Command.SucceedAsync(Helm.Binary, ["show", "chart", package]);

        Assert.Matches($"(?m)^appVersion: \"?{System.Text.RegularExpressions.Regex.Escape(program.TrimEnd())}\"?$", chart);
    }
}
