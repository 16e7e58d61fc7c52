namespace PolicySync.Host.Api;

/// <summary>JSON Pointers (RFC 6901) for problem documents.</summary>
internal static class JsonPointer
{
    /// <summary>The whole document.</summary>
    public const string Root = "";

    /// <summary>Longest name in a pointer, in characters. Callers choose names, and a name may fill a whole body.</summary>
    private const int MaxSegment = 64;

    /// <summary>Points to member <paramref name="name"/> of the object at <paramref name="parent"/>.</summary>
    public static string Member(string parent, string name)
    {
        var shown = name.Length <= MaxSegment ? name : name[..MaxSegment] + "…";
        return $"{parent}/{shown.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
    }

    /// <summary>Points to element <paramref name="index"/> of the array at <paramref name="parent"/>.</summary>
    public static string Element(string parent, int index) => $"{parent}/{index}";
}
