using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Options;
using PolicySync.Core.Webhooks;

namespace PolicySync.Adapters.Webhooks;

/// <summary>
/// The secrets of endpoints. A file is read for each attempt, as attempts are few; while it is missing or damaged, its last secrets remain in
/// use. Safe for concurrent use.
/// </summary>
internal sealed partial class EndpointSecrets(ILogger<EndpointSecrets> logger)
{
    private readonly ConcurrentDictionary<string, FileContent> _files = new(StringComparer.Ordinal);

    /// <summary>Returns the secrets that sign; none when the file was never readable.</summary>
    public async Task<IReadOnlyList<string>> CurrentAsync(WebhookEndpoint endpoint, CancellationToken cancellation)
    {
        if (endpoint.SecretFile is not { } path)
        {
            return [endpoint.Secret!];
        }

        var last = _files.GetValueOrDefault(path);
        try
        {
            var text = await File.ReadAllTextAsync(path, cancellation);
            if (text == last?.Text)
            {
                return last.Secrets;
            }

            if (WebhookSecrets.FaultOfFile(text) is { } fault)
            {
                LogKept(endpoint.Name!, path, fault);
                return last?.Secrets ?? [];
            }

            return (_files[path] = new FileContent(text, WebhookSecrets.Lines(text))).Secrets;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogKept(endpoint.Name!, path, e.GetType().Name);
            return last?.Secrets ?? [];
        }
    }

    [LoggerMessage(140, LogLevel.Warning, "Webhook endpoint {Endpoint}: keeping the last secrets, as {Path} cannot be used: {Reason}")]
    private partial void LogKept(string endpoint, string path, string reason);

    private sealed record FileContent(string Text, IReadOnlyList<string> Secrets);
}
