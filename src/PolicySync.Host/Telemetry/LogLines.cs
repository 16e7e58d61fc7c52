using System.Text;

namespace PolicySync.Host.Telemetry;

/// <summary>
/// Writes the lines of the log to a stream, in order, at most a hundred times a second: whatever was logged meanwhile goes out in one
/// write. Microsoft's console logger wakes its thread and writes for each line, which took a quarter of a gateway's processor time.
/// Safe for concurrent use.
/// </summary>
/// <remarks>
/// Lines that are not written yet are lost when the process is killed: those of the last 10 ms. <see cref="Dispose"/> writes them. A
/// stream that takes no more makes callers wait once <see cref="MaxPending"/> bytes are pending, so nothing is dropped.
/// </remarks>
internal sealed class LogLines : IDisposable
{
    /// <summary>Bytes that may wait for the stream.</summary>
    public const int MaxPending = 4 * 1024 * 1024;

    /// <summary>Time between two writes.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly Stream _stream;
    private readonly Thread _writer;
    private readonly ManualResetEventSlim _hasLines = new();
    private readonly ManualResetEventSlim _hasRoom = new(initialState: true);
    private readonly ManualResetEventSlim _closing = new();
    private MemoryStream _pending = new();
    private MemoryStream _spare = new();

    /// <summary>Starts the thread that writes to <paramref name="stream"/>, which stays open.</summary>
    public LogLines(Stream stream)
    {
        _stream = stream;
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "Log" };
        _writer.Start();
    }

    /// <summary>Adds text that ends with a line feed. Waits while too much is pending.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        _hasRoom.Wait();
        Span<byte> bytes = text.Length <= 1024 ? stackalloc byte[Encoding.UTF8.GetMaxByteCount(1024)] : new byte[Encoding.UTF8.GetByteCount(text)];
        bytes = bytes[..Encoding.UTF8.GetBytes(text, bytes)];
        lock (_lock)
        {
            _pending.Write(bytes);
            if (_pending.Length > MaxPending)
            {
                _hasRoom.Reset();
            }

            if (!_hasLines.IsSet)
            {
                _hasLines.Set();
            }
        }
    }

    /// <summary>Writes what is pending, and ends the thread. Lines that are added later are dropped.</summary>
    public void Dispose()
    {
        _closing.Set();
        _hasLines.Set();
        _writer.Join();
    }

    private void WriteAll()
    {
        while (true)
        {
            _hasLines.Wait();
            var isLast = _closing.IsSet;
            Write(Take());
            if (isLast)
            {
                return;
            }

            _closing.Wait(Pause);
        }
    }

    private void Write(MemoryStream lines)
    {
        try
        {
            _stream.Write(lines.GetBuffer(), 0, (int)lines.Length);
            _stream.Flush();
        }
        catch (IOException)
        {
            // What read standard output has gone. The process serves without a log.
        }

        lines.SetLength(0);
    }

    private MemoryStream Take()
    {
        lock (_lock)
        {
            (_pending, _spare) = (_spare, _pending);
            _hasLines.Reset();
            _hasRoom.Set();
            return _spare;
        }
    }
}
