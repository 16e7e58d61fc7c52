using PolicySync.Ranger.Conformance;

var folder = args.Length > 0 ? args[0] : ConformanceSuite.DefaultFolder;
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine($"no folder `{folder}`: name one, or set {ConformanceSuite.FolderVariable}");
    return 2;
}

var totals = new Dictionary<CaseStatus, int>();
foreach (var file in ConformanceSuite.Files(folder))
{
    var cases = file.Run();
    var counts = cases.CountBy(c => c.Status).ToDictionary();
    Console.WriteLine($"{file.Name}: {Line(counts)}");
    foreach (var notPassed in cases.Where(c => c.Status != CaseStatus.Passed))
    {
        Console.WriteLine($"  {notPassed.Status.ToString().ToLowerInvariant()}: {notPassed.Name}: {notPassed.Detail}");
    }

    foreach (var (status, count) in counts)
    {
        totals[status] = totals.GetValueOrDefault(status) + count;
    }
}

Console.WriteLine(Line(totals));
return totals.ContainsKey(CaseStatus.Failed) ? 1 : 0;

static string Line(Dictionary<CaseStatus, int> counts) =>
    $"{counts.GetValueOrDefault(CaseStatus.Passed)} passed, "
    + $"{counts.GetValueOrDefault(CaseStatus.Failed)} failed, "
    + $"{counts.GetValueOrDefault(CaseStatus.Skipped)} skipped";
