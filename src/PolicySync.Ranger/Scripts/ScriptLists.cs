namespace PolicySync.Ranger.Scripts;

/// <summary>
/// Lists that scripts write into row filters: names and attributes of groups, roles, tags and the user, apart by commas
/// and in quotes if wanted. <c>ctx.ugNamesQ()</c>, <c>GET_UG_NAMES_Q()</c> and <c>UG_NAMES_Q_CSV</c> are one and the same.
/// </summary>
internal static class ScriptLists
{
    private const string NameAttribute = "_name";

    private static readonly List[] Lists =
    [
        new("tagNames", "TAG_NAMES", false, (scope, _) => scope.Facts.Tags.Select(t => t.Type)),
        new("tagAttrNames", "TAG_ATTR_NAMES", false, (scope, _) => scope.Facts.Tags.SelectMany(t => t.Attributes.Keys)),
        new("tagAttr", "TAG_ATTR", true, (scope, name) => ByName(scope.Facts.Tags, t => t.Type).Select(t => t.Attributes.GetValueOrDefault(name))),
        new("ugNames", "UG_NAMES", false, (scope, _) => scope.Subject.Groups),
        new("ugAttrNames", "UG_ATTR_NAMES", false, (scope, _) => scope.Facts.GroupAttributes.Values.SelectMany(g => g.Keys).Where(n => n != NameAttribute)),
        new("ugAttr", "UG_ATTR", true, (scope, name) => ByName(scope.Facts.GroupAttributes, g => g.Key).Select(g => g.Value.GetValueOrDefault(name))),
        new("urNames", "UR_NAMES", false, (scope, _) => scope.Subject.Roles),
        new("userAttrNames", "USER_ATTR_NAMES", false, (scope, _) => scope.Facts.UserAttributes.Keys.Where(n => n != NameAttribute)),
        new("userAttr", "USER_ATTR", true, (scope, name) => [scope.Facts.UserAttributes.GetValueOrDefault(name)]),
    ];

    /// <summary>The function of a name: <c>ctx.ugNames</c>, <c>GET_UG_NAMES</c>, <c>GET_UG_ATTR_CSV</c>.</summary>
    public static ScriptFunction? Find(string name, int arguments)
    {
        var isCall = name.StartsWith("ctx.", StringComparison.Ordinal);
        var core = isCall ? name["ctx.".Length..] : Without(Without(name, "GET_", atStart: true), "_CSV");
        var plain = isCall ? Without(Without(core, "Q"), "Csv") : Without(core, "_Q");
        var list = Array.Find(Lists, l => (isCall ? l.Name : l.Macro) == plain);
        var isQuoted = core.EndsWith('Q');
        return list is null || (list.HasAttribute && arguments == 0) || (!isCall && !name.StartsWith("GET_", StringComparison.Ordinal))
            ? null
            : (scope, a) => list.HasAttribute
                ? Join(list.Values(scope, a[0] ?? ""), a[1..], isQuoted)
                : Join(Sorted(list.Values(scope, "")), a, isQuoted);
    }

    /// <summary>The value of a word: <c>UG_NAMES_Q_CSV</c>.</summary>
    public static Func<ScriptScope, object?>? Macro(string name)
    {
        var core = Without(name, "_CSV");
        var list = core == name ? null : Array.Find(Lists, l => !l.HasAttribute && l.Macro == Without(core, "_Q"));
        return list is null ? null : scope => Join(Sorted(list.Values(scope, "")), [], core.EndsWith('Q'));
    }

    /// <summary>An attribute of the first group, by name, that has it.</summary>
    public static string? FirstOfGroups(ScriptScope scope, string attribute) =>
        ByName(scope.Facts.GroupAttributes, g => g.Key).Select(g => g.Value.GetValueOrDefault(attribute)).FirstOrDefault(v => v is not null);

    // Arguments: what to give for an empty list, separator, opening and closing quote.
    private static string Join(IEnumerable<string?> values, string?[] arguments, bool isQuoted)
    {
        var separator = arguments.Length > 1 ? arguments[1] : ",";
        var open = !isQuoted ? "" : arguments.Length > 2 ? arguments[2] : "'";
        var close = !isQuoted ? "" : arguments.ElementAtOrDefault(3) ?? open;
        var present = values.OfType<string>().ToList();
        if (present.Count == 0 && arguments.ElementAtOrDefault(0) is { } absent)
        {
            present.Add(absent);
        }

        return string.Join(separator, present.Select(value => $"{open}{value}{close}"));
    }

    private static IEnumerable<string?> Sorted(IEnumerable<string?> values) =>
        values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static IEnumerable<T> ByName<T>(IEnumerable<T> items, Func<T, string> name) => items.OrderBy(name, StringComparer.Ordinal);

    private static string Without(string text, string part, bool atStart = false) =>
        atStart
            ? text.StartsWith(part, StringComparison.Ordinal) ? text[part.Length..] : text
            : text.EndsWith(part, StringComparison.Ordinal) ? text[..^part.Length] : text;

    private sealed record List(string Name, string Macro, bool HasAttribute, Func<ScriptScope, string, IEnumerable<string?>> Values);
}
