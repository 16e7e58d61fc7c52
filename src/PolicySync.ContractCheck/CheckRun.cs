using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck;

/// <summary>The outcome of a run.</summary>
/// <param name="Findings">One finding per requested fact.</param>
/// <param name="Left">Created objects that could not be removed, with the reason.</param>
/// <param name="Fault">Why no fact could be asked; null when facts were asked.</param>
/// <param name="IsInterrupted">Whether the run was interrupted.</param>
internal sealed record CheckOutcome(
    IReadOnlyList<Finding> Findings, IReadOnlyList<string> Left, string? Fault = null, bool IsInterrupted = false);

/// <summary>One run: creates a schema, asks, removes everything.</summary>
/// <param name="services">The service's clients.</param>
/// <param name="arguments">What to ask.</param>
/// <param name="suffix">Makes the schema's name unique.</param>
/// <param name="progress">Receives progress messages.</param>
internal sealed class CheckRun(IServiceProvider services, CheckArguments arguments, string suffix, TextWriter progress)
{
    private const string Prefix = "policysync_check_";

    /// <summary>Time limit for removing created objects, also after an interruption.</summary>
    private static readonly TimeSpan TimeToTidy = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private readonly RawWorkspace _raw = services.GetRequiredService<RawWorkspace>();

    /// <summary>Runs to an outcome. Does not throw for answers of the workspace or an interruption.</summary>
    public async Task<CheckOutcome> RunAsync(CancellationToken stop)
    {
        var made = new MadeObjects(_raw, $"orleans-policysync contract check {suffix}; may be dropped", _time);
        var findings = new List<Finding>();
        string? fault = null;
        try
        {
            await AskAllAsync(await SetAsync(made, Prefix + suffix, stop), findings, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was made so far is removed below; the report says what was not asked.
        }
        catch (Exception e) when (IsOfTheWorkspace(e))
        {
            fault = e.Message;
        }

        using var enough = new CancellationTokenSource(TimeToTidy, _time);
        var left = await made.RemoveAllAsync(enough.Token);
        return new CheckOutcome(findings, left, fault, stop.IsCancellationRequested);
    }

    private async Task<Scene> SetAsync(MadeObjects made, string schema, CancellationToken stop)
    {
        var cast = await Cast.ReadAsync(_raw, arguments.Principals, stop);
        var clients = new Clients(
            _raw, services.GetRequiredService<IUnityCatalog>(), services.GetRequiredService<ITableGuards>(),
            services.GetRequiredService<IOptions<WorkspaceOptions>>().Value);
        var scene = new Scene(arguments, clients, cast, made, schema, _time);
        await progress.WriteLineAsync($"making schema {scene.Schema.FullName}");
        await scene.MakeAsync(scene.Schema, stop);
        await ReportOthersAsync(scene, stop);
        return scene;
    }

    // Never removed: they may belong to a check that runs now.
    private async Task ReportOthersAsync(Scene scene, CancellationToken stop)
    {
        var page = await scene.Product.ListAsync(SecurableType.Schema, scene.Catalog, null, new CallMeter(), stop);
        foreach (var other in page.Items.Where(item => item.Securable != scene.Schema && item.Securable.Name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            await progress.WriteLineAsync($"{other.Securable.FullName} was left by another check; drop it if none runs");
        }
    }

    private async Task AskAllAsync(Scene scene, List<Finding> findings, CancellationToken stop)
    {
        var probes = Facts.Probes.Where(probe => arguments.Only.Count == 0 || arguments.Only.Contains(probe.Fact.Id)).ToList();
        foreach (var probe in probes)
        {
            var answer = stop.IsCancellationRequested ? Answer.NotAsked("interrupted") : await AskAsync(probe, scene, stop);
            findings.Add(new Finding(probe.Fact, answer with { Seen = scene.Cast.Anonymous(answer.Seen) }));
            if (!stop.IsCancellationRequested)
            {
                await progress.WriteLineAsync($"{findings.Count}/{probes.Count} {probe.Fact.Id}");
            }
        }
    }

    private static async Task<Answer> AskAsync(Probe probe, Scene scene, CancellationToken stop)
    {
        try
        {
            return await probe.AskAsync(scene, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Answer.NotAsked("interrupted");
        }
        catch (SyncException e) when (e.InnerException is JsonException)
        {
            return Answer.If(holds: false, $"the client cannot read the answer: {e.Message}");
        }
        catch (Exception e) when (IsOfTheWorkspace(e))
        {
            return Answer.NotAsked(e.Message);
        }
    }

    // System.Text.Json throws InvalidOperationException for a node of another kind.
    private static bool IsOfTheWorkspace(Exception e) =>
        e is NotAskedException or SyncException or HttpRequestException or IOException or JsonException or InvalidOperationException or FormatException;
}
