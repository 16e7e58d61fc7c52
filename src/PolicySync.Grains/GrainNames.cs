namespace PolicySync.Grains;

/// <summary>Names that hosts and grains share.</summary>
public static class GrainNames
{
    /// <summary>The grain storage provider that keeps our state.</summary>
    public const string Storage = "policysync";
}
