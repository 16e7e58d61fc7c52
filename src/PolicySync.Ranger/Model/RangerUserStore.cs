namespace PolicySync.Ranger.Model;

/// <summary>The answer of Ranger's user-store download: who is in which group, and attributes for expressions.</summary>
public sealed class RangerUserStore
{
    /// <summary>Version of the user store.</summary>
    public long? UserStoreVersion { get; set; }

    /// <summary>User to the names of the groups that Ranger knows the user in.</summary>
    public Dictionary<string, List<string>> UserGroupMapping { get; set; } = [];

    /// <summary>User to attribute to value.</summary>
    public Dictionary<string, Dictionary<string, string>> UserAttrMapping { get; set; } = [];

    /// <summary>Group to attribute to value.</summary>
    public Dictionary<string, Dictionary<string, string>> GroupAttrMapping { get; set; } = [];
}
