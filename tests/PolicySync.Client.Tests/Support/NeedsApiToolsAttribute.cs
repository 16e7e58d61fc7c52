namespace PolicySync.Client.Tests.Support;

/// <summary>
/// A test that needs the tools of <c>deploy/api-tools</c>, which <c>deploy/dev.sh test</c> installs; skipped where they are not.
/// In CI it runs, and fails there when they are missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsApiToolsAttribute : FactAttribute
{
    public NeedsApiToolsAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && !Directory.Exists(ApiTools.Modules))
        {
            Skip = "the tools of deploy/api-tools are not installed: run deploy/dev.sh test";
        }
    }
}
