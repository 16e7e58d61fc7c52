using System.Globalization;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck;

/// <summary>The form of the report.</summary>
internal enum ReportForm
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,
}

/// <summary>What the command line asks for. Secrets are never among it.</summary>
internal sealed record CheckArguments
{
    /// <summary>The catalog in which the schema of the check is made; empty for a bare list of facts.</summary>
    public string Catalog { get; init; } = "";

    public ReportForm Form { get; init; } = ReportForm.Table;

    /// <summary>The facts to ask; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Prints the facts and asks nothing.</summary>
    public bool IsList { get; init; }

    /// <summary>Most principals that are granted something on the schema of the check.</summary>
    public int Principals { get; init; } = 200;

    /// <summary>Whether the rate of calls is probed too.</summary>
    public bool Rates { get; init; }

    /// <summary>File with the token of a principal that sees the catalog through BROWSE only.</summary>
    public string? ReaderTokenFile { get; init; }

    /// <summary>A foreign table that may be given a row filter for a moment.</summary>
    public Securable? ForeignTable { get; init; }

    /// <summary>How long reads may lag behind writes before an answer counts as another one.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    public const string Usage = """
        contract-check --catalog NAME [OPTION]...

          --catalog NAME           the catalog in which a schema is made, probed and removed; needs USE_CATALOG and CREATE_SCHEMA on it
          --output table|json      the form of the report (table)
          --only FACT[,FACT]...    asks these facts only
          --list                   prints the facts and what depends on each, and asks nothing
          --principals N           grants on that schema to at most N principals of the directory, 1 to 1000 (200)
          --rates                  also finds out at what rate the workspace refuses calls, with at most 1200 reads in 20 seconds
          --reader-token-file FILE the token of a principal that holds BROWSE on the catalog and nothing else there
          --foreign-table C.S.T    a foreign table that gets a row filter which hides no row, and loses it again
          --patience hh:mm:ss      how long reads may lag behind writes (00:00:20)

        The workspace and its credential are those of the service: PolicySync:Workspace:*, as PolicySync__Workspace__Host and so on.
        Exit code: 0 all that was asked holds, 1 something differs, 2 it could not run or not remove all that it made.
        """;

    /// <summary>Reads arguments; the fault, for people, when they are wrong.</summary>
    public static (CheckArguments? Arguments, string? Fault) Read(IReadOnlyList<string> words)
    {
        var read = new CheckArguments();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word is "--rates" or "--list")
            {
                read = word == "--list" ? read with { IsList = true } : read with { Rates = true };
                continue;
            }

            if (!word.StartsWith("--", StringComparison.Ordinal) || !Takers.TryGetValue(word, out var taker))
            {
                return (null, $"no such option: {word}");
            }

            if (++i == words.Count)
            {
                return (null, $"{word} takes a value");
            }

            var (next, fault) = taker(read, words[i]);
            if (next is null)
            {
                return (null, $"{word} {fault}");
            }

            read = next;
        }

        return read.IsList || read.Catalog.Length > 0 ? (read, null) : (null, "--catalog is required");
    }

    private static readonly Dictionary<string, Func<CheckArguments, string, (CheckArguments? Next, string Fault)>> Takers = new(StringComparer.Ordinal)
    {
        ["--catalog"] = (read, text) => SecurableName.Fault(text) is { } fault ? (null, fault)
            : SecurableName.IsReservedCatalog(text) ? (null, $"must not be `{text}`, which belongs to Databricks")
            : (read with { Catalog = text.ToLowerInvariant() }, ""),
        ["--output"] = (read, text) => text switch
        {
            "table" => (read with { Form = ReportForm.Table }, ""),
            "json" => (read with { Form = ReportForm.Json }, ""),
            _ => (null, "takes table or json"),
        },
        ["--only"] = (read, text) => text.Split(',') is var ids && Array.Find(ids, id => !Facts.Ids.Contains(id)) is { } unknown
            ? (null, $"names no fact with `{unknown}`; --list shows them")
            : (read with { Only = ids }, ""),
        ["--principals"] = (read, text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1000
            ? (read with { Principals = number }, "") : (null, "takes a number from 1 to 1000"),
        ["--reader-token-file"] = (read, text) => File.Exists(text) ? (read with { ReaderTokenFile = text }, "") : (null, "names no file"),
        ["--foreign-table"] = (read, text) => text.Split('.') is { Length: 3 } names && Array.TrueForAll(names, name => SecurableName.Fault(name) is null)
            ? (read with { ForeignTable = Securable.Parse(SecurableType.Table, text) }, "") : (null, "takes catalog.schema.table"),
        ["--patience"] = (read, text) => TimeSpan.TryParseExact(text, "hh\\:mm\\:ss", CultureInfo.InvariantCulture, out var patience)
            ? (read with { Patience = patience }, "") : (null, "takes hh:mm:ss"),
    };
}
