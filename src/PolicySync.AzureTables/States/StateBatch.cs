using Azure.Data.Tables;
using PolicySync.Core.States;

namespace PolicySync.AzureTables.States;

/// <summary>
/// Grains that are being activated. The query begins when each of them has asked for its state or has been settled, or when the first
/// has waited for long enough; so it begins after the activation of each grain that it serves. Safe for concurrent use.
/// </summary>
internal sealed class StateBatch : IStateBatch
{
    private static readonly IReadOnlyDictionary<string, TableEntity> Nothing = new Dictionary<string, TableEntity>();

    private readonly Lock _lock = new();
    private readonly HashSet<string> _missing;
    private readonly List<string> _arrived = [];
    private readonly IReadOnlyCollection<string> _keys;
    private readonly Func<IReadOnlyCollection<string>, Task<IReadOnlyDictionary<string, TableEntity>>> _read;
    private readonly Action<StateBatch, string> _forget;
    private readonly ITimer _patience;
    private readonly TaskCompletionSource<IReadOnlyDictionary<string, TableEntity>> _rows = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _limit;
    private bool _begun;

    /// <summary>Creates a batch.</summary>
    /// <param name="keys">The grains.</param>
    /// <param name="read">Reads the rows of those that have asked.</param>
    /// <param name="forget">Receives each key at the end.</param>
    /// <param name="time">The clock.</param>
    /// <param name="limit">Longest wait for the others.</param>
    public StateBatch(
        IReadOnlyCollection<string> keys, Func<IReadOnlyCollection<string>, Task<IReadOnlyDictionary<string, TableEntity>>> read,
        Action<StateBatch, string> forget, TimeProvider time, TimeSpan limit)
    {
        (_keys, _read, _forget, _limit) = (keys, read, forget, limit);
        _missing = new HashSet<string>(keys, StringComparer.Ordinal);
        _patience = time.CreateTimer(_ => Begin(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The rows that the query found; none for a grain that comes after it began, or when it failed.</summary>
    public Task<IReadOnlyDictionary<string, TableEntity>> JoinAsync(string key)
    {
        bool isComplete;
        lock (_lock)
        {
            if (_begun || !_missing.Remove(key))
            {
                return Task.FromResult(Nothing);
            }

            _arrived.Add(key);
            isComplete = _missing.Count == 0;
            if (_arrived.Count == 1 && !isComplete)
            {
                _patience.Change(_limit, Timeout.InfiniteTimeSpan);
            }
        }

        if (isComplete)
        {
            Begin();
        }

        return _rows.Task;
    }

    /// <inheritdoc/>
    public void Settle(string key)
    {
        bool isComplete;
        lock (_lock)
        {
            isComplete = _missing.Remove(key) && _missing.Count == 0;
        }

        if (isComplete)
        {
            Begin();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Begin();
        _patience.Dispose();
        foreach (var key in _keys)
        {
            _forget(this, key);
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            if (_begun)
            {
                return;
            }

            _begun = true;
        }

        _ = ReadAsync();
    }

    private async Task ReadAsync()
    {
        try
        {
            _rows.SetResult(_arrived.Count < 2 ? Nothing : await _read(_arrived));
        }
        catch (Exception)
        {
            _rows.SetResult(Nothing); // each grain reads by itself, and finds out what is wrong
        }
    }
}
