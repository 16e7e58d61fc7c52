namespace PolicySync.Ranger.Matching;

/// <summary>How loosely the value of one resource level may match.</summary>
public enum ElementScope
{
    /// <summary>The value itself.</summary>
    Self,

    /// <summary>For paths: also the parent directory of the policy's value.</summary>
    SelfOrChild,

    /// <summary>Also a beginning of what the policy names.</summary>
    SelfOrPrefix,
}
