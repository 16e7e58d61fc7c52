namespace PolicySync.Grains;

/// <summary>Settings of the grains that the configuration does not offer.</summary>
/// <param name="Instance">Name of the connector instance, a part of the grain keys.</param>
public sealed record GrainSettings(string Instance)
{
    /// <summary>Time between two scans for open tasks without an owner. Default: 5 seconds.</summary>
    public TimeSpan RecoveryPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Most short tasks that a silo drives at once, and most long ones; further tasks wait for their turn. Default: 2,000, which
    /// takes about 40 MB.
    /// </summary>
    public int MaxDrivenTasks { get; init; } = 2_000;

    /// <summary>
    /// Open tasks younger than this are left to the process that accepted them, unless a silo died. Default: 10 seconds, longer
    /// than a call between processes may take.
    /// </summary>
    public TimeSpan RecoveryMinAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time between two scans of the other silos' shares, as a last resort: a live silo may fail to start the tasks of its own.
    /// Default: 1 minute.
    /// </summary>
    public TimeSpan LastResortPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Open tasks younger than this are left to the silo whose share holds them. Default: 1 minute.</summary>
    public TimeSpan LastResortMinAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Time between two sweeps for securables that are due by a schedule. Default: 5 seconds. A securable is synced at most this
    /// much late, plus the time of its task.
    /// </summary>
    public TimeSpan DuePeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two looks for events that are to be sent to a webhook. Default: 2 seconds. Events are sent at most this much late.</summary>
    public TimeSpan WebhookPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time between two checks whether a verification round is due. Default: 15 seconds.</summary>
    public TimeSpan VerifyTick { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time between two checks whether a round of the watch is due. Default: 5 seconds.</summary>
    public TimeSpan WatchTick { get; init; } = TimeSpan.FromSeconds(5);
}
