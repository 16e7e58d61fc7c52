namespace PolicySync.Host.Api;

/// <summary>JSON Pointers (RFC 6901) for problem documents.</summary>
internal static class JsonPointer
{
    /// <summary>The whole document.</summary>
    public const string Root = "";

    /// <summary>Names come from callers and may fill a whole body; so much of one is enough to find it.</summary>
    private const int MaxSegment = 64;

    /// <summary>The pointer to member <paramref name="name"/> of what <paramref name="parent"/> points to.</summary>
    public static string Member(string parent, string name)
    {
        var shown = name.Length <= MaxSegment ? name : name[..MaxSegment] + "…";
        return $"{parent}/{shown.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
    }

    /// <summary>The pointer to element <paramref name="index"/> of what <paramref name="parent"/> points to.</summary>
    public static string Element(string parent, int index) => $"{parent}/{index}";
}
