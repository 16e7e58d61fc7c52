namespace PolicySync.Docs.Tests.Diagrams;

/// <summary>A test that renders with Mermaid in Chromium. Without them it is skipped, except in CI, which must have them.</summary>
internal sealed class NeedsMermaidAttribute : FactAttribute
{
    public NeedsMermaidAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && (Chromium is null || !Directory.Exists(Path.Combine(Modules, "mermaid"))))
        {
            Skip = "needs chromium and mermaid: deploy/dev.sh diagrams installs them";
        }
    }

    public static string Modules { get; } = Path.Combine(Repository.Root, ".run/diagrams/node_modules");

    public static string? Chromium { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "chromium"))
        .FirstOrDefault(File.Exists);
}
