using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>What happens by itself when policies change. Section <c>PolicySync:Policies:Watch</c>.</summary>
public sealed class PolicyWatchOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = PoliciesOptions.Section + ":Watch";

    /// <summary>The <c>event.source</c> of tasks that the watch makes.</summary>
    public const string EventSource = "policy-watch";

    /// <summary>The longest time for which a series of changes is waited out, whatever <see cref="Settle"/> says.</summary>
    public static readonly TimeSpan LongestSettle = TimeSpan.FromMinutes(1);

    /// <summary>What a change leads to. Default: <c>Off</c>: policies are read when a task runs, and a change makes no task.</summary>
    public PolicyWatchMode Mode { get; set; } = PolicyWatchMode.Off;

    /// <summary>Time between two checks of the policies. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long policies must stay the same before a change is acted on, so that a series of edits is one change. Default: 5 seconds. A
    /// series is waited out for <see cref="LongestSettle"/> at most.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Settle { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What the first check does, when it is not known which policies were dealt with last. Default: <c>Learn</c>.</summary>
    public FirstPolicies First { get; set; } = FirstPolicies.Learn;

    /// <summary>Most tasks of a change that are open at once. Default: 20.</summary>
    [Range(1, 1_000)]
    public int MaxOpenTasks { get; set; } = 20;

    /// <summary>
    /// Largest share, 0 to 1, of the securables that the service has synced which one change may concern. Default: 1, no limit. A change
    /// that concerns more makes no task until <see cref="AllowChange"/> is its version.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxShare { get; set; } = 1;

    /// <summary>The version of the policies whose change may concern more than <see cref="MaxShare"/>. Default: none.</summary>
    public long? AllowChange { get; set; }

    /// <summary>
    /// Whether users and groups of the workspace are watched too: who comes, goes, or joins a group that policies name. Default: true. The
    /// directory is then read once in <c>Principals:MaxAge</c>, also when no task runs.
    /// </summary>
    public bool Membership { get; set; } = true;
}

/// <summary>What a change of policies leads to.</summary>
public enum PolicyWatchMode
{
    /// <summary>To nothing.</summary>
    Off,

    /// <summary>To tasks of type <c>VERIFY</c>, which write nothing and report what differs.</summary>
    Verify,

    /// <summary>To tasks of type <c>RESOURCE_SYNC</c>.</summary>
    Sync,
}

/// <summary>What the first check of a policy watch does.</summary>
public enum FirstPolicies
{
    /// <summary>It takes the present policies as dealt with.</summary>
    Learn,

    /// <summary>It makes tasks for everything that is managed.</summary>
    All,
}
