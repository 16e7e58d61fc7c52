namespace PolicySync.Ranger.Matching;

/// <summary>How a policy's resources relate to a requested resource.</summary>
public enum ResourceMatch
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The policy names the resource.</summary>
    Self,

    /// <summary>The policy names the resource and everything below it: <c>table=t, column=*</c> for the table.</summary>
    SelfAndAllDescendants,

    /// <summary>The policy names something below the resource: <c>table=t, column=c</c> for the table.</summary>
    Descendant,

    /// <summary>The policy names something above the resource. In Ranger this gives the resource nothing.</summary>
    Ancestor,
}
