using PolicySync.Ranger.Conformance;
using Xunit.Abstractions;

namespace PolicySync.Ranger.Tests;

public class ConformanceTests(ITestOutputHelper output)
{
    public static TheoryData<string> Files =>
        Directory.Exists(ConformanceSuite.DefaultFolder)
            ? [.. ConformanceSuite.Files(ConformanceSuite.DefaultFolder).Where(HasCases).Select(file => file.Name)]
            : ["without the data this is skipped"];

    public static TheoryData<string> Differential =>
        Directory.Exists(ConformanceSuite.DifferentialFolder)
            ? [.. ConformanceSuite.Files(ConformanceSuite.DifferentialFolder).Select(file => file.Name)]
            : ["without the data this is skipped"];

    /// <summary>Our own cases, in the form of Ranger's files: one for each kind in which the Java engine is exact in its own way.</summary>
    public static TheoryData<string> Own => [.. ConformanceSuite.Files(OwnFolder).Where(HasCases).Select(file => file.Name)];

    private static string OwnFolder => Path.Combine(AppContext.BaseDirectory, "Conformance", "Cases");

    private const string NoManifest = "no manifest";

    public static TheoryData<string, string, int> Listed
    {
        get
        {
            var listed = new TheoryData<string, string, int>();
            foreach (var (file, form, cases) in ConformanceSuite.Listed(ConformanceSuite.DefaultFolder))
            {
                listed.Add(file, form, cases);
            }

            if (listed.Count == 0)
            {
                listed.Add(NoManifest, "", 0);
            }

            return listed;
        }
    }

    [RangerDataTheory]
    [MemberData(nameof(Files))]
    public void Rangers_own_test_file_passes(string name)
    {
        var cases = ConformanceSuite.File(ConformanceSuite.DefaultFolder, name).Run().Cases;

        foreach (var skipped in cases.Where(c => c.Status == CaseStatus.Skipped))
        {
            output.WriteLine($"skipped: {skipped.Name}: {skipped.Detail}");
        }

        Assert.Empty(cases.Where(c => c.Status == CaseStatus.Failed).Select(c => $"{c.Name}: {c.Detail}"));
    }

    [RangerDataTheory(isDifferential: true)]
    [MemberData(nameof(Differential))]
    public void A_random_case_gets_the_answer_of_Rangers_engine(string name)
    {
        var cases = ConformanceSuite.File(ConformanceSuite.DifferentialFolder, name).Run().Cases;

        Assert.Empty(cases.Where(c => c.Status == CaseStatus.Failed).Select(c => $"{c.Name}: {c.Detail}"));
        Assert.True(name.StartsWith("differences/", StringComparison.Ordinal) || cases.All(c => c.Status == CaseStatus.Passed));
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void A_case_of_our_own_passes(string name) =>
        Assert.Empty(ConformanceSuite.File(OwnFolder, name).Run().Cases.Where(c => c.Status != CaseStatus.Passed).Select(c => $"{c.Name}: {c.Detail}"));

    [RangerDataTheory]
    [MemberData(nameof(Listed))]
    public void Every_case_that_the_manifest_counts_is_run_in_the_form_that_it_names(string name, string form, int count)
    {
        // A folder without a manifest promises no numbers.
        if (name == NoManifest)
        {
            return;
        }

        var result = ConformanceSuite.File(ConformanceSuite.DefaultFolder, name).Run();

        Assert.Equal((form, count), (result.Form, result.Cases.Count));
    }

    private static bool HasCases(ConformanceFile file) => file.Run().Cases.Count > 0;
}
