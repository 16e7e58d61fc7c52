namespace PolicySync.Core.Principals;

/// <summary>
/// The form in which principal names compare. Unity Catalog compares e-mails of users without case, application ids
/// of service principals without case, and names of groups with case.
/// </summary>
public static class PrincipalKey
{
    /// <summary>The account-wide group that <c>public</c> of Ranger means.</summary>
    public const string AccountUsers = "account users";

    /// <summary>The comparable form of <paramref name="name"/>; two names are one principal when it is equal.</summary>
    public static string Of(string name) => CanNameUser(name) ? name.ToLowerInvariant() : name;

    /// <summary>
    /// Whether Unity Catalog could take <paramref name="name"/> for a user (an e-mail) or a service principal (an
    /// application id). Any other name it takes for a group.
    /// </summary>
    public static bool CanNameUser(string name) =>
        name.Contains('@', StringComparison.Ordinal) || Guid.TryParseExact(name, "D", out _);

    /// <summary>
    /// The key under which a deleted principal's grants are held, from its id. It ends with a character that no name
    /// holds: a group may be called anything else.
    /// </summary>
    public static string OfDeleted(long? principalId) => $"deleted:{principalId}\0";
}
