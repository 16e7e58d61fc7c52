using PolicySync.Grains.Resources;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Keeps the place of a walk among the pages that the silo holds at once. A walk that waits for something that may take minutes gives
/// its place back meanwhile, since stuck pages in all places would stop every walk of the silo.
/// </summary>
internal sealed partial class TaskDriver
{
    /// <summary>Time between two checks whether the walk is stuck. After two in a row that find it stuck, it steps aside.</summary>
    internal static readonly TimeSpan BetweenChecks = TimeSpan.FromSeconds(5);

    // Held while a page is listed and synced; null when none is needed, or while it is given back.
    private IDisposable? _place;

    private async Task<IDisposable> EnterAsync()
    {
        var entering = _services.Gate.EnterAsync(_share, _walking);
        if (!entering.IsCompleted)
        {
            _walk = new Standing(
                RunPhase.Waiting, WaitKind.Turn, $"the silo is at its limit of {WalkGate.MaxPages} pages of listings");
        }

        return await entering;
    }

    /// <summary>Waits for a part of a page, and gives the place back when everything in it waits for long.</summary>
    private async Task WaitInPlaceAsync(Task part)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        IDisposable? aside = null;
        try
        {
            for (var checks = 0; aside is null && !part.IsCompleted && !_cancellation.IsCancellationRequested;)
            {
                await Task.WhenAny(part, Task.Delay(BetweenChecks, _services.Time, ended.Token));
                checks = IsStuck ? checks + 1 : 0;
                if (checks >= 2 && (aside = _services.Gate.TryStepAside(_share)) is not null)
                {
                    _place?.Dispose();
                    _place = null;
                }
            }

            await part;
        }
        finally
        {
            aside?.Dispose();
            await ended.CancelAsync();
        }
    }

    // Runs that wait for the budget get their turn in time, and other walks would wait for the same budget.
    private bool IsStuck => _inFlight.Count > 0 && Activities.All(run => run.Phase == RunPhase.Waiting);

    /// <summary>Waits between two attempts of a listing, without the place.</summary>
    private async Task PauseAsync(TimeSpan span)
    {
        var standing = _walk;
        var held = _place is not null;
        _place?.Dispose();
        _place = null;
        for (var left = span; left > TimeSpan.Zero; left -= BetweenChecks)
        {
            Note(standing);
            await Task.Delay(left < BetweenChecks ? left : BetweenChecks, _services.Time, _walking);
        }

        if (held)
        {
            _place = await EnterAsync();
        }

        _walk = standing;
    }
}
