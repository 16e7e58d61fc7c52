using PolicySync.Ranger.Conformance;
using Xunit.Abstractions;

namespace PolicySync.Ranger.Tests;

public class ConformanceTests(ITestOutputHelper output)
{
    public static TheoryData<string> Files =>
        [.. ConformanceSuite.Files(ConformanceSuite.DefaultFolder).Select(file => file.Name)];

    [RangerDataTheory]
    [MemberData(nameof(Files))]
    public void Rangers_own_test_file_passes(string name)
    {
        var cases = ConformanceSuite.File(ConformanceSuite.DefaultFolder, name).Run();

        foreach (var skipped in cases.Where(c => c.Status == CaseStatus.Skipped))
        {
            output.WriteLine($"skipped: {skipped.Name}: {skipped.Detail}");
        }

        Assert.Empty(cases.Where(c => c.Status == CaseStatus.Failed).Select(c => $"{c.Name}: {c.Detail}"));
    }
}
