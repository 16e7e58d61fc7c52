namespace PolicySync.Core.Tasks;

/// <summary>The task types that are done; any other makes a task SKIPPED. Wire names are promises.</summary>
public static class TaskTypes
{
    /// <summary>Makes grants what policies say.</summary>
    public const string ResourceSync = "RESOURCE_SYNC";

    /// <summary>Compares grants with what policies say and writes nothing.</summary>
    public const string Verify = "VERIFY";

    /// <summary>Plans with policies of its own choice and writes nothing. Made by <c>POST /plans</c> only.</summary>
    public const string Plan = "PLAN";

    /// <summary>Carries out a plan. Made by <c>POST /plans/{id}:apply</c> only.</summary>
    public const string Apply = "APPLY";

    /// <summary>
    /// Whether <paramref name="request"/> is of a type that is done; compared exactly. A process of an earlier build skips plans and
    /// their tasks, which it would take for syncs otherwise.
    /// </summary>
    public static bool IsKnown(SyncRequest request) => request.Type switch
    {
        ResourceSync or Verify => true,
        Plan => request.Plan is not null,
        Apply => request.PlanId is not null,
        _ => false,
    };
}
