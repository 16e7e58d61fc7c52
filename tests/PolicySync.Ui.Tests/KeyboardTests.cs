using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PolicySync.EndToEnd.Tests;
using PolicySync.EndToEnd.Tests.Operations;

namespace PolicySync.Ui.Tests;

/// <summary>Every action of the pages is done without a mouse.</summary>
public sealed partial class KeyboardTests(AzuriteFixture azurite) : EstateTest(azurite)
{
    private const string Outsider = "tess.sales@example.com";

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task Every_action_is_done_by_keyboard_alone()
    {
        var (host, _) = await EstateAsync();
        await using var visitor = await Visitor.ComeAsync(host.Url);
        var (page, typist) = (visitor.Page, new Typist(visitor.Page));

        // Sign in, and look somebody up.
        await visitor.GoAsync("/ui");
        await typist.TypeAsync("Token", host.Token("policysync.tasks policysync.ops"));
        await typist.PressAsync("Sign in");
        await page.WaitForURLAsync("**/ui");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to content", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await typist.GoToAsync("What to find");
        await page.Keyboard.TypeAsync("Person");
        await typist.TypeAsync("Exact name", Outsider);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/ui/principals/*");

        // Ask why, read the workspace.
        await visitor.GoAsync("/ui/securables/table/main.sales.customers");
        await typist.PressAsync("Read the workspace now");
        await page.WaitForURLAsync("**source=live**");
        await typist.TypeAsync("Person or group", Outsider);
        await typist.PressAsync("Explain");
        await SaysAsync(page, "says denied");

        // Decide about drift: ignore, adopt, repair.
        await visitor.GoAsync("/ui/drift?kind=Foreign");
        await typist.PressAsync("Ignore on main.sales.customers");
        await typist.TypeAsync("Reason", "known");
        await typist.PressAsync("Ignore until then");
        await SaysAsync(page, "Ignored");
        await typist.PressAsync($"Adopt the grant to {Outsider}");
        await SaysAsync(page, "Adopted");
        await typist.PressAsync("Repair main.sales.customers");
        await page.WaitForURLAsync(Task());
        await EndsAsync(page, "Succeeded");

        // Make a plan, and apply it.
        await TamperAsync();
        await visitor.GoAsync("/ui/plans/new");
        await typist.TypeAsync("Securables, one a line", "table main.sales.customers");
        await typist.PressAsync("Make plan");
        await page.WaitForURLAsync(Plan());
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Apply…" })).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await typist.PressAsync("Apply…");
        await page.WaitForURLAsync("**/apply");
        await typist.PressAsync("Apply now");
        await page.WaitForURLAsync(Task());
        await EndsAsync(page, "Succeeded");

        // Suspend, and end it.
        await visitor.GoAsync("/ui/suspensions");
        await typist.TypeAsync("Pattern", "main.sales");
        await typist.TypeAsync("Reason", "a release");
        await typist.PressAsync("Suspend");
        await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "a release" })).ToBeVisibleAsync();
        await typist.PressAsync("End the suspension of main.sales");
        await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "a release" })).Not.ToBeVisibleAsync();

        // A sync that waits, cancelled.
        await Emulator.FaultAsync(new { id = "held", method = "GET", path = "*/permissions/table/main.sales.customers", holdUntilReleased = true, times = 1 });
        await SyncAsync(visitor, typist);
        await Wait.ForAsync(() => Emulator.HeldAsync("held"), held => held == 1, TimeSpan.FromSeconds(30), _ => "the task did not read the table");
        await typist.PressAsync("Cancel task");
        await SaysAsync(page, "Cancel asked for by");
        await Emulator.ReleaseAsync("held");

        // One that fails, done again.
        await Emulator.FaultAsync(new { id = "refused", path = "*/permissions/table/main.sales.customers", status = 403 });
        await SyncAsync(visitor, typist);
        await EndsAsync(page, "Failed");
        await Emulator.RemoveFaultAsync("refused");
        await typist.PressAsync("Retry what failed");
        await SaysAsync(page, "Retry of");
        await EndsAsync(page, "Succeeded");

        // Filter, change the theme, sign out.
        await visitor.GoAsync("/ui/tasks");
        await typist.TypeAsync("Securable", "table main.sales.customers");
        await typist.PressAsync("Filter");
        await page.WaitForURLAsync("**securable=**");
        await typist.PressAsync("Dark");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await typist.PressAsync("Sign out");
        await Assertions.Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
        Assert.Empty(visitor.Complaints);
    }

    [GeneratedRegex(@"/ui/tasks/\d+", RegexOptions.None, 1000)]
    private static partial Regex Task();

    [GeneratedRegex(@"/ui/plans/\d+", RegexOptions.None, 1000)]
    private static partial Regex Plan();

    private static Task SaysAsync(IPage page, string words) =>
        Assertions.Expect(page.Locator("main")).ToContainTextAsync(words, new() { Timeout = 60_000 });

    // The page of a task is loaded again when it has ended, and then says when.
    private static async Task EndsAsync(IPage page, string outcome)
    {
        await Assertions.Expect(page.Locator(".facts > div").Filter(new() { HasText = "Ended" })).Not.ToContainTextAsync("not yet", new() { Timeout = 60_000 });
        await SaysAsync(page, outcome);
    }

    private static async Task SyncAsync(Visitor visitor, Typist typist)
    {
        await visitor.GoAsync("/ui/tasks/new?type=table&name=main.sales.customers");
        await typist.ChooseAsync("Dry run", down: 2);
        await typist.PressAsync("Create task");
        await visitor.Page.WaitForURLAsync(Task());
    }

    private Task TamperAsync() => Emulator.CallAsync(
        "dapi-emulator-admin", "PATCH", "/api/2.1/unity-catalog/permissions/table/main.sales.customers",
        """{"changes":[{"principal":"sam.sales@example.com","remove":["SELECT"]}]}""");
}
