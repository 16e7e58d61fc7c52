using System.Globalization;

namespace PolicySync.Adapters.Auditing;

/// <summary>Where the spool sends events.</summary>
internal interface IAuditSink : IDisposable
{
    /// <summary>Its name in metrics, logs and the spool: the kind and the position in the configuration.</summary>
    string Name { get; }

    /// <summary>Writes lines in order. A failure of any kind may leave some of them written; they are sent again.</summary>
    /// <returns>Lines that the sink can never take, since they are too large; they are dropped.</returns>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, CancellationToken cancellation);
}

/// <summary>Joins lines.</summary>
internal static class AuditLines
{
    public static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        var bytes = new byte[lines.Sum(line => line.Length + 1)];
        var at = 0;
        foreach (var line in lines)
        {
            line.CopyTo(bytes.AsMemory(at));
            at += line.Length;
            bytes[at++] = (byte)'\n';
        }

        return bytes;
    }
}

/// <summary>Standard output. A pipe that no process reads holds up the sink, and the log, which writes to the same pipe.</summary>
internal sealed class StdoutAuditSink(string name, Stream output) : IAuditSink
{
    public string Name => name;

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, CancellationToken cancellation)
    {
        await Task.Run(() =>
        {
            output.Write(AuditLines.Join(lines));
            output.Flush();
        }, cancellation).WaitAsync(cancellation);
        return [];
    }

    public void Dispose()
    {
        // The log still needs standard output.
    }
}

/// <summary>
/// A file of one process, with mode 0600. From a size on it is renamed to its name and the next number, and the oldest renamed files are deleted.
/// </summary>
/// <param name="name">The name of the sink.</param>
/// <param name="path">The file.</param>
/// <param name="mostBytes">The size.</param>
/// <param name="keep">Renamed files that are kept.</param>
internal sealed class FileAuditSink(string name, string path, long mostBytes, int keep) : IAuditSink
{
    private FileStream? _file;

    public string Name => name;

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, CancellationToken cancellation)
    {
        try
        {
            var bytes = AuditLines.Join(lines);
            var file = Current(bytes.Length);
            var before = file.Length;
            file.Position = before;
            try
            {
                await file.WriteAsync(bytes, cancellation);
                file.Flush(flushToDisk: true);
                return [];
            }
            catch (Exception)
            {
                file.SetLength(before);
                throw;
            }
        }
        catch (Exception e)
        {
            _file?.Dispose();
            _file = null; // what is wrong with it may be mended from outside
            throw e is UnauthorizedAccessException ? new IOException(e.Message, e) : e;
        }
    }

    public void Dispose() => _file?.Dispose();

    private FileStream Current(int coming)
    {
        if (_file is null || !File.Exists(path))
        {
            _file?.Dispose();
            PrivateFiles.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
            EndTornLine(_file);
        }

        if (_file.Length > 0 && _file.Length + coming > mostBytes)
        {
            _file.Dispose();
            _file = null;
            Rotate();
            _file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        }

        return _file;
    }

    // What a killed process has half written comes again whole.
    private static void EndTornLine(FileStream file)
    {
        if (file.Length == 0)
        {
            return;
        }

        file.Position = file.Length - 1;
        if (file.ReadByte() != '\n')
        {
            var end = file.Length;
            var step = new byte[1];
            while (end > 0)
            {
                file.Position = end - 1;
                file.ReadExactly(step);
                if (step[0] == '\n')
                {
                    break;
                }

                end--;
            }

            file.SetLength(end);
        }
    }

    private void Rotate()
    {
        var renamed = Renamed().ToList();
        var next = renamed.Count == 0 ? 1 : renamed[^1].Number + 1;
        File.Move(path, $"{path}.{next.ToString("D6", CultureInfo.InvariantCulture)}");
        foreach (var (_, old) in renamed.Append((next, $"{path}.{next.ToString("D6", CultureInfo.InvariantCulture)}")).SkipLast(keep))
        {
            File.Delete(old);
        }
    }

    private IEnumerable<(long Number, string Path)> Renamed() =>
        from file in Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path) + ".*")
        let end = Path.GetExtension(file)[1..]
        where end.Length >= 6 && end.All(char.IsAsciiDigit)
        let number = long.Parse(end, CultureInfo.InvariantCulture)
        orderby number
        select (number, file);
}
