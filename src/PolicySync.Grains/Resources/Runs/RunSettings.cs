using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Runs;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>The settings that runs need, from four sections of the configuration.</summary>
internal sealed class RunSettings(
    IOptions<SyncOptions> sync, IOptions<PoliciesOptions> policies, IOptions<PrincipalsOptions> principals, IOptions<WorkspaceOptions> workspace)
{
    public SyncOptions Sync { get; } = sync.Value;

    /// <summary>What decides the plan.</summary>
    public RunOptions Plan { get; } = new(sync.Value, principals.Value.ExpandUpTo, workspace.Value.WarehouseId is { Length: > 0 });

    /// <summary>Longest time for which a run waits for policies.</summary>
    public TimeSpan MaxPoliciesWait { get; } = policies.Value.MaxWait;

    /// <summary>Longest time for which a PATCH can take effect.</summary>
    public TimeSpan WriteTimeout { get; } = workspace.Value.WriteTimeout;

    /// <summary>Longest time for which a SQL statement can take effect.</summary>
    public TimeSpan StatementTimeout { get; } = workspace.Value.StatementTimeout;
}
