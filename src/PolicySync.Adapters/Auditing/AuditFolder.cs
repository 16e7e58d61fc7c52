using System.Globalization;

namespace PolicySync.Adapters.Auditing;

/// <summary>
/// The folder of a process below <c>Audit:Spool</c>: the first one, by number, that no other process holds. A lock that ends with the process
/// holds it, so a process that starts after one was killed continues with its events.
/// </summary>
internal sealed class AuditFolder : IDisposable
{
    private const int MostProcesses = 1_000;
    private const int ProbeBytes = 64 * 1024;

    private readonly FileStream _lock;
    private readonly int _number;

    private AuditFolder(string path, int number, FileStream held) => (Path, _number, _lock) = (path, number, held);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Takes a folder.</summary>
    /// <exception cref="IOException">The folder above cannot be written, or all are held.</exception>
    public static AuditFolder Take(string spool)
    {
        for (var number = 0; number < MostProcesses; number++)
        {
            var path = System.IO.Path.Combine(spool, number.ToString(CultureInfo.InvariantCulture));
            PrivateFiles.CreateFolder(path);
            try
            {
                return new AuditFolder(path, number, PrivateFiles.Open(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (e.GetType() == typeof(IOException))
            {
                // another process holds it
            }
        }

        throw new IOException($"{spool} is used by {MostProcesses} processes");
    }

    /// <summary>The file that this process writes for a configured one.</summary>
    public string NameFor(string file) => _number == 0 ? file
        : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file) ?? "",
            $"{System.IO.Path.GetFileNameWithoutExtension(file)}-{_number.ToString(CultureInfo.InvariantCulture)}{System.IO.Path.GetExtension(file)}");

    /// <summary>The place of a sink as it was saved; null when none was.</summary>
    public SpoolPlace? PlaceOf(string sink)
    {
        var path = PathOf(sink);
        return File.Exists(path) && File.ReadAllText(path).Split(' ') is [var segment, var offset]
            && long.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? new SpoolPlace(number, bytes) : null;
    }

    /// <summary>Saves the place of a sink. What cannot be saved is sent again after a restart.</summary>
    public void SavePlace(string sink, SpoolPlace place)
    {
        var (path, next) = (PathOf(sink), PathOf(sink) + ".next");
        try
        {
            File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{place.Segment} {place.Offset}"));
            File.Move(next, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Why the folder takes no file; null when it does.</summary>
    public string? FaultOfWriting()
    {
        var probe = System.IO.Path.Combine(Path, "probe");
        try
        {
            using (var file = PrivateFiles.Open(probe, FileMode.Create, FileAccess.ReadWrite))
            {
                file.Write(new byte[ProbeBytes]);
                file.Flush(flushToDisk: true);
            }

            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the spool cannot be written: {e.Message}";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private string PathOf(string sink) => System.IO.Path.Combine(Path, sink + ".place");
}
