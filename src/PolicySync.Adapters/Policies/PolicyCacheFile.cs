using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Policies;

/// <summary>
/// One file in <c>Policies:CacheFolder</c>: a header line and the documents as the source sent them. It contains no
/// credential of the service. It is replaced by rename, so it is complete at any time. Does nothing without a folder.
/// </summary>
internal sealed partial class PolicyCacheFile(IOptions<PoliciesOptions> options, ILogger<PolicyCacheFile> logger) : IPolicyCache
{
    public const string FileName = "policies.cache";

    /// <summary>Changes with the layout; a file of another form is ignored.</summary>
    private const int Form = 1;

    /// <summary>Longest header line of any form.</summary>
    private const int MaxHeader = 4096;

    private string? FilePath => options.Value.CacheFolder is { } folder ? Path.Combine(folder, FileName) : null;

    public bool Keeps => FilePath is not null;

    public async Task KeepAsync(string stamp, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellation)
    {
        if (FilePath is not { } path || documents.Count == 0)
        {
            return;
        }

        try
        {
            var next = $"{path}.next"; // always the same name, so that crashes leave at most one
            await WriteAsync(next, stamp, documents, cancellation);
            File.Move(next, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotKept(e, options.Value.CacheFolder);
        }
    }

    public async Task<PolicyDownload?> FindAsync(string stamp, CancellationToken cancellation)
    {
        if (FilePath is not { } path || !File.Exists(path))
        {
            return null;
        }

        try
        {
            var kept = Read(await File.ReadAllBytesAsync(path, cancellation));
            if (kept is not null && string.Equals(kept.Stamp, stamp, StringComparison.Ordinal))
            {
                return kept.ToDownload();
            }

            LogOther(path, kept is null ? "damaged" : "not of the policies that were accepted last");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SyncException)
        {
            LogNotRead(e, path);
        }

        return null;
    }

    private static async Task WriteAsync(
        string path, string stamp, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellation)
    {
        var creation = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // policies are confidential
        }

        await using var file = new FileStream(path, creation);
        await JsonSerializer.SerializeAsync(
            file,
            new Header(Form, stamp, [.. documents.Select(document => new Part(document.Name, document.Content?.LongLength))]),
            HeaderJson.Default.Header,
            cancellation);
        await file.WriteAsync("\n"u8.ToArray(), cancellation);
        foreach (var document in documents)
        {
            await file.WriteAsync(document.Content ?? [], cancellation);
        }

        file.Flush(flushToDisk: true); // after a power failure the new name must not refer to an empty file
    }

    // The stamp is computed from the content, so a damaged file gets another one.
    private static RangerDocuments? Read(byte[] content)
    {
        var end = content.AsSpan(0, Math.Min(content.Length, MaxHeader)).IndexOf((byte)'\n');
        if (end < 0 || ReadHeader(content.AsSpan(0, end)) is not { Form: Form } header)
        {
            return null;
        }

        var documents = new List<PolicyDocument>();
        var at = (long)end + 1;
        foreach (var part in header.Parts)
        {
            if (part.Length is < 0 || part.Length > content.Length - at)
            {
                return null;
            }

            documents.Add(new PolicyDocument(
                part.Name, part.Length is { } length ? content.AsSpan((int)at, (int)length).ToArray() : null));
            at += part.Length ?? 0;
        }

        return at == content.Length ? RangerDocuments.Of(documents) : null;
    }

    private static Header? ReadHeader(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, HeaderJson.Default.Header);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(100, LogLevel.Warning, "Could not cache the policies in {Folder}; a restart needs their source")]
    private partial void LogNotKept(Exception exception, string? folder);

    [LoggerMessage(101, LogLevel.Warning, "Could not read {Path}")]
    private partial void LogNotRead(Exception exception, string path);

    [LoggerMessage(102, LogLevel.Warning, "Ignored {Path}: it is {What}")]
    private partial void LogOther(string path, string what);

    /// <summary>The header line.</summary>
    internal sealed record Header(int Form, string Stamp, IReadOnlyList<Part> Parts);

    /// <summary>A document: its name and its size in bytes; null when there is no such document.</summary>
    internal sealed record Part(string Name, long? Length);

    [JsonSerializable(typeof(Header))]
    internal sealed partial class HeaderJson : JsonSerializerContext;
}
