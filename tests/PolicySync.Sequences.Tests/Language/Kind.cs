namespace PolicySync.Sequences.Tests.Language;

/// <summary>What may happen in a sequence, each by itself; a set of them is what is tried.</summary>
[Flags]
internal enum Kind
{
    /// <summary>Policies come, change and go; syncs. Always.</summary>
    Policies = 0,

    /// <summary>Grants made by hand, at every level, and taken back.</summary>
    Standing = 1 << 0,

    /// <summary>Members come and go; groups hold groups.</summary>
    Membership = 1 << 1,

    /// <summary>Tables, schemas and catalogs get other owners.</summary>
    Ownership = 1 << 2,

    /// <summary>Tables, schemas and catalogs get other names.</summary>
    Renames = 1 << 3,

    /// <summary>Tables are dropped and made again.</summary>
    Recreations = 1 << 4,

    /// <summary>Renames, recreations and tampering in the middle of a sync.</summary>
    Races = 1 << 5,

    /// <summary>Modes, managed sets, and what else is configured.</summary>
    Options = 1 << 6,

    /// <summary>Parts of the policies do not arrive.</summary>
    Losses = 1 << 7,

    /// <summary>The guards' schemas and functions are somebody else's, or were changed by somebody else.</summary>
    Tampering = 1 << 8,

    /// <summary>Answers that the workspace cannot have meant.</summary>
    Damage = 1 << 9,

    /// <summary>Calls or their answers are lost; the service restarts.</summary>
    Faults = 1 << 10,

    /// <summary>Policies that hold for a time.</summary>
    Schedules = 1 << 11,

    /// <summary>Somebody is granted something, or becomes an owner, in the middle of a sync.</summary>
    Grabs = 1 << 12,

    /// <summary>Everything.</summary>
    All = (1 << 13) - 1,
}

/// <summary>Tells what kind of thing a step is.</summary>
internal static class Kinds
{
    /// <summary>The step without what is not to happen; null when nothing of it is left.</summary>
    public static string? Keep(Kind kinds, string step)
    {
        var words = step.Split(' ');
        return !kinds.HasFlag(Of(words)) ? null
            : words[0] != "sync" ? step
            : string.Join(' ', words.Where(word => word[0] != '@' || kinds.HasFlag(OfTrouble(word))));
    }

    private static Kind Of(string[] words) => words[0] switch
    {
        "grant" or "revoke" => Kind.Standing,
        "join" or "leave" => Kind.Membership,
        "owner" => Kind.Ownership,
        "rename" => Kind.Renames,
        "recreate" or "drop" => Kind.Recreations,
        "option" => Kind.Options,
        "lose" or "restore" => Kind.Losses,
        "squat" or "seize" or "rewrite" or "share" => Kind.Tampering,
        "restart" => Kind.Faults,
        "policy" when words.Any(word => word.StartsWith("until:", StringComparison.Ordinal) || word.StartsWith("from:", StringComparison.Ordinal)) => Kind.Schedules,
        _ => Kind.Policies,
    };

    // @7:recreate:c.s.t
    private static Kind OfTrouble(string word) => word.Split(':') switch
    {
        [_, "lost" or "fails", ..] => Kind.Faults,
        [_, "damage", ..] => Kind.Damage,
        [_, "grant" or "owner", ..] => Kind.Grabs,
        [_, .. var others] => Kind.Races | Of(others),
        _ => Kind.Policies,
    };
}
