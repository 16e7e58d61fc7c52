namespace PolicySync.EndToEnd.Tests.Guards;

/// <summary>
/// A change of policies for tables of one kind, and what two people read before and after it: rows as
/// <c>id|region|ssn</c>, or null where they may not read.
/// </summary>
/// <param name="Name">Begins the names of the tables' catalogs; letters only.</param>
/// <param name="Before">The policies before, for tables of a pattern.</param>
/// <param name="After">The policies after.</param>
/// <param name="Ann">What ann reads before and after.</param>
/// <param name="Ben">What ben reads before and after.</param>
internal sealed record GuardChange(
    string Name, Action<PolicyFolder, string> Before, Action<PolicyFolder, string> After,
    (string? Before, string? After) Ann, (string? Before, string? After) Ben)
{
    public const string AnnName = "ann@example.com";
    public const string BenName = "ben@example.com";

    private const string Everything = "1|EU|Aa-11 2|US|Bb-22";

    public static IReadOnlyList<GuardChange> All { get; } =
    [
        new("first",
            (_, _) => { },
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}")
                .Filter("rows", table, ("region = 'EU'", AnnName)).Mask("ssn", table + ".ssn", ("MASK_NULL", AnnName)),
            Ann: (null, "1|EU|NULL"), Ben: (null, Everything)),

        // Filter and mask change together: no moment may show the rows of the one with the values of the other.
        new("changed",
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}")
                .Filter("rows", table, ("region = 'EU'", AnnName)).Mask("ssn", table + ".ssn", ("MASK_NULL", AnnName)),
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}")
                .Filter("rows", table, ("region = 'US'", AnnName)).Mask("ssn", table + ".ssn", ("MASK", AnnName)),
            Ann: ("1|EU|NULL", "2|US|Xx-nn"), Ben: (Everything, Everything)),

        new("filtered",
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}"),
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}").Filter("rows", table, ("region = 'EU'", AnnName)),
            Ann: (Everything, "1|EU|Aa-11"), Ben: (Everything, Everything)),

        new("unmasked",
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}").Mask("ssn", table + ".ssn", ("MASK_NULL", AnnName)),
            (policies, table) => policies.Allow("read", table, "select", BenName),
            Ann: ("1|EU|NULL 2|US|NULL", null), Ben: (Everything, Everything)),

        // A column that is denied is one that is masked.
        new("denied",
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}").Mask("ssn", table + ".ssn", ("MASK", BenName)),
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}")
                .Add("deny", table + ".ssn", [], ("select", AnnName)).Filter("rows", table, ("region = 'EU'", BenName)),
            Ann: (Everything, "1|EU|NULL 2|US|NULL"), Ben: ("1|EU|Xx-nn 2|US|Xx-nn", "1|EU|Aa-11")),

        // Ann loses the table together with her mask; ben loses the value and gains a row.
        new("shifted",
            (policies, table) => policies.Allow("read", table, "select", $"{AnnName} {BenName}")
                .Filter("rows", table, ("region = 'EU'", BenName)).Mask("ssn", table + ".ssn", ("MASK_NULL", AnnName)),
            (policies, table) => policies.Allow("read", table, "select", $"{BenName} cat@example.com").Mask("ssn", table + ".ssn", ("MASK", BenName)),
            Ann: ("1|EU|NULL 2|US|NULL", null), Ben: ("1|EU|Aa-11", "1|EU|Xx-nn 2|US|Xx-nn")),
    ];

    /// <summary>The values that somebody may see in the course of the change, as <c>id column value</c>.</summary>
    public IReadOnlySet<string> Shown(string principal, bool before)
    {
        var (old, next) = principal == AnnName ? Ann : Ben;
        return CellsOf(Parse(before ? old : next));
    }

    public static HashSet<string> CellsOf(IReadOnlyList<string?[]>? rows) =>
        (rows ?? []).SelectMany(row => row.Skip(1).Zip((string[])["region", "ssn"]).Where(cell => cell.First is not null)
            .Select(cell => $"{row[0]} {cell.Second} {cell.First}").Append($"{row[0]}")).ToHashSet(StringComparer.Ordinal);

    public static string? Show(IReadOnlyList<string?[]>? rows) =>
        rows is null ? null : string.Join(' ', rows.Select(row => string.Join('|', row.Select(value => value ?? "NULL"))));

    private static IReadOnlyList<string?[]>? Parse(string? rows) =>
        rows?.Split(' ').Select(row => row.Split('|').Select(value => value == "NULL" ? null : value).ToArray()).ToList();
}
