using Microsoft.Extensions.Options;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Api.Events;

/// <summary>
/// Counts the open streams of this process. Each costs a connection and calls to silos and storage for as long as a task runs, so one
/// caller must not open any number of them. Safe for concurrent use.
/// </summary>
internal sealed class OpenStreams(IOptions<ApiOptions> options)
{
    /// <summary>Most streams of one process, of all subjects.</summary>
    public const int Max = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _bySubject = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Takes a place, to be disposed of at the end of the stream; null when there is none.</summary>
    /// <param name="subject">The subject of the token; empty without one.</param>
    public IDisposable? TryOpen(string subject)
    {
        lock (_gate)
        {
            var open = _bySubject.GetValueOrDefault(subject);
            if (_all >= Max || open >= options.Value.MaxStreamsPerSubject)
            {
                return null;
            }

            _bySubject[subject] = open + 1;
            _all++;
            return new Place(this, subject);
        }
    }

    private void Close(string subject)
    {
        lock (_gate)
        {
            _all--;
            if (_bySubject[subject] == 1)
            {
                _bySubject.Remove(subject);
            }
            else
            {
                _bySubject[subject]--;
            }
        }
    }

    private sealed class Place(OpenStreams streams, string subject) : IDisposable
    {
        private bool _isClosed;

        public void Dispose()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                streams.Close(subject);
            }
        }
    }
}
