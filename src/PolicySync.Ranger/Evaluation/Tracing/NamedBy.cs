namespace PolicySync.Ranger.Evaluation.Tracing;

/// <summary>How an item names a subject.</summary>
public enum NamedByKind
{
    /// <summary>It does not name it.</summary>
    Nothing,

    /// <summary>By the group <c>public</c>.</summary>
    Public,

    /// <summary>By <c>{USER}</c>, which is any user.</summary>
    AnyUser,

    /// <summary>By the user's name.</summary>
    User,

    /// <summary>By <c>{OWNER}</c>, which is the owner of the resource.</summary>
    Owner,

    /// <summary>By a group.</summary>
    Group,

    /// <summary>By a Ranger role.</summary>
    Role,
}

/// <summary>The first name in an item that means a subject.</summary>
/// <param name="Kind">What kind of name it is.</param>
/// <param name="Name">The user, group or role; null for the other kinds.</param>
public readonly record struct NamedBy(NamedByKind Kind, string? Name = null);
