using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.ContractCheck.Reports;

/// <summary>Writes the result of a run.</summary>
internal static class Report
{
    private const int WidestAssumption = 60;

    // Readable text instead of escapes: the report is for terminals and files, never a web page.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(ReportForm form, CheckOutcome outcome, TextWriter output) =>
        form == ReportForm.Json ? output.WriteLineAsync(Json(outcome)) : TableAsync(outcome, output);

    /// <summary>The facts, with what depends on them.</summary>
    public static async Task ListAsync(IEnumerable<Fact> facts, TextWriter output)
    {
        foreach (var fact in facts)
        {
            await output.WriteLineAsync($"{fact.Id}\n  asked:   {fact.Question}\n  assumed: {fact.Assumed}\n  matters: {fact.Matters}");
        }
    }

    /// <summary>A verdict's word; a promise.</summary>
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Holds => "holds",
        Verdict.Differs => "differs",
        _ => "not asked",
    };

    public static string Counts(CheckOutcome outcome) =>
        $"{Count(outcome, Verdict.Holds)} hold, {Count(outcome, Verdict.Differs)} differ, {Count(outcome, Verdict.NotAsked)} could not be asked";

    private static int Count(CheckOutcome outcome, Verdict verdict) => outcome.Findings.Count(finding => finding.Answer.Verdict == verdict);

    private static async Task TableAsync(CheckOutcome outcome, TextWriter output)
    {
        string[][] rows =
        [
            ["VERDICT", "FACT", "ASSUMED", "SEEN"],
            .. outcome.Findings.Select(finding => (string[])[Word(finding.Answer.Verdict), finding.Fact.Id, Cut(finding.Fact.Assumed), finding.Answer.Seen]),
        ];
        var widths = Enumerable.Range(0, 3).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            await output.WriteLineAsync(string.Join("  ", row.Select((text, column) => column < widths.Length ? text.PadRight(widths[column]) : text)).TrimEnd());
        }

        await output.WriteLineAsync();
        foreach (var (fact, answer) in outcome.Findings.Where(finding => finding.Answer.Verdict == Verdict.Differs))
        {
            await output.WriteLineAsync($"{fact.Id} differs: {fact.Question}\n  assumed: {fact.Assumed}\n  seen:    {answer.Seen}\n  what depends on it: {fact.Matters}");
        }

        foreach (var left in outcome.Left)
        {
            await output.WriteLineAsync($"not removed: {left}");
        }

        await output.WriteLineAsync(Counts(outcome) + (outcome.IsInterrupted ? "; interrupted" : ""));
    }

    private static string Cut(string text) => text.Length <= WidestAssumption ? text : text[..(WidestAssumption - 1)] + "…";

    private static string Json(CheckOutcome outcome) => new JsonObject
    {
        ["facts"] = new JsonArray([.. outcome.Findings.Select(finding => new JsonObject
        {
            ["fact"] = finding.Fact.Id,
            ["question"] = finding.Fact.Question,
            ["assumed"] = finding.Fact.Assumed,
            ["verdict"] = Word(finding.Answer.Verdict),
            ["seen"] = finding.Answer.Seen,
            ["matters"] = finding.Fact.Matters,
        })]),
        ["notRemoved"] = new JsonArray([.. outcome.Left.Select(left => (JsonNode)left)]),
        ["interrupted"] = outcome.IsInterrupted,
        ["hold"] = Count(outcome, Verdict.Holds),
        ["differ"] = Count(outcome, Verdict.Differs),
        ["notAsked"] = Count(outcome, Verdict.NotAsked),
    }.ToJsonString(Readable);
}
