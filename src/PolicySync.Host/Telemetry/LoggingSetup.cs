using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;
using PolicySync.Adapters.Auditing;

namespace PolicySync.Host.Telemetry;

/// <summary>Sets up the log: JSON lines on standard output, in UTC, with the task id as a scope.</summary>
internal static class LoggingSetup
{
    /// <summary>
    /// Default levels. The service's categories begin with <c>PolicySync</c>, so the level of <c>Orleans</c> does not affect them. The HTTP
    /// client and token libraries write headers below Information: do not lower their levels in production.
    /// </summary>
    private static readonly Dictionary<string, string?> Levels = new(StringComparer.Ordinal)
    {
        ["Logging:LogLevel:Default"] = nameof(LogLevel.Information),
        ["Logging:LogLevel:Orleans"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Microsoft"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = nameof(LogLevel.Information),
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = nameof(LogLevel.None), // every probe would repeat a line; PartStates logs changes
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = nameof(LogLevel.Error), // mistakes the machine's uptime for a stall
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Polly"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Azure"] = nameof(LogLevel.Warning),
    };

    public static void AddLogging(this WebApplicationBuilder builder)
    {
        // The source of the lowest priority: files, environment variables and arguments override it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Levels });
        builder.Logging.ClearProviders().AddJsonConsole(console =>
        {
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(ConsoleLoggerProvider)));
        builder.Services.AddSingleton<ILoggerProvider>(static services => new LogLinesProvider(
            services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == ConsoleFormatterNames.Json),
            new LogLines(StandardOutput.Stream)));
    }
}
