using PolicySync.Grains.Resources;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// The place of a walk among the pages that a silo holds at once. Whoever waits for something that may last minutes gives
/// it back meanwhile: as many stuck pages as there are places would stop every walk of the silo.
/// </summary>
internal sealed partial class TaskDriver
{
    /// <summary>How often it is looked whether a walk is stuck; when it is twice in a row, it steps aside.</summary>
    internal static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    // Held while a page is listed and worked off; null where none is needed, or while it is given back.
    private IDisposable? _place;

    private async Task<IDisposable> EnterAsync()
    {
        var entering = _services.Gate.EnterAsync(_share, _cancellation);
        if (!entering.IsCompleted)
        {
            _walk = new Standing(
                RunPhase.Waiting, WaitKind.Turn, $"the silo has as many pages of listings in hand as it takes ({WalkGate.MaxPages})");
        }

        return await entering;
    }

    /// <summary>Waits for a part of a page, and gives the place back when everything in it waits and goes on waiting.</summary>
    private async Task AtPlaceAsync(Task part)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        IDisposable? aside = null;
        try
        {
            for (var looks = 0; aside is null && !part.IsCompleted && !_cancellation.IsCancellationRequested;)
            {
                await Task.WhenAny(part, Task.Delay(BetweenLooks, _services.Time, ended.Token));
                looks = IsStuck ? looks + 1 : 0;
                if (looks >= 2 && (aside = _services.Gate.TryStepAside(_share)) is not null)
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

    // Those that wait for the budget have their turn by and by, which needs no other place.
    private bool IsStuck => _inFlight.Count > 0 && AtWork.All(run => run.Phase == RunPhase.Waiting);

    /// <summary>Waits between two tries of a listing, without the place.</summary>
    private async Task PauseAsync(TimeSpan span)
    {
        var standing = _walk;
        var held = _place is not null;
        _place?.Dispose();
        _place = null;
        for (var left = span; left > TimeSpan.Zero; left -= BetweenLooks)
        {
            Note(standing);
            await Task.Delay(left < BetweenLooks ? left : BetweenLooks, _services.Time, _cancellation);
        }

        if (held)
        {
            _place = await EnterAsync();
        }

        _walk = standing;
    }
}
