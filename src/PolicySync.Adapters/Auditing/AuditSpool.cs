using System.Globalization;

namespace PolicySync.Adapters.Auditing;

/// <summary>How far a sink has read the spool.</summary>
/// <param name="Segment">The number of the segment.</param>
/// <param name="Offset">Bytes of it that were sent.</param>
internal sealed record SpoolPlace(long Segment, long Offset);

/// <summary>
/// Events on disk, in order: segments of lines, each line one event. A line counts once it ends, so what a process that died has half
/// written is cut off. Segments that all readers have passed are deleted. Not safe for concurrent use.
/// </summary>
internal sealed class AuditSpool : IDisposable
{
    private const string Extension = ".spool";
    private const int SegmentsInAll = 16;

    private readonly string _folder;
    private readonly long _mostBytes;
    private readonly long _segmentBytes;
    private readonly SortedDictionary<long, long> _sizes = [];
    private FileStream _tail;

    /// <summary>Opens the spool, which may have been left by a process that died.</summary>
    /// <param name="folder">Its folder, which no other process uses.</param>
    /// <param name="mostBytes">Most bytes in it.</param>
    public AuditSpool(string folder, long mostBytes)
    {
        (_folder, _mostBytes, _segmentBytes) = (folder, mostBytes, Math.Max(1, mostBytes / SegmentsInAll));
        PrivateFiles.CreateFolder(folder);
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                _sizes[number] = new FileInfo(path).Length;
            }
        }

        var last = _sizes.Count > 0 ? _sizes.Keys.Last() : 1;
        _tail = Open(last);
        CutTornLine();
        _sizes[last] = _tail.Length;
    }

    /// <summary>Bytes in it.</summary>
    public long Size => _sizes.Values.Sum();

    /// <summary>The place of the oldest event.</summary>
    public SpoolPlace Start => new(_sizes.Keys.First(), 0);

    /// <summary>The place after the newest event.</summary>
    public SpoolPlace End => new(_sizes.Keys.Last(), _tail.Length);

    /// <summary>Whether so many more bytes would fit.</summary>
    public bool HasRoomFor(long bytes) => Size + bytes <= _mostBytes;

    /// <summary>Appends whole lines, all of them or none, and returns once they are on the disk.</summary>
    /// <exception cref="IOException">The disk does not take them.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        if (_tail.Length >= _segmentBytes)
        {
            var next = _sizes.Keys.Last() + 1;
            var tail = Open(next);
            _tail.Dispose();
            _tail = tail;
            _sizes[next] = 0;
        }

        var before = _sizes[_sizes.Keys.Last()];
        try
        {
            _tail.Position = before;
            _tail.Write(lines);
            _tail.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _tail.SetLength(before); // a part of a line would spoil the next one
            throw;
        }

        _sizes[_sizes.Keys.Last()] = _tail.Length;
    }

    /// <summary>The next whole lines from a place, at most so many bytes unless one line is longer, and the place after them.</summary>
    public (IReadOnlyList<ReadOnlyMemory<byte>> Lines, SpoolPlace Next) Read(SpoolPlace from, int mostBytes)
    {
        var place = Within(from);
        while (place.Offset >= _sizes[place.Segment] && place.Segment != _sizes.Keys.Last())
        {
            place = new SpoolPlace(_sizes.Keys.First(number => number > place.Segment), 0);
        }

        using var file = new FileStream(PathOf(place.Segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = place.Offset;
        var left = _sizes[place.Segment] - place.Offset;
        for (long want = mostBytes; ; want *= 2)
        {
            var bytes = new byte[Math.Min(left, want)];
            file.Position = place.Offset;
            file.ReadExactly(bytes);
            var (lines, used) = SplitLines(bytes);
            if (lines.Count > 0 || want >= left)
            {
                return (lines, place with { Offset = place.Offset + used });
            }
        }
    }

    /// <summary>Events from a place on.</summary>
    public long CountFrom(SpoolPlace from)
    {
        var place = Within(from);
        return _sizes.Keys.Where(number => number >= place.Segment)
            .Sum(number => CountLines(number, number == place.Segment ? place.Offset : 0));
    }

    /// <summary>Deletes the segments that every reader has passed.</summary>
    public void Release(IEnumerable<SpoolPlace> readers)
    {
        var first = readers.Select(place => Within(place).Segment).DefaultIfEmpty(_sizes.Keys.Last()).Min();
        foreach (var number in _sizes.Keys.Where(number => number < first).ToList())
        {
            Delete(number);
        }
    }

    /// <summary>Deletes the oldest segment, and begins a new one if it is the only one.</summary>
    /// <returns>The place of the oldest event that is left.</returns>
    public SpoolPlace DropOldest()
    {
        var oldest = _sizes.Keys.First();
        if (_sizes.Count == 1)
        {
            var tail = Open(oldest + 1);
            _tail.Dispose();
            _tail = tail;
            _sizes[oldest + 1] = 0;
        }

        Delete(oldest);
        return Start;
    }

    /// <summary>The place, or that of the oldest or newest event where the place exists no more.</summary>
    public SpoolPlace Within(SpoolPlace place) =>
        _sizes.TryGetValue(place.Segment, out var size) ? place with { Offset = Math.Min(place.Offset, size) }
        : place.Segment < _sizes.Keys.First() ? Start
        : End;

    /// <inheritdoc/>
    public void Dispose() => _tail.Dispose();

    private static (List<ReadOnlyMemory<byte>> Lines, int Used) SplitLines(byte[] bytes)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        var start = 0;
        for (int end; (end = Array.IndexOf(bytes, (byte)'\n', start)) >= 0; start = end + 1)
        {
            lines.Add(bytes.AsMemory(start, end - start));
        }

        return (lines, start);
    }

    private long CountLines(long segment, long offset)
    {
        using var file = new FileStream(PathOf(segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = offset;
        var buffer = new byte[64 * 1024];
        var lines = 0L;
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return lines;
    }

    private void CutTornLine()
    {
        var bytes = new byte[_tail.Length];
        _tail.Position = 0;
        _tail.ReadExactly(bytes);
        _tail.SetLength(Array.LastIndexOf(bytes, (byte)'\n') + 1);
    }

    private FileStream Open(long number) => PrivateFiles.Open(PathOf(number), FileMode.OpenOrCreate, FileAccess.ReadWrite);

    private void Delete(long number)
    {
        File.Delete(PathOf(number));
        _sizes.Remove(number);
    }

    private string PathOf(long number) => Path.Combine(_folder, number.ToString("D10", CultureInfo.InvariantCulture) + Extension);
}
