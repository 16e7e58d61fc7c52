using PolicySync.ContractCheck;
using PolicySync.Host.Configuration;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host;

/// <summary>Runs the process from start to end.</summary>
internal static partial class PolicySyncHost
{
    private const int Ended = 0;
    private const int Broke = 1;
    private const int WronglyConfigured = 2;

    /// <summary>The argument that has the settings judged and nothing started.</summary>
    internal const string CheckConfiguration = "--check-configuration";

    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case [ContractCheckCommand.Verb, .. var rest]:
                return await ContractCheckVerb.RunAsync(rest);
            case ["--help" or "-h"]:
                Console.WriteLine(Usage.Text);
                return Ended;
            case [CheckConfiguration, .. var rest]:
                return await CheckAsync(rest);
            case ["--version"]:
                Console.WriteLine(ProductVersion.Text);
                return Ended;
            default:
                return await ServeAsync(args);
        }
    }

    // Judges the settings as a start does, and starts nothing.
    private static async Task<int> CheckAsync(string[] args)
    {
        var (_, faults) = Settings.Read(CreateBuilder(args).Configuration);
        if (faults.Count > 0)
        {
            return await RefuseAsync(Console.Out, faults);
        }

        await Console.Out.WriteLineAsync("The configuration has no fault.");
        return Ended;
    }

    private static async Task<int> RefuseAsync(TextWriter writer, IReadOnlyList<ConfigurationFault> faults)
    {
        await writer.WriteLineAsync($"The configuration has {faults.Count} fault(s):");
        foreach (var fault in faults)
        {
            await writer.WriteLineAsync($"  {fault}");
        }

        return WronglyConfigured;
    }

    private static async Task<int> ServeAsync(string[] args)
    {
        var builder = CreateBuilder(args);
        var (settings, faults) = Settings.Read(builder.Configuration);
        if (faults.Count > 0)
        {
            return await RefuseAsync(Console.Error, faults);
        }

        builder.AddFront(settings);
        builder.AddBack(settings);
        await using var app = builder.Build();
        app.MapFront(settings);
        if (settings.HasApi)
        {
            app.MapWork();
        }

        foreach (var line in settings.Lines())
        {
            LogConfiguration(app.Logger, line.Section, line.Values);
        }

        var stopping = app.Lifetime.ApplicationStopping; // read now, as a host that failed to start is disposed
        try
        {
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            return Ended;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Ended; // told to stop while it was starting
        }
#pragma warning disable CA1031 // the outermost frame: the host has logged whatever ends the process; it sets the exit code
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBroke(app.Logger, e.Message);
            return Broke;
        }
    }

    /// <summary>How long the services that started may take to stop when another one could not start.</summary>
    private static readonly TimeSpan FailedStart = TimeSpan.FromSeconds(10);

    // Services start concurrently. When one fails, the others are stopped, HTTP above all; failures of stopping are ignored.
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            using var enough = new CancellationTokenSource(FailedStart, TimeProvider.System);
            await app.StopAsync(enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>
    /// Creates a builder that reads arguments, environment variables and the settings file beside the program.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddLogging();
        builder.ConfigureHttp();
        return builder;
    }

    [LoggerMessage(EventId = 1630, Level = LogLevel.Information, Message = "Configuration of {Section}: {Values}")]
    private static partial void LogConfiguration(ILogger logger, string section, string values);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Critical, Message = "The process ends: {Reason}")]
    private static partial void LogBroke(ILogger logger, string reason);
}
