using System.Diagnostics;
using PolicySync.Docs.Tests.Support;

namespace PolicySync.Docs.Tests.Diagrams;

/// <summary>Diagrams of the documentation, rendered as a browser renders them. <c>deploy/dev.sh diagrams</c> does the same.</summary>
public sealed class MermaidDiagrams
{
    [NeedsMermaid]
    public async Task Every_diagram_renders()
    {
        var pages = RepositoryText.Pages.Where(page => page.Lines.Contains("```mermaid")).Select(page => page.Path).ToList();

        var (code, output) = await RenderAsync([.. pages]);

        Assert.True(code == 0, output);
        Assert.Contains("renders docs/architecture.md 1", output, StringComparison.Ordinal);
    }

    [NeedsMermaid]
    public async Task A_diagram_with_a_fault_is_named()
    {
        var page = Path.GetTempFileName();
        await File.WriteAllTextAsync(page, "```mermaid\nflowchart LR\n  a[ --> b\n```\n");

        var (code, output) = await RenderAsync(page);

        File.Delete(page);
        Assert.Equal(1, code);
        Assert.StartsWith($"fails {page} 1: ", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RenderAsync(params string[] pages)
    {
        var start = new ProcessStartInfo("node", ["deploy/diagrams/render.mjs", NeedsMermaidAttribute.Modules, NeedsMermaidAttribute.Chromium!, .. pages])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = Repository.Root,
        };
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        var output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return (node.ExitCode, output);
    }
}
