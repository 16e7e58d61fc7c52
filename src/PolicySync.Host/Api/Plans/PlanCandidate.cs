using PolicySync.Core.Policies.Sets;
using PolicySync.Host.Api.Problems;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Json;

namespace PolicySync.Host.Api.Plans;

/// <summary>Makes the candidate set that a request asks for.</summary>
internal static class PlanCandidate
{
    /// <summary>The set, or the fault of the request; neither when the current policies are meant.</summary>
    public static (PolicySet? Set, Fault? Fault) Of(PlanRequest request, PolicySet current)
    {
        if (request.Policies is { } whole)
        {
            return (PolicySet.Of(whole), null);
        }

        if (request.Policy is not { } policy)
        {
            return (null, null);
        }

        var (edited, fault) = PolicyEdit.Apply(current, policy, request.Deletes);
        if (edited is null)
        {
            return (null, new Fault(fault!, fault!.StartsWith("is missing", StringComparison.Ordinal) || fault.Contains("leave it out", StringComparison.Ordinal) ? "/policy/id" : "/policy"));
        }

        var set = PolicySet.Of(edited);
        try
        {
            RangerEngine.Compile(edited, null, null, new EngineOptions { UnknownConditions = UnknownConditions.AgainstAccess });
            return (set, null);
        }
        catch (RangerFormatException e)
        {
            return (null, new Fault($"cannot be used in the current set: {e.Message}", "/policy"));
        }
    }
}
