namespace PolicySync.Grains;

/// <summary>What the grains need to know of the process they run in.</summary>
/// <param name="Instance">Name of the connector instance; part of the grain keys.</param>
public sealed record GrainSettings(string Instance)
{
    /// <summary>How often the store is asked for open tasks whose owner died. Default: 5 seconds.</summary>
    public TimeSpan RecoveryPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Tasks on a few securables that a silo drives at once, and as many longer ones; what comes beyond waits for its turn.
    /// Default: 2,000, some 40 MB.
    /// </summary>
    public int MaxDrivenTasks { get; init; } = 2_000;

    /// <summary>
    /// Open tasks younger than this are left to whoever accepted them, unless a silo died. Default: 10 seconds, which is
    /// longer than a call between processes lives.
    /// </summary>
    public TimeSpan RecoveryMinAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often each silo also starts the open tasks of the others' shares, as a last resort: one that lives may still not
    /// look after its own. Default: 1 minute.
    /// </summary>
    public TimeSpan LastResortPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Open tasks younger than this are left to the silo whose share they are in. Default: 1 minute.</summary>
    public TimeSpan LastResortMinAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often securables are looked for that are due by a schedule. Default: 5 seconds; a securable is synced that much
    /// later at most, and the time a task takes.
    /// </summary>
    public TimeSpan DuePeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is looked whether a round of verification is due. Default: 15 seconds.</summary>
    public TimeSpan VerifyTick { get; init; } = TimeSpan.FromSeconds(15);
}
