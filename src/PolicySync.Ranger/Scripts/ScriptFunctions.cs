using System.Globalization;

namespace PolicySync.Ranger;

/// <summary>The functions that scripts may call, by the names that RangerRequestScriptEvaluator gives them.</summary>
internal static class ScriptFunctions
{
    private static readonly string[] DateForms =
        ["yyyy-MM-dd'T'HH:mm:ss.fff'Z'", "yyyy/MM/dd'T'HH:mm:ss.fff'Z'", "yyyy/MM/dd"];

    private static readonly Dictionary<(string Name, int Arguments), Func<ScriptScope, string[], object?>> Functions = new()
    {
        [("ctx.isAccessedAfter", 1)] = (scope, a) => IsAfter(scope, scope.TagAttribute(null, a[0])),
        [("ctx.isAccessedAfter", 2)] = (scope, a) => IsAfter(scope, scope.TagAttribute(a[0], a[1])),
        [("ctx.isAccessedBefore", 1)] = (scope, a) => IsBefore(scope, scope.TagAttribute(null, a[0])),
        [("ctx.isAccessedBefore", 2)] = (scope, a) => IsBefore(scope, scope.TagAttribute(a[0], a[1])),
        [("ctx.getRequestContextAttribute", 1)] = (scope, a) => scope.Facts.Context.GetValueOrDefault(a[0]),
        [("ctx.getAttributeValue", 1)] = (scope, a) => scope.TagAttribute(null, a[0]),
        [("ctx.getAttributeValue", 2)] = (scope, a) => scope.TagAttribute(a[0], a[1]),
        [("ctx.getUser", 0)] = (scope, _) => scope.Subject.User,
        [("ctx.hasTag", 1)] = HasTag,
        [("ctx.isInGroup", 1)] = IsInGroup,
        [("ctx.isInRole", 1)] = IsInRole,
        [("tagAttr.get", 1)] = (scope, a) => scope.TagAttribute(null, a[0]),
        [("HAS_TAG", 1)] = HasTag,
        [("HAS_ANY_TAG", 0)] = (scope, _) => scope.Facts.Tags.Count > 0,
        [("HAS_NO_TAG", 0)] = (scope, _) => scope.Facts.Tags.Count == 0,
        [("HAS_USER_ATTR", 1)] = (scope, a) => scope.Facts.UserAttributes.ContainsKey(a[0]),
        [("HAS_TAG_ATTR", 1)] = (scope, a) => scope.Facts.Tags.Any(t => t.Attributes.ContainsKey(a[0])),
        [("IS_IN_GROUP", 1)] = IsInGroup,
        [("IS_IN_ANY_GROUP", 0)] = (scope, _) => scope.Subject.Groups.Count > 0,
        [("IS_NOT_IN_ANY_GROUP", 0)] = (scope, _) => scope.Subject.Groups.Count == 0,
        [("IS_IN_ROLE", 1)] = IsInRole,
        [("IS_IN_ANY_ROLE", 0)] = (scope, _) => scope.Subject.Roles.Count > 0,
        [("IS_NOT_IN_ANY_ROLE", 0)] = (scope, _) => scope.Subject.Roles.Count == 0,
    };

    /// <summary>The function of a name and number of arguments, null when there is none.</summary>
    public static Func<ScriptScope, string[], object?>? Find(string name, int arguments) =>
        Functions.GetValueOrDefault((name, arguments));

    /// <summary>The value of a dotted name, null when it is none that this engine knows.</summary>
    public static Func<ScriptScope, object?>? Property(string name) => name.Split('.') switch
    {
        ["TAG", var attribute] when attribute.Length > 0 => scope => attribute == "_type" ? scope.Tag?.Type : scope.TagAttribute(null, attribute),
        ["USER", var attribute] when attribute.Length > 0 => scope => scope.Facts.UserAttributes.GetValueOrDefault(attribute),
        ["ctx", "user"] => scope => scope.Subject.User,
        _ => null,
    };

    private static object? HasTag(ScriptScope scope, string[] a) => scope.Facts.Tags.Any(t => t.Type == a[0]);

    private static object? IsInGroup(ScriptScope scope, string[] a) => scope.Subject.Groups.Contains(a[0]);

    private static object? IsInRole(ScriptScope scope, string[] a) => scope.Subject.Roles.Contains(a[0]);

    // A date that is absent or cannot be read lies in the past, for both questions.
    private static object? IsAfter(ScriptScope scope, string? date) => Date(date) is not { } time || scope.Facts.AccessTime >= time;

    private static object? IsBefore(ScriptScope scope, string? date) => Date(date) is { } time && scope.Facts.AccessTime <= time;

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParseExact(text, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
