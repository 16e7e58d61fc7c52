namespace PolicySync.Core.Tasks;

/// <summary>The task types that are done; any other makes a task SKIPPED. Wire names are promises.</summary>
public static class TaskTypes
{
    /// <summary>Makes grants what policies say.</summary>
    public const string ResourceSync = "RESOURCE_SYNC";

    /// <summary>Compares grants with what policies say and writes nothing.</summary>
    public const string Verify = "VERIFY";

    /// <summary>Whether tasks of <paramref name="type"/> are done; compared exactly.</summary>
    public static bool IsKnown(string type) => type is ResourceSync or Verify;
}
