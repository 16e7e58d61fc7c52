namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>
/// A test that needs programs of the system, which <c>deploy/dev.sh test</c> installs. Skipped, with the reason, where it
/// cannot be; in CI it runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsToolAttribute : FactAttribute
{
    public NeedsToolAttribute(params string[] tools)
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && Array.Find(tools, tool => PathOf(tool) is null) is { } absent)
        {
            Skip = $"{absent} is not installed";
        }
    }

    /// <summary>Where the program lies; null when nowhere.</summary>
    public static string? PathOf(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
}
