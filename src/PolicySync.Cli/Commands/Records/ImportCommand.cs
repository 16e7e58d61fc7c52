using System.CommandLine;
using System.Globalization;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands.Records;

/// <summary><c>import</c>: stores what an export has.</summary>
internal static class ImportCommand
{
    /// <summary>Most records of a request: few enough for a progress that moves.</summary>
    private const int MaxRecords = 200;

    /// <summary>Most characters of the contents of a request, unless one record has more.</summary>
    private const int MaxCharacters = 1_000_000;

    /// <summary>Most records that are named.</summary>
    private const int MaxNamed = 20;

    public static Command Build(Runner runner)
    {
        var file = new Argument<string>("FILE") { Description = "File that `policysync export` wrote." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check the file, show what would be done, and store nothing." };
        var other = Options.Text("--from-instance", "NAME", "Take the records of this other instance as those of the service.");
        var command = new Command("import", "Store what an export has and the service lacks. May be run again.") { file, dryRun, other };
        return runner.With(command, async run =>
        {
            var path = run.Value(file);
            var (head, end) = ExportFile.Check(path);
            if (run.Value(other) is { } named && named != head.Instance)
            {
                throw new CliException($"{path} is an export of instance `{head.Instance}`, not of `{named}`", $"give `--from-instance {head.Instance}` if that is meant");
            }

            var results = new List<ImportedRecord>();
            var total = end.Counts.Values.Sum() - end.Counts.GetValueOrDefault(Printer.Name(RecordKind.Unnamed));
            await SendAsync(run, path, new ImportRequest
            {
                Instance = head.Instance, AllowOtherInstance = run.Value(other) is null ? null : true, DryRun = run.Value(dryRun) ? true : null,
            }, results, total);
            return Tell(run, results, run.Value(dryRun), end.Counts.GetValueOrDefault(Printer.Name(RecordKind.Unnamed)));
        });
    }

    private static async Task SendAsync(Run run, string path, ImportRequest request, List<ImportedRecord> results, int total)
    {
        using var client = run.Client();
        var progress = new ProgressLine(run.World);
        try
        {
            foreach (var batch in Batches(ExportFile.Records(path).Where(record => record.Kind != RecordKind.Unnamed)))
            {
                results.AddRange((await client.ImportAsync(request with { Records = batch }, run.Cancellation)).Results);
                progress.Show(string.Create(CultureInfo.InvariantCulture, $"{results.Count} of {total} records"));
            }
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            throw new CliException(
                string.Create(CultureInfo.InvariantCulture, $"interrupted after {results.Count} of {total} records"), "run the import again; it adds what is missing", ExitCode.Interrupted);
        }
        catch (PolicySyncException e) when (e.Faults.Any(fault => fault.Pointer == "/instance"))
        {
            throw new CliException(e.Detail ?? e.Message, $"give `--from-instance {request.Instance}` if the records are to be those of this service");
        }
        finally
        {
            progress.Clear();
        }
    }

    private static IEnumerable<IReadOnlyList<StoredRecord>> Batches(IEnumerable<StoredRecord> records)
    {
        var (batch, characters) = (new List<StoredRecord>(), 0);
        foreach (var record in records)
        {
            var size = record.Content.GetRawText().Length;
            if (batch.Count > 0 && (batch.Count == MaxRecords || characters + size > MaxCharacters))
            {
                yield return batch;
                (batch, characters) = ([], 0);
            }

            batch.Add(record);
            characters += size;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static int Tell(Run run, List<ImportedRecord> results, bool dryRun, int unnamed)
    {
        var counts = results.GroupBy(result => result.Outcome).OrderBy(group => group.Key).ToDictionary(group => Printer.Name(group.Key), group => group.Count());
        var notable = results.Where(result => result.Outcome is RestoreOutcome.SetAside or RestoreOutcome.Failed).ToList();
        run.Printer.Print(new { dryRun, counts, notable, unnamed }, printer =>
        {
            printer.Pairs(counts.Select(count => (count.Key, (string?)count.Value.ToString(CultureInfo.InvariantCulture))));
            if (notable.Count > 0)
            {
                printer.Line();
                printer.Rows(["OUTCOME", "SECURABLE…", "WHY…"], notable.Take(MaxNamed).Select(result =>
                    new[] { Printer.Name(result.Outcome), $"{result.Type} {result.FullName}".Trim(), result.Message ?? "" }));
            }
        });
        if (notable.Count > MaxNamed)
        {
            run.Printer.Note(string.Create(CultureInfo.InvariantCulture, $"these are {MaxNamed} of {notable.Count}; `-o json` shows all"));
        }

        if (dryRun)
        {
            run.Printer.Note("nothing was stored");
        }

        if (unnamed > 0)
        {
            run.Printer.Note(string.Create(CultureInfo.InvariantCulture, $"{unnamed} records of the export have no name and were left out"));
        }

        if (results.Any(result => result.Outcome == RestoreOutcome.Failed))
        {
            run.Printer.Note("run the import again; it adds what is missing");
            return ExitCode.Error;
        }

        return unnamed > 0 ? ExitCode.Error : ExitCode.Success;
    }
}
