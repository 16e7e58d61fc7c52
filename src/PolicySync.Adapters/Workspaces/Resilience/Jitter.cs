namespace PolicySync.Adapters.Workspaces.Resilience;

/// <summary>Random numbers, safe for concurrent use, which a seeded <see cref="Random"/> is not.</summary>
internal sealed class Jitter(Random random)
{
    private readonly Lock _gate = new();

    /// <summary>A number from 0 up to 1.</summary>
    public double Next()
    {
        lock (_gate)
        {
            return random.NextDouble();
        }
    }
}
