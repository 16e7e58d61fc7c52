using System.Security.Cryptography;
using System.Text;

namespace PolicySync.Core.Guards;

/// <summary>A function that is, or will be, a row filter or mask of one table.</summary>
/// <param name="FullName">Unquoted, parts joined by dots, in lower case.</param>
/// <param name="Create">The statement that creates it.</param>
/// <param name="Columns">The columns passed to it, without a mask's own.</param>
/// <param name="PolicyId">The policy of the first item.</param>
/// <param name="PolicyName">Its name.</param>
public sealed record GuardFunction(string FullName, string Create, IReadOnlyList<string> Columns, long? PolicyId, string? PolicyName)
{
    /// <summary>What it was created from; null when unknown.</summary>
    public GuardContent? Content { get; init; }

    /// <summary>Its body, as it is sent.</summary>
    public required string Body { get; init; }

    /// <summary>What it returns, as it is sent.</summary>
    public required string Returns { get; init; }

    /// <summary>Its parameters, as they are sent.</summary>
    public required IReadOnlyList<(string Name, string Type)> Parameters { get; init; }

    /// <summary>Its name in SQL.</summary>
    public string Quoted => GuardSql.Name(FullName.Split('.'));

    /// <summary>Whether <paramref name="attached"/> is this function with the same columns.</summary>
    public bool Is(AttachedGuard? attached) =>
        attached?.Columns is { } columns
        && string.Equals(attached.Function, FullName, StringComparison.OrdinalIgnoreCase)
        && columns.SequenceEqual(Columns, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a function read from Unity Catalog has the same text, parameters and type.</summary>
    public bool Says(ToldFunction told) =>
        told.Definition is { } body && body.Trim() == Body
        && string.Equals(told.Returns, Returns, StringComparison.OrdinalIgnoreCase)
        && told.Parameters.SequenceEqual(Parameters, ParameterComparer.Instance);

    private sealed class ParameterComparer : IEqualityComparer<(string Name, string Type)>
    {
        public static ParameterComparer Instance { get; } = new();

        public bool Equals((string Name, string Type) one, (string Name, string Type) other) =>
            string.Equals(one.Name, other.Name, StringComparison.OrdinalIgnoreCase) && string.Equals(one.Type, other.Type, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((string Name, string Type) parameter) => StringComparer.OrdinalIgnoreCase.GetHashCode(parameter.Name);
    }
}

/// <summary>
/// Names and writes functions. The name of a function is a hash of its content and its table, so two tables never share one,
/// and a run never drops a function that another run is about to use.
/// </summary>
internal sealed class GuardFunctionWriter(TableShape table, string guardSchema)
{
    private const int HashLength = 32;

    private static readonly string[] Kinds = ["filter_", "mask_", "swap_"];

    private readonly string _schema = $"{table.Facts.Securable.CatalogName}.{guardSchema.ToLowerInvariant()}";

    /// <summary>Whether a function has the schema and the form of name of ours.</summary>
    public bool IsOurs(string function) =>
        function.ToLowerInvariant() is var name
        && name.StartsWith(_schema + ".", StringComparison.Ordinal)
        && name[(_schema.Length + 1)..] is var last
        && Array.Find(Kinds, kind => last.StartsWith(kind, StringComparison.Ordinal)) is { } kind
        && last.Length == kind.Length + HashLength && last[kind.Length..].All(char.IsAsciiHexDigitLower);

    /// <summary>The statement that creates the schema of the functions.</summary>
    public string CreateSchema => $"CREATE SCHEMA IF NOT EXISTS {GuardSql.Name(_schema.Split('.'))} "
        + "COMMENT 'row filters and column masks, made by Orleans.PolicySync'";

    /// <summary>A row filter.</summary>
    public GuardFunction Filter(string body, IReadOnlyList<string> columns, long? policyId, string? policyName, GuardContent content) =>
        Write("filter_", "row filter", null, body, columns, policyId, policyName, content);

    /// <summary>A mask.</summary>
    public GuardFunction Mask(
        TableColumn column, string body, IReadOnlyList<string> columns, long? policyId, string? policyName, GuardContent content) =>
        Write("mask_", "mask", column, body, columns, policyId, policyName, content);

    /// <summary>
    /// A guard that shows only what both of two guards show, for the time while several guards of a table are replaced one after
    /// the other (docs/adr/0012).
    /// </summary>
    /// <param name="column">The masked column; null for a row filter.</param>
    /// <param name="old">The guard in force.</param>
    /// <param name="next">The guard that replaces it.</param>
    /// <param name="content">What the old one was created from; null when unknown.</param>
    /// <param name="isOld">Whether the old one is as we created it; otherwise it is not called.</param>
    public GuardFunction Both(TableColumn? column, AttachedGuard old, GuardFunction next, GuardContent? content, bool isOld)
    {
        var columns = (old.Columns ?? []).Concat(next.Columns).Distinct(StringComparer.OrdinalIgnoreCase).Select(Find).OfType<TableColumn>()
            .Select(found => found.Name).ToList();
        var canCall = isOld && old.Columns is not null && old.Columns.All(name => Find(name)?.Type is not null);
        var (first, second) = (Call(GuardSql.Name(old.Function.Split('.')), column, old.Columns ?? []), Call(next.Quoted, column, next.Columns));
        var body = column is null
            ? canCall ? $"{first} AND {second}" : "FALSE"
            : canCall && column.Type!.Family != TypeFamily.Other
                ? $"CASE WHEN {first} <=> {second} THEN {second} ELSE {MaskMeaning.Null(column.Type)} END"
                : MaskMeaning.Null(column.Type!);
        return Write("swap_", column is null ? "passing row filter" : "passing mask", column, body, canCall ? columns : [], next.PolicyId, next.PolicyName,
            content is null || next.Content is null || content.Type != next.Content.Type ? null
                : new GuardContent(GuardLayer.Open, [.. content.Layers.Union(next.Content.Layers)], content.Type));
    }

    private static string Call(string function, TableColumn? column, IReadOnlyList<string> columns) =>
        $"{function}({string.Join(", ", (column is null ? [] : (string[])[column.Name]).Concat(columns).Select(GuardSql.Name))})";

    private GuardFunction Write(
        string kind, string what, TableColumn? masked, string body, IReadOnlyList<string> columns, long? policyId, string? policyName,
        GuardContent? content)
    {
        var given = columns.Where(name => !string.Equals(name, masked?.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        List<(string Name, string Type)> parameters =
            [.. (masked is null ? [] : (TableColumn[])[masked]).Concat(given.Select(name => Find(name)!)).Select(column => (column.Name, column.Type!.Text))];
        var returns = masked?.Type!.Text ?? "BOOLEAN";
        var rest = Rest(what, masked?.Name, parameters, returns, body);
        var name = NameOf(kind, masked?.Name, rest);
        return new GuardFunction(name, $"CREATE OR REPLACE FUNCTION {GuardSql.Name(name.Split('.'))}{rest}", given, policyId, policyName)
        {
            Content = content, Body = body, Returns = returns, Parameters = parameters,
        };
    }

    private string Rest(string what, string? masked, IEnumerable<(string Name, string Type)> parameters, string returns, string body)
    {
        var comment = GuardSql.Literal($"{what} of {table.Facts.Securable.FullName}{(masked is null ? "" : $", column {masked}")}, made by Orleans.PolicySync");
        return $"({string.Join(", ", parameters.Select(parameter => $"{GuardSql.Name(parameter.Name)} {parameter.Type}"))}) "
            + $"RETURNS {returns} COMMENT {comment} RETURN {body}";
    }

    private string NameOf(string kind, string? masked, string rest) =>
        $"{_schema}.{kind}{Hash($"{table.Facts.Securable.FullName}\n{table.Facts.Identity}\n{masked}\n{rest}")}";

    /// <summary>
    /// Whether the name of a function matches its content: then it was created by us for this table and not changed since. Works
    /// only where the database returns the text that it was given.
    /// </summary>
    public bool IsOfItsName(ToldFunction told, TableColumn? column)
    {
        var (kind, what) = column is null ? ("filter_", "row filter") : ("mask_", "mask");
        var returns = column is null ? "BOOLEAN" : column.Type?.Text;
        // The database returns types in its own case.
        var parameters = told.Parameters.Select(parameter => Find(parameter.Name)?.Type?.Text is { } type
            && string.Equals(type, parameter.Type, StringComparison.OrdinalIgnoreCase) ? (parameter.Name, type) : parameter);
        return told.Definition is { } body && returns is not null && string.Equals(told.Returns, returns, StringComparison.OrdinalIgnoreCase)
            && string.Equals(told.FullName, NameOf(kind, column?.Name, Rest(what, column?.Name, parameters, returns, body)), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A column by name; null when the table has no such column.</summary>
    public TableColumn? Find(string name) =>
        table.Columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
