namespace PolicySync.Grains;

/// <summary>Names that hosts and grains share.</summary>
public static class GrainNames
{
    /// <summary>The grain storage provider that holds the state of the grains.</summary>
    public const string Storage = "policysync";
}
