namespace PolicySync.Ranger.Matching;

/// <summary>How loosely the value of one resource level may match.</summary>
public enum ElementScope
{
    /// <summary>The value itself.</summary>
    Self,

    /// <summary>For paths: also the directory that holds what the policy names.</summary>
    SelfOrChild,

    /// <summary>Also a beginning of what the policy names.</summary>
    SelfOrPrefix,
}
