using PolicySync.Grains.Resources.Isolating;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>What outlives the attempts of a run.</summary>
/// <param name="Changes">What the run has changed.</param>
/// <param name="Refusals">What Unity Catalog refused.</param>
internal sealed record RunProgress(ChangeTracker Changes, RunRefusals Refusals);
