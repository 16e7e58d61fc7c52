using System.Globalization;

namespace PolicySync.ContractCheck.Events;

/// <summary>What the command line of <c>contract-check events</c> asks for. Secrets are never among it.</summary>
internal sealed record EventsArguments
{
    /// <summary>The consumer group in which the check reads; empty for a bare list of facts.</summary>
    public string Group { get; init; } = "";

    public ReportForm Form { get; init; } = ReportForm.Table;

    /// <summary>Prints the facts and asks nothing.</summary>
    public bool IsList { get; init; }

    /// <summary>How long an event may take to arrive.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    public const string Usage = """
        contract-check events --group NAME [OPTION]...

          --group NAME             a consumer group that nothing else reads with: its readers would lose their partitions
          --output table|json      the form of the report (table)
          --list                   prints the facts and what depends on each, and asks nothing
          --patience hh:mm:ss      how long an event may take to arrive (00:00:30)

        The hub and its credential are those of the service: PolicySync:Events:EventHub:*, as PolicySync__Events__EventHub__ConnectionStringFile
        and so on. The credential needs the rights Send and Listen.
        Exit code: 0 all that was asked holds, 1 something differs, 2 it could not run.
        """;

    /// <summary>Reads arguments; the fault, for people, when they are wrong.</summary>
    public static (EventsArguments? Arguments, string? Fault) Read(IReadOnlyList<string> words)
    {
        var read = new EventsArguments();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--list")
            {
                read = read with { IsList = true };
                continue;
            }

            if (word is not ("--group" or "--output" or "--patience"))
            {
                return (null, $"no such option: {word}");
            }

            if (++i == words.Count)
            {
                return (null, $"{word} takes a value");
            }

            (var next, var fault) = Take(read, word, words[i]);
            if (next is null)
            {
                return (null, $"{word} {fault}");
            }

            read = next;
        }

        return read.IsList || read.Group.Length > 0 ? (read, null) : (null, "--group is required");
    }

    private static (EventsArguments? Next, string Fault) Take(EventsArguments read, string word, string text) => (word, text) switch
    {
        ("--group", { Length: > 0 }) => (read with { Group = text }, ""),
        ("--output", "table") => (read with { Form = ReportForm.Table }, ""),
        ("--output", "json") => (read with { Form = ReportForm.Json }, ""),
        ("--patience", _) when TimeSpan.TryParseExact(text, "hh\\:mm\\:ss", CultureInfo.InvariantCulture, out var patience) => (read with { Patience = patience }, ""),
        _ => (null, word switch { "--output" => "takes table or json", "--patience" => "takes hh:mm:ss", _ => "takes a name" }),
    };
}
