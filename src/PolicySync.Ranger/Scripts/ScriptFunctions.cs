namespace PolicySync.Ranger.Scripts;

/// <summary>What a script may call, by the names that RangerRequestScriptEvaluator gives it.</summary>
/// <param name="scope">What the script sees.</param>
/// <param name="arguments">The arguments, each text or null.</param>
internal delegate object? ScriptFunction(ScriptScope scope, string?[] arguments);

/// <summary>The functions and values of scripts.</summary>
internal static class ScriptFunctions
{
    private const string NameAttribute = "_name";
    private const string TypeAttribute = "_type";

    private static readonly Dictionary<(string Name, int Arguments), ScriptFunction> Functions = new()
    {
        [("ctx.isAccessedAfter", 1)] = (scope, a) => IsAfter(scope, scope.TagAttribute(null, a[0])),
        [("ctx.isAccessedAfter", 2)] = (scope, a) => IsAfter(scope, scope.TagAttribute(a[0], a[1])),
        [("ctx.isAccessedBefore", 1)] = (scope, a) => IsBefore(scope, scope.TagAttribute(null, a[0])),
        [("ctx.isAccessedBefore", 2)] = (scope, a) => IsBefore(scope, scope.TagAttribute(a[0], a[1])),
        [("ctx.getRequestContextAttribute", 1)] = (scope, a) => scope.Facts.Context.GetValueOrDefault(a[0] ?? ""),
        [("ctx.getAttributeValue", 1)] = (scope, a) => scope.TagAttribute(null, a[0]),
        [("ctx.getAttributeValue", 2)] = (scope, a) => scope.TagAttribute(a[0], a[1]),
        [("ctx.getUser", 0)] = (scope, _) => scope.Subject.User,
        [("ctx.hasTag", 1)] = (scope, a) => scope.Facts.Tags.Any(t => t.Type == a[0]),
        [("ctx.hasAnyTag", 0)] = (scope, _) => scope.Facts.Tags.Count > 0,
        [("ctx.hasTagAttr", 1)] = (scope, a) => scope.Facts.Tags.Any(t => t.Attributes.ContainsKey(a[0] ?? "")),
        [("ctx.hasUserAttr", 1)] = (scope, a) => scope.Facts.UserAttributes.ContainsKey(a[0] ?? ""),
        [("ctx.hasUgAttr", 1)] = (scope, a) => scope.Facts.GroupAttributes.Values.Any(g => g.ContainsKey(a[0] ?? "")),
        [("ctx.isInGroup", 1)] = (scope, a) => scope.Subject.Groups.Contains(a[0] ?? ""),
        [("ctx.isInRole", 1)] = (scope, a) => scope.Subject.Roles.Contains(a[0] ?? ""),
        [("ctx.isInAnyGroup", 0)] = (scope, _) => scope.Subject.Groups.Count > 0,
        [("ctx.isInAnyRole", 0)] = (scope, _) => scope.Subject.Roles.Count > 0,
        [("tagAttr.get", 1)] = (scope, a) => scope.TagAttribute(null, a[0]),
    };

    // Ranger replaces these words before it runs a script.
    private static readonly Dictionary<string, string> Macros = new()
    {
        ["HAS_TAG"] = "ctx.hasTag",
        ["HAS_TAG_ATTR"] = "ctx.hasTagAttr",
        ["HAS_USER_ATTR"] = "ctx.hasUserAttr",
        ["HAS_UG_ATTR"] = "ctx.hasUgAttr",
        ["IS_IN_GROUP"] = "ctx.isInGroup",
        ["IS_IN_ROLE"] = "ctx.isInRole",
    };

    private static readonly Dictionary<string, Func<ScriptScope, object?>> MacroValues = new()
    {
        ["HAS_ANY_TAG"] = scope => scope.Facts.Tags.Count > 0,
        ["HAS_NO_TAG"] = scope => scope.Facts.Tags.Count == 0,
        ["IS_IN_ANY_GROUP"] = scope => scope.Subject.Groups.Count > 0,
        ["IS_NOT_IN_ANY_GROUP"] = scope => scope.Subject.Groups.Count == 0,
        ["IS_IN_ANY_ROLE"] = scope => scope.Subject.Roles.Count > 0,
        ["IS_NOT_IN_ANY_ROLE"] = scope => scope.Subject.Roles.Count == 0,
    };

    /// <summary>The function of a name and number of arguments; null when it does not exist.</summary>
    public static ScriptFunction? Find(string name, int arguments) =>
        Functions.GetValueOrDefault((Macros.GetValueOrDefault(name, name), arguments)) ?? ScriptLists.Find(name, arguments);

    /// <summary>The value of a dotted name; null when the name is unknown.</summary>
    public static Func<ScriptScope, object?>? Property(string name) => name.Split('.') switch
    {
        ["TAG", TypeAttribute] => scope => scope.Tag?.Type,
        ["TAG", var attribute] => scope => scope.TagAttribute(null, attribute),
        ["TAGS", var type, var attribute] => scope => scope.TagAttribute(type, attribute),
        ["UG", var group, var attribute] => scope => scope.Facts.GroupAttributes.GetValueOrDefault(group)?.GetValueOrDefault(attribute),
        ["UGA", "sVal", var attribute] => scope => ScriptLists.FirstOfGroups(scope, attribute),
        ["USER", var attribute] => scope => scope.Facts.UserAttributes.GetValueOrDefault(attribute),
        ["REQ", "user"] => scope => scope.Facts.UserAttributes.GetValueOrDefault(NameAttribute),
        _ => MacroValues.GetValueOrDefault(name) ?? ScriptLists.Macro(name),
    };

    // A date that is absent or cannot be read lies in the past, for both questions.
    private static object? IsAfter(ScriptScope scope, string? date) => scope.Facts.Dates.IsAfter(date, scope.Facts.AccessTime) ?? true;

    private static object? IsBefore(ScriptScope scope, string? date) => scope.Facts.Dates.IsBefore(date, scope.Facts.AccessTime) ?? false;
}
