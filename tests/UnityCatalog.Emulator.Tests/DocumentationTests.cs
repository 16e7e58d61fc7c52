using System.Text.RegularExpressions;

namespace UnityCatalog.Emulator.Tests;

/// <summary>What docs/emulator.md shows can be used as it stands.</summary>
public partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(
        Path.Combine(Repository.Root, "docs", "emulator.md"));

    [Fact]
    public async Task The_state_that_the_documentation_shows_is_accepted()
    {
        await using var emulator = await Emulator.StartAsync();

        await emulator.AdminAsync("PUT", "/state", Assert.Single(States().Matches(Page)).Groups["json"].Value);

        Assert.Equal("analysts", (string?)(await emulator.GetAsync("/tables/main.sales.orders", "t")).Json["owner"]);
    }

    [Fact]
    public async Task The_faults_that_the_documentation_shows_are_accepted()
    {
        await using var emulator = await Emulator.StartAsync();
        var faults = Faults().Matches(Page);

        foreach (Match fault in faults)
        {
            await emulator.AdminAsync("POST", "/faults", fault.Groups["json"].Value);
        }

        Assert.Equal(7, faults.Count);
    }

    [GeneratedRegex("```jsonc\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex States();

    [GeneratedRegex("curl \\$F -d '(?<json>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Faults();
}
