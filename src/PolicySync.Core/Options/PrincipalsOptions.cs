using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>How names of policies become principals. Section <c>PolicySync:Principals</c>.</summary>
public sealed class PrincipalsOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Principals";

    /// <summary>
    /// Rewrites user names of policies, roles and user store, in order, each on the result of the one before.
    /// Default: none.
    /// </summary>
    public IList<NameMapping> Map { get; } = [];

    /// <summary>Oldest membership that a run may use. Default: 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Most members that a group with denied members is expanded to, per privilege. Default: 200; beyond it the
    /// privilege is withheld from the group.
    /// </summary>
    [Range(0, 100_000)]
    public int ExpandUpTo { get; set; } = 200;
}

/// <summary>One rewriting of user names.</summary>
public sealed class NameMapping
{
    /// <summary>A .NET regular expression; without anchors it matches anywhere.</summary>
    [Required]
    public string Match { get; set; } = "";

    /// <summary>What matches is replaced by this; <c>$1</c> is the first group.</summary>
    public string Replace { get; set; } = "";
}
