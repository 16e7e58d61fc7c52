using PolicySync.Ranger.Conformance;

namespace PolicySync.Ranger.Tests;

/// <summary>
/// A theory over Ranger's own test files, or over random cases that its engine answered. Without them it is skipped, except in
/// CI, where it fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RangerDataTheoryAttribute : TheoryAttribute
{
    public RangerDataTheoryAttribute(bool isDifferential = false)
    {
        if (!Directory.Exists(isDifferential ? ConformanceSuite.DifferentialFolder : ConformanceSuite.DefaultFolder)
            && !"true".Equals(Environment.GetEnvironmentVariable("CI"), StringComparison.OrdinalIgnoreCase))
        {
            Skip = isDifferential
                ? $"The random cases that Ranger's engine answered are not here: set {ConformanceSuite.DifferentialVariable} to a folder that holds utc, acl and differences"
                : $"Ranger's test files are not here: set {ConformanceSuite.FolderVariable} to a folder that holds "
                + "agents-common/src/test/resources of github.com/apache/ranger";
        }
    }
}
