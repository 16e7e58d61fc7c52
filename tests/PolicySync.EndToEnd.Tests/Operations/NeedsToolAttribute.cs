namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>
/// A test that needs a program of the system, which <c>deploy/dev.sh test</c> installs. Skipped, with the reason, where it
/// cannot be; in CI it runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsToolAttribute : FactAttribute
{
    public NeedsToolAttribute(string tool)
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && PathOf(tool) is null)
        {
            Skip = $"{tool} is not installed";
        }
    }

    /// <summary>Where the program lies; null when nowhere.</summary>
    public static string? PathOf(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
}
