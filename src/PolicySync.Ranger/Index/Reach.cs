namespace PolicySync.Ranger.Index;

/// <summary>Which policies are looked for, besides those that name the resource itself.</summary>
[Flags]
internal enum Reach
{
    Self = 0,

    /// <summary>Those that name something below the resource.</summary>
    Descendants = 1,

    /// <summary>Those that name something above the resource.</summary>
    Ancestors = 2,
}
