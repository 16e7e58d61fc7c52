namespace PolicySync.Core.Options;

/// <summary>Which tags tag policies are held against. Section <c>PolicySync:Tags</c>.</summary>
public sealed class TagsOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Tags";

    /// <summary>
    /// Whose tags count. Default: <c>Ranger</c>. The others read the tags of each securable, its columns and its parents
    /// in each run, where there are tag policies; a securable whose tags cannot be read fails.
    /// </summary>
    public TagSourceKind Source { get; set; } = TagSourceKind.Ranger;
}

/// <summary>Kinds of tag source.</summary>
public enum TagSourceKind
{
    /// <summary>Ranger's tag download.</summary>
    Ranger,

    /// <summary>Unity Catalog's own tags; those of Ranger's tag download are left aside.</summary>
    UnityCatalog,

    /// <summary>Both together.</summary>
    Both,
}
