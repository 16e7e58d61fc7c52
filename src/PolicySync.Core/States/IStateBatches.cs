namespace PolicySync.Core.States;

/// <summary>
/// Lets grains that are activated at the same time have their stored states read by one query. Each state is still read after its grain
/// was activated, so it is what the grain would have read by itself. Safe for concurrent use.
/// </summary>
public interface IStateBatches
{
    /// <summary>Announces that grains of securables are about to be activated in this process.</summary>
    /// <param name="keys">Their keys, whose states lie next to each other in storage.</param>
    /// <returns>Dispose it when all have been activated.</returns>
    IStateBatch Announce(IReadOnlyCollection<string> keys);
}

/// <summary>Grains that are being activated.</summary>
public interface IStateBatch : IDisposable
{
    /// <summary>Tells that a grain has its state, or does not read it here: it was active, or is elsewhere.</summary>
    void Settle(string key);
}

/// <summary>Every grain reads its own state.</summary>
public sealed class NoStateBatches : IStateBatches, IStateBatch
{
    /// <inheritdoc/>
    public IStateBatch Announce(IReadOnlyCollection<string> keys) => this;

    /// <inheritdoc/>
    public void Settle(string key)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
