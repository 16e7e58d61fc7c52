using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using PolicySync.Cli.Connections;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands.Records;

/// <summary><c>export</c>: writes what a lost storage account would lose.</summary>
internal static class ExportCommand
{
    public static Command Build(Runner runner)
    {
        var file = Options.Text("--out", "FILE", "File to write, which only you can read. Default: standard output.");
        var force = new Option<bool>("--force") { Description = "Replace the file when it exists." };
        var command = new Command("export", "Write what a lost storage account would lose: a backup for `policysync import`.") { file, force };
        return runner.With(command, async run =>
        {
            if (run.Value(file) is not { } path)
            {
                return Tell(run, await WriteAsync(run, run.World.Out), null);
            }

            if (File.Exists(path) && !run.Value(force))
            {
                throw new CliException($"{path} exists", "give another file, or `--force` to replace it");
            }

            // The file has its name only once it is whole.
            var next = path + ".new";
            try
            {
                SortedDictionary<string, int> counts;
                await using (var writer = PrivateFile.Create(next))
                {
                    counts = await WriteAsync(run, writer);
                }

                File.Move(next, path, run.Value(force));
                return Tell(run, counts, path);
            }
            finally
            {
                File.Delete(next);
            }
        });
    }

    private static async Task<SortedDictionary<string, int>> WriteAsync(Run run, TextWriter to)
    {
        using var client = run.Client();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (counts, progress) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new ProgressLine(run.World));
        var (time, hasHead) = (run.World.Time.GetUtcNow(), false);
        await foreach (var page in client.ExportAsync(cancellation: run.Cancellation))
        {
            if (!hasHead)
            {
                Write(to, hash, ExportFile.Line(new ExportHead { Form = ExportFile.Form, Instance = page.Instance, Version = page.Version, Time = time }));
                hasHead = true;
            }

            foreach (var record in page.Records)
            {
                if (record.Kind == RecordKind.Unknown)
                {
                    throw new CliException("the service has a kind of record that this program does not know", "use the policysync of the version of the service");
                }

                Write(to, hash, ExportFile.Line(record));
                counts[Printer.Name(record.Kind)] = counts.GetValueOrDefault(Printer.Name(record.Kind)) + 1;
            }

            progress.Show(string.Create(CultureInfo.InvariantCulture, $"{counts.Values.Sum()} records"));
        }

        progress.Clear();
        to.Write(ExportFile.Line(new ExportEnd { End = true, Counts = counts, Sha256 = ExportFile.TextOf(hash) }) + "\n");
        await to.FlushAsync(run.Cancellation);
        return counts;
    }

    private static void Write(TextWriter to, IncrementalHash hash, string line)
    {
        to.Write(line + "\n");
        ExportFile.Append(hash, line);
    }

    private static int Tell(Run run, SortedDictionary<string, int> counts, string? path)
    {
        if (path is not null)
        {
            run.Printer.Print(new { file = path, counts }, printer => printer.Pairs(
                [("File", path), .. counts.Select(count => (count.Key, (string?)count.Value.ToString(CultureInfo.InvariantCulture)))]));
        }

        if (counts.TryGetValue(Printer.Name(RecordKind.Unnamed), out var unnamed))
        {
            run.Printer.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{unnamed} states have a name that is stored as a hash only, and cannot be imported; the records of kind UNNAMED show how their names begin. Sync these securables and export again"));
            return ExitCode.Error;
        }

        return ExitCode.Success;
    }
}
