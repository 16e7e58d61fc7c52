using PolicySync.Ranger.Conformance;

namespace PolicySync.Ranger.Tests;

/// <summary>A theory over Ranger's own test files. Without them it is skipped, except in CI, where it fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RangerDataTheoryAttribute : TheoryAttribute
{
    public RangerDataTheoryAttribute()
    {
        if (!Directory.Exists(ConformanceSuite.DefaultFolder)
            && !"true".Equals(Environment.GetEnvironmentVariable("CI"), StringComparison.OrdinalIgnoreCase))
        {
            Skip = $"Ranger's test files are not here: set {ConformanceSuite.FolderVariable} to a folder that holds "
                + "agents-common/src/test/resources of github.com/apache/ranger";
        }
    }
}
