using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Principals;

/// <summary>
/// The workspace's principals, read over SCIM and cached for <c>Principals:MaxAge</c>, counted from the start of a read.
/// Callers that arrive during a read share it; a failed read is not cached.
/// </summary>
internal sealed class ScimPrincipalDirectory(ScimDirectoryReader reader, IOptions<PrincipalsOptions> options, TimeProvider time)
    : IPrincipalDirectory, IDisposable
{
    /// <summary>Longest time of one read; a million users take some 15 minutes at the default rate.</summary>
    internal static readonly TimeSpan LongestRead = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposed = new();
    private Read? _last;

    public async Task<PrincipalSnapshot> GetAsync(CancellationToken cancellation)
    {
        Read read;
        lock (_gate)
        {
            if (_last is null || _last.Task.IsFaulted || _last.Task.IsCanceled || IsTooOld(_last))
            {
                // The read is shared, so one caller's cancellation does not stop it.
                _last = new Read(time.GetTimestamp(), Task.Run(ReadAsync));
            }

            read = _last;
        }

        return await read.Task.WaitAsync(cancellation);
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private async Task<PrincipalSnapshot> ReadAsync()
    {
        using var enough = new CancellationTokenSource(LongestRead, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, _disposed.Token);
        try
        {
            return await reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException e) when (enough.IsCancellationRequested && !_disposed.IsCancellationRequested)
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"the workspace's principals were not read within {LongestRead}", e);
        }
    }

    private bool IsTooOld(Read read) => time.GetElapsedTime(read.StartedAt) > options.Value.MaxAge;

    private sealed record Read(long StartedAt, Task<PrincipalSnapshot> Task);
}
