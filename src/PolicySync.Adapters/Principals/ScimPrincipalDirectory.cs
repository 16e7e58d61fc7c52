using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Principals;

/// <summary>
/// The workspace's principals, read over SCIM and kept for <c>Principals:MaxAge</c>. Age counts from the start of a
/// read. Callers who come during a read share it; a failed read is not kept.
/// </summary>
internal sealed class ScimPrincipalDirectory(ScimDirectoryReader reader, IOptions<PrincipalsOptions> options, TimeProvider time)
    : IPrincipalDirectory, IDisposable
{
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
                // The read belongs to all who wait for it, so no single caller's cancellation reaches it.
                _last = new Read(time.GetTimestamp(), Task.Run(() => reader.ReadAsync(_disposed.Token)));
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

    private bool IsTooOld(Read read) => time.GetElapsedTime(read.StartedAt) > options.Value.MaxAge;

    private sealed record Read(long StartedAt, Task<PrincipalSnapshot> Task);
}
