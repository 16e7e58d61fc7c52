namespace PolicySync.Core.Webhooks;

/// <summary>The events that webhooks are sent for. The names are promises (docs/webhooks.md).</summary>
public static class WebhookEvents
{
    /// <summary>A task ended.</summary>
    public const string TaskEnded = "task.ended";

    /// <summary>A VERIFY task found securables that differ from policy.</summary>
    public const string DriftFound = "drift.found";

    /// <summary>A task found securables whose access exceeds policy.</summary>
    public const string AccessExposed = "access.exposed";

    /// <summary>A version of the policies was refused.</summary>
    public const string PoliciesRefused = "policies.refused";

    /// <summary>The events about tasks, in the order in which they are sent.</summary>
    public static IReadOnlyList<string> OfTasks { get; } = [TaskEnded, DriftFound, AccessExposed];

    /// <summary>All events.</summary>
    public static IReadOnlyList<string> All { get; } = [.. OfTasks, PoliciesRefused];
}
