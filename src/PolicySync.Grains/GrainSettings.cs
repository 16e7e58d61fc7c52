namespace PolicySync.Grains;

/// <summary>What the grains need to know of the process they run in.</summary>
/// <param name="Instance">Name of the connector instance; part of the grain keys.</param>
public sealed record GrainSettings(string Instance)
{
    /// <summary>How often the store is asked for open tasks whose owner died. Default: 15 seconds.</summary>
    public TimeSpan RecoveryPeriod { get; init; } = TimeSpan.FromSeconds(15);
}
