using System.Security.Cryptography;
using System.Text;

namespace PolicySync.Core.Guards;

/// <summary>A function that is, or is to be, a row filter or mask of one table.</summary>
/// <param name="FullName">Unquoted, parts joined by dots, in lower case.</param>
/// <param name="Create">The statement that makes it.</param>
/// <param name="Columns">The columns that it is given; a mask's own is not among them.</param>
/// <param name="PolicyId">The policy whose item comes first.</param>
/// <param name="PolicyName">Its name.</param>
public sealed record GuardFunction(string FullName, string Create, IReadOnlyList<string> Columns, long? PolicyId, string? PolicyName)
{
    /// <summary>Its name in SQL.</summary>
    public string Quoted => GuardSql.Name(FullName.Split('.'));

    /// <summary>Whether it is what <paramref name="attached"/> shows, given the same columns.</summary>
    public bool Is(AttachedGuard? attached) =>
        attached?.Columns is { } columns
        && string.Equals(attached.Function, FullName, StringComparison.OrdinalIgnoreCase)
        && columns.SequenceEqual(Columns, StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// Names and writes functions. A function is named by its content and the table that it is for, so that two tables never
/// share one: what one table's run drops, no other run is about to use.
/// </summary>
internal sealed class GuardFunctionWriter(TableShape table, string guardSchema)
{
    private const int HashLength = 32;

    private static readonly string[] Kinds = ["filter_", "mask_", "swap_"];

    private readonly string _schema = $"{table.Facts.Securable.CatalogName}.{guardSchema.ToLowerInvariant()}";

    /// <summary>Whether a function is one of ours, by where it lies and how it is named.</summary>
    public bool IsOurs(string function) =>
        function.ToLowerInvariant() is var name
        && name.StartsWith(_schema + ".", StringComparison.Ordinal)
        && name[(_schema.Length + 1)..] is var last
        && Array.Find(Kinds, kind => last.StartsWith(kind, StringComparison.Ordinal)) is { } kind
        && last.Length == kind.Length + HashLength && last[kind.Length..].All(char.IsAsciiHexDigitLower);

    /// <summary>The statement that makes the schema of the functions.</summary>
    public string CreateSchema => $"CREATE SCHEMA IF NOT EXISTS {GuardSql.Name(_schema.Split('.'))} "
        + "COMMENT 'row filters and column masks, made by Orleans.PolicySync'";

    /// <summary>A row filter.</summary>
    public GuardFunction Filter(string body, IReadOnlyList<string> columns, long? policyId, string? policyName) =>
        Write("filter_", "row filter", null, body, columns, policyId, policyName);

    /// <summary>A mask.</summary>
    public GuardFunction Mask(TableColumn column, string body, IReadOnlyList<string> columns, long? policyId, string? policyName) =>
        Write("mask_", "mask", column, body, columns, policyId, policyName);

    /// <summary>
    /// What shows only what both of two guards show, for the time in which several guards of a table are replaced one after
    /// the other (docs/adr/0012).
    /// </summary>
    public GuardFunction Both(TableColumn? column, AttachedGuard old, GuardFunction next)
    {
        var columns = (old.Columns ?? []).Concat(next.Columns).Distinct(StringComparer.OrdinalIgnoreCase).Select(Find).OfType<TableColumn>()
            .Select(found => found.Name).ToList();
        var canCall = old.Columns is not null && old.Columns.All(name => Find(name)?.Type is not null);
        var (first, second) = (Call(GuardSql.Name(old.Function.Split('.')), column, old.Columns ?? []), Call(next.Quoted, column, next.Columns));
        var body = column is null
            ? canCall ? $"{first} AND {second}" : "FALSE"
            : canCall && column.Type!.Family != TypeFamily.Other
                ? $"CASE WHEN {first} <=> {second} THEN {second} ELSE {MaskMeaning.Null(column.Type)} END"
                : MaskMeaning.Null(column.Type!);
        return Write("swap_", column is null ? "passing row filter" : "passing mask", column, body, canCall ? columns : [], next.PolicyId, next.PolicyName);
    }

    private static string Call(string function, TableColumn? column, IReadOnlyList<string> columns) =>
        $"{function}({string.Join(", ", (column is null ? [] : (string[])[column.Name]).Concat(columns).Select(GuardSql.Name))})";

    private GuardFunction Write(
        string kind, string what, TableColumn? masked, string body, IReadOnlyList<string> columns, long? policyId, string? policyName)
    {
        var given = columns.Where(name => !string.Equals(name, masked?.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        var parameters = string.Join(", ", (masked is null ? [] : (TableColumn[])[masked]).Concat(given.Select(name => Find(name)!))
            .Select(column => $"{GuardSql.Name(column.Name)} {column.Type!.Text}"));
        var comment = GuardSql.Literal($"{what} of {table.Facts.Securable.FullName}{(masked is null ? "" : $", column {masked.Name}")}, made by Orleans.PolicySync");
        var rest = $"({parameters}) RETURNS {masked?.Type!.Text ?? "BOOLEAN"} COMMENT {comment} RETURN {body}";
        var name = $"{_schema}.{kind}{Hash($"{table.Facts.Securable.FullName}\n{table.Facts.Identity}\n{masked?.Name}\n{rest}")}";
        return new GuardFunction(name, $"CREATE OR REPLACE FUNCTION {GuardSql.Name(name.Split('.'))}{rest}", given, policyId, policyName);
    }

    private TableColumn? Find(string name) =>
        table.Columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
