using System.Text.RegularExpressions;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Principals;

/// <summary>Filters of reference §1.5: <c>attribute op "value"</c> with eq, ne, co, sw, joined by and/or (and binds closer).</summary>
internal static partial class ScimFilter
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    public static List<Principal> Apply(string? filter, PrincipalKind[] kinds, PrincipalDirectory directory)
    {
        var all = directory.Listed(kinds[0]);
        if (string.IsNullOrWhiteSpace(filter))
        {
            return all;
        }

        var alternatives = Or().Split(filter).Select(part => And().Split(part).Select(Parse).ToList()).ToList();
        if (alternatives is [[{ Operator: "eq" } only]] && only.IsKeyOf(kinds))
        {
            // The customary look-up of one principal needs no scan.
            return [.. kinds.Select(kind => directory.Find(kind, only.Value)).OfType<Principal>().Where(PrincipalDirectory.IsListed)];
        }

        return all.FindAll(principal => alternatives.Exists(clauses => clauses.TrueForAll(clause => clause.Holds(principal))));
    }

    private static Clause Parse(string text)
    {
        var match = ClausePattern().Match(text);
        if (!match.Success)
        {
            throw Errors.InvalidParameter($"The filter is not supported: {text}");
        }

        var clause = new Clause(match.Groups["attribute"].Value, match.Groups["operator"].Value.ToLowerInvariant(), match.Groups["value"].Value);
        return clause.IsKnown ? clause : throw Errors.InvalidParameter($"The attribute is not supported in filters: {text}");
    }

    [GeneratedRegex("^\\s*(?<attribute>[A-Za-z.]+)\\s+(?<operator>eq|ne|co|sw)\\s+\"?(?<value>[^\"]*)\"?\\s*$", Options, 1000)]
    private static partial Regex ClausePattern();

    [GeneratedRegex("\\s+and\\s+(?=[A-Za-z.]+\\s+(?:eq|ne|co|sw)\\s)", Options, 1000)]
    private static partial Regex And();

    [GeneratedRegex("\\s+or\\s+(?=[A-Za-z.]+\\s+(?:eq|ne|co|sw)\\s)", Options, 1000)]
    private static partial Regex Or();

    private sealed record Clause(string Attribute, string Operator, string Value)
    {
        /// <summary>Whether the directory finds principals of these kinds by this attribute: users' display names are not a key.</summary>
        public bool IsKeyOf(PrincipalKind[] kinds) => kinds[0] switch
        {
            PrincipalKind.User => Attribute.Equals("userName", StringComparison.OrdinalIgnoreCase),
            PrincipalKind.ServicePrincipal => Attribute.Equals("applicationId", StringComparison.OrdinalIgnoreCase),
            _ => Attribute.Equals("displayName", StringComparison.OrdinalIgnoreCase),
        };

        private bool IsName => Attribute.ToUpperInvariant() is "USERNAME" or "APPLICATIONID" or "DISPLAYNAME";

        public bool IsKnown => IsName || Attribute.ToUpperInvariant() is "ID" or "EXTERNALID";

        public bool Holds(Principal principal)
        {
            var actual = Attribute.ToUpperInvariant() switch
            {
                "USERNAME" => principal.Kind == PrincipalKind.User ? principal.Name : "",
                "APPLICATIONID" => principal.Kind == PrincipalKind.ServicePrincipal ? principal.Name : "",
                "DISPLAYNAME" => principal.DisplayName,
                "EXTERNALID" => principal.ExternalId ?? "",
                _ => principal.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };

            // Group names are case-sensitive, e-mails and application ids are not (reference §0.12).
            var comparison = principal.IsGroup ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            return Operator switch
            {
                "eq" => actual.Equals(Value, comparison),
                "ne" => !actual.Equals(Value, comparison),
                "co" => actual.Contains(Value, comparison),
                _ => actual.StartsWith(Value, comparison),
            };
        }
    }
}
