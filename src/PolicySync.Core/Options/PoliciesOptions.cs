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

    /// <summary>The Ranger Admin that source <c>RangerAdmin</c> asks.</summary>
    public RangerAdminOptions RangerAdmin { get; set; } = new();

    /// <summary>
    /// How long a task waits for a source that does not answer. Default: 5 minutes; then it fails with
    /// <c>POLICIES_UNAVAILABLE</c>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Longest time that one check of the source may take, with reading and compiling what it has. Default: 2 minutes, and
    /// never less than <c>RangerAdmin:Timeout</c> and a minute more. A check that takes longer has failed with
    /// <c>POLICIES_UNAVAILABLE</c>: a file system that hangs never says so.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>What happens by itself when policies change.</summary>
    public PolicyWatchOptions Watch { get; set; } = new();

    /// <summary>How long a check may take with this source.</summary>
    public TimeSpan CheckLimit() => Source == PolicySourceKind.RangerAdmin && RangerAdmin.Timeout + TimeSpan.FromMinutes(1) is var least && least > ReadTimeout
        ? least
        : ReadTimeout;

    /// <summary>
    /// Serve tasks from the last policies when the source does not answer. Default: false. When true, a policy change
    /// can be missed; such tasks say so.
    /// </summary>
    public bool AllowStale { get; set; }

    /// <summary>
    /// A folder for this process alone, in which the last accepted download is kept. Default: none, and no download is kept. With
    /// <see cref="AllowStale"/>, a process that restarts while the source does not answer serves from it; without, it
    /// is only written.
    /// </summary>
    public string? CacheFolder { get; set; }

    /// <summary>
    /// The version of the policies of which a part (policies, tag policies, zones, service definition, roles, user store,
    /// tags) may have lost too much since the version before it. Default: none; a shrunken set is refused with
    /// <c>POLICIES_SHRANK</c>. Used up by the first loss that it allows.
    /// </summary>
    public long? AllowShrink { get; set; }

    /// <summary>
    /// The time zone of the machines that Ranger's plugins run on, an IANA id. Ranger reads recurring schedules, and dates
    /// in attributes of tags, in the zone of its machine. Default: <c>UTC</c>.
    /// </summary>
    public string TimeZone { get; set; } = "UTC";
}

/// <summary>Ranger Admin as a source of policies. Section <c>PolicySync:Policies:RangerAdmin</c>.</summary>
public sealed class RangerAdminOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = PoliciesOptions.Section + ":RangerAdmin";

    /// <summary>Base URL, for example <c>https://ranger.example:6182</c>. <c>http</c> on loopback only. Required for the source.</summary>
    public Uri? Url { get; set; }

    /// <summary>Name of the service in Ranger whose policies are synced. Required for the source.</summary>
    public string? ServiceName { get; set; }

    /// <summary>
    /// A Ranger user for HTTP Basic. Needs the right to download policies, tags and user store. Either this with a
    /// password, or a token.
    /// </summary>
    public string? Username { get; set; }

    /// <summary>The user's password. Never logged.</summary>
    [Secret]
    public string? Password { get; set; }

    /// <summary>A file whose text is the password; read at each check.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>A bearer token, where Ranger takes JSON web tokens. Never logged.</summary>
    [Secret]
    public string? Token { get; set; }

    /// <summary>A file whose text is the token; read at each check.</summary>
    public string? TokenFile { get; set; }

    /// <summary>
    /// Longest time one download may take, to its last byte. Default: 1 minute; then the check has failed, and tasks
    /// wait as <see cref="PoliciesOptions.MaxWait"/> says.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>Kinds of policy source.</summary>
public enum PolicySourceKind
{
    /// <summary>Files in the form of Ranger's downloads.</summary>
    Folder,

    /// <summary>Ranger Admin's REST downloads.</summary>
    RangerAdmin,
}
