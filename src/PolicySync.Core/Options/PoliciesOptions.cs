using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>Where policies come from and how fresh they must be. Section <c>PolicySync:Policies</c>.</summary>
public sealed class PoliciesOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Policies";

    /// <summary>The kind of source. Default: <c>Folder</c>.</summary>
    public PolicySourceKind Source { get; set; } = PolicySourceKind.Folder;

    /// <summary>
    /// Folder with <c>policies.json</c> and, where present, <c>roles.json</c>, <c>userstore.json</c> and <c>tags.json</c>,
    /// in the form of Ranger's downloads. Required for source <c>Folder</c>. Replace files by rename.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>
    /// How long a task waits for a source that does not answer. Default: 5 minutes; then it fails with
    /// <c>POLICIES_UNAVAILABLE</c>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Serve tasks from the last policies when the source does not answer. Default: false. When true, a policy change
    /// can be missed; such tasks say so.
    /// </summary>
    public bool AllowStale { get; set; }

    /// <summary>
    /// A policy version that may hold under half of the enabled policies of the version before it. Default: none; a
    /// shrunken set is refused with <c>POLICIES_SHRANK</c>.
    /// </summary>
    public long? AllowShrink { get; set; }
}

/// <summary>Kinds of policy source.</summary>
public enum PolicySourceKind
{
    /// <summary>Files in the form of Ranger's downloads.</summary>
    Folder,

    /// <summary>Ranger Admin's REST downloads.</summary>
    RangerAdmin,
}
