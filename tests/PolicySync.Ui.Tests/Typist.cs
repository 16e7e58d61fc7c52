using Microsoft.Playwright;

namespace PolicySync.Ui.Tests;

/// <summary>A person who has a keyboard and nothing else.</summary>
internal sealed class Typist(IPage page)
{
    // What a screen reader calls the focused element.
    private const string Name = """
        (() => {
            const it = document.activeElement;
            const text = it.labels?.[0]?.querySelector("span")?.textContent ?? it.labels?.[0]?.textContent ?? it.getAttribute("aria-label") ?? it.textContent;
            return text.replace(/\s+/g, " ").trim();
        })()
        """;

    /// <summary>Most presses of Tab on one page.</summary>
    private const int Most = 250;

    /// <summary>Moves by Tab to what has this name, on from where the focus is. It must be seen to have the focus.</summary>
    public async Task GoToAsync(string name)
    {
        var met = new List<string>();
        for (var n = 0; n < Most; n++)
        {
            await page.Keyboard.PressAsync("Tab");
            var now = await page.EvaluateAsync<string>(Name);
            if (now == name)
            {
                Assert.NotEqual("0px", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineWidth"));
                return;
            }

            met.Add(now);
        }

        Assert.Fail($"Tab does not reach `{name}` on {page.Url}: {string.Join(" | ", met.Distinct())}");
    }

    /// <summary>Moves to a link or button and presses Enter.</summary>
    public async Task PressAsync(string name)
    {
        await GoToAsync(name);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Moves to a field and types into it in place of what is there.</summary>
    public async Task TypeAsync(string field, string text)
    {
        await GoToAsync(field);
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync(text);
    }

    /// <summary>Moves to a group of choices, of which <paramref name="now"/> is chosen, and goes down by some.</summary>
    public async Task ChooseAsync(string now, int down)
    {
        await GoToAsync(now);
        for (var n = 0; n < down; n++)
        {
            await page.Keyboard.PressAsync("ArrowDown");
        }
    }
}
