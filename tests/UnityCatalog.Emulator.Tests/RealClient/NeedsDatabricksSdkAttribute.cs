namespace UnityCatalog.Emulator.Tests.RealClient;

/// <summary>
/// A test that needs Databricks' client for JavaScript, which <c>deploy/dev.sh test</c> installs; skipped where it is not.
/// In CI it runs, and fails there when the client is missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsDatabricksSdkAttribute : FactAttribute
{
    public NeedsDatabricksSdkAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && !File.Exists(Path.Combine(Folder, "package.json")))
        {
            Skip = "Databricks' client is not installed: run deploy/dev.sh test";
        }
    }

    /// <summary>Where it is installed.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, ".run", "databricks-sdk");
}
