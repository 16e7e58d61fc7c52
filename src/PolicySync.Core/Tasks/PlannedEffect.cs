namespace PolicySync.Core.Tasks;

/// <summary>What a plan would do to one securable, beside the changes that its result lists.</summary>
/// <param name="Digest">All changes, also on its containers, as <see cref="ChangeDigest"/>; null when they are too many.</param>
public sealed record PlannedEffect(string? Digest)
{
    /// <summary>Most users that <see cref="Users"/> lists.</summary>
    public const int MaxUsers = 200;

    /// <summary>The first users whose effective access to the securable changes.</summary>
    public IReadOnlyList<AccessChange> Users { get; init; } = [];

    /// <summary>True number of users that gain a privilege.</summary>
    public int Gaining { get; init; }

    /// <summary>True number of users that lose a privilege.</summary>
    public int Losing { get; init; }

    /// <summary>Why the effect on users is not known; null when it is.</summary>
    public string? Unknown { get; init; }

    /// <summary>The effect of two steps on one securable.</summary>
    public PlannedEffect And(PlannedEffect other) => new(ChangeDigest.Union(Digest, other.Digest))
    {
        Users = [.. Users.Concat(other.Users).Take(MaxUsers)],
        Gaining = Gaining + other.Gaining,
        Losing = Losing + other.Losing,
        Unknown = Unknown ?? other.Unknown,
    };
}

/// <summary>A user whose effective access to a securable changes.</summary>
/// <param name="User">The user or service principal, as the directory names it.</param>
/// <param name="Gains">Privileges that it has after the changes only.</param>
/// <param name="Losses">Privileges that it has before the changes only.</param>
public sealed record AccessChange(string User, IReadOnlyList<string> Gains, IReadOnlyList<string> Losses);
