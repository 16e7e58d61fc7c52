using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Timing;

namespace PolicySync.Adapters.Auditing;

/// <summary>Sends events from the spool, to each sink in order and independently of the others.</summary>
internal sealed partial class AuditPump(AuditStream stream, TimeProvider time, ILogger<AuditPump> logger) : BackgroundService
{
    private static readonly Backoff Waits = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLogs = TimeSpan.FromMinutes(1);

    /// <summary>How long a process that stops continues to send. What is left waits in the spool for the next start.</summary>
    private static readonly TimeSpan LastSends = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (stream.IsOn)
        {
            await Task.WhenAll(stream.Readers.Select(reader => Task.Run(() => PumpAsync(reader, stoppingToken), CancellationToken.None)));
        }
    }

    private async Task PumpAsync(AuditReader reader, CancellationToken stopping)
    {
        try
        {
            await SendAllAsync(reader, goesOn: true, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(LastSends, time);
            try
            {
                await SendAllAsync(reader, goesOn: false, limit.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private async Task SendAllAsync(AuditReader reader, bool goesOn, CancellationToken stopping)
    {
        long? logged = null;
        for (var failures = 0; ;)
        {
            try
            {
                var (from, lines, next) = stream.Next(reader);
                if (lines.Count == 0)
                {
                    if (!goesOn)
                    {
                        return;
                    }

                    await reader.NewsAsync(stopping);
                    continue;
                }

                using var limit = new CancellationTokenSource(SendTimeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
                var tooLarge = await reader.Sink.SendAsync(lines, either.Token);
                foreach (var line in tooLarge)
                {
                    LogTooLarge(reader.Sink.Name, AuditLine.Of(line).Id, line.Length);
                }

                stream.Sent(reader, lines, tooLarge, from, next);
                failures = 0;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (logged is not { } last || time.GetElapsedTime(last) >= BetweenLogs)
                {
                    LogFailed(e, reader.Sink.Name, reader.Waiting);
                    logged = time.GetTimestamp();
                }

                await Task.Delay(Waits.After(failures++), time, stopping);
            }
        }
    }

    [LoggerMessage(151, LogLevel.Warning, "The sink {Sink} of the audit stream does not take events; {Waiting} wait for it")]
    private partial void LogFailed(Exception exception, string sink, long waiting);

    [LoggerMessage(170, LogLevel.Error, "The sink {Sink} of the audit stream can never take event {Id} of {Bytes} bytes, which is too large; it was dropped")]
    private partial void LogTooLarge(string sink, string? id, int bytes);
}
