using Microsoft.Extensions.Configuration.Memory;

namespace PolicySync.Host.Telemetry;

/// <summary>JSON lines on stdout, in UTC, with the task id as a scope.</summary>
internal static class LoggingSetup
{
    /// <summary>
    /// Levels where no <c>Logging:LogLevel</c> says otherwise. Our own categories begin with <c>PolicySync</c>, so quietening
    /// <c>Orleans</c> does not silence them. The HTTP client and token libraries are never to be raised in production:
    /// below Information they write headers.
    /// </summary>
    private static readonly Dictionary<string, string?> Levels = new(StringComparer.Ordinal)
    {
        ["Logging:LogLevel:Default"] = nameof(LogLevel.Information),
        ["Logging:LogLevel:Orleans"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Microsoft"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = nameof(LogLevel.Information),
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = nameof(LogLevel.Error), // each probe would repeat it
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = nameof(LogLevel.Error), // takes the machine's uptime for a stall
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Polly"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Azure"] = nameof(LogLevel.Warning),
    };

    public static void AddLogging(this WebApplicationBuilder builder)
    {
        // The weakest source of all: files, variables and arguments override it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Levels });
        builder.Logging.ClearProviders().AddJsonConsole(console =>
        {
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
    }
}
