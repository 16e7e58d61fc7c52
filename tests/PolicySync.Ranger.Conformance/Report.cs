namespace PolicySync.Ranger.Conformance;

/// <summary>
/// Runs a folder and says what became of it: a line a file, the cases that did not pass, a line a form, and last the
/// counts of all, <c>N passed, N failed, N skipped</c>.
/// </summary>
internal static class Report
{
    /// <returns>0 when no case failed, 1 when one did, 2 when the folder has no cases.</returns>
    public static int Run(string folder, TextWriter output)
    {
        var forms = new SortedDictionary<string, Counts>(StringComparer.Ordinal);
        var total = Counts.None;
        foreach (var file in ConformanceSuite.Files(folder))
        {
            var (form, cases) = file.Run();
            var counts = Counts.Of(cases);
            output.WriteLine($"{file.Name}: {counts} ({form})");
            foreach (var notPassed in cases.Where(c => c.Status != CaseStatus.Passed))
            {
                output.WriteLine($"  {notPassed.Status.ToString().ToLowerInvariant()}: {notPassed.Name}: {notPassed.Detail}");
            }

            if (cases.Count > 0)
            {
                forms[form] = forms.GetValueOrDefault(form, Counts.None) + counts;
                total += counts;
            }
        }

        output.WriteLine("by form:");
        foreach (var (form, counts) in forms)
        {
            output.WriteLine($"  {form}: {counts}");
        }

        output.WriteLine(total);
        return total == Counts.None ? 2 : total.Failed > 0 ? 1 : 0;
    }
}
