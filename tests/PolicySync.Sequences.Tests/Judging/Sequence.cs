using System.Net;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Testing.Language;
using PolicySync.Sequences.Tests.Language;
using PolicySync.Sequences.Tests.Support;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>
/// Runs steps and judges each sync: nobody may read after it what neither policies give nor they read before it, unless an
/// exposed gap of that sync tells of it. What others do while it runs counts as done before it.
/// </summary>
internal sealed class Sequence(Worker worker, Variant variant)
{
    /// <summary>What the sequences did, for the reader of the test's output.</summary>
    public Tally Tally { get; } = new();

    /// <summary>The first fault; null when there is none.</summary>
    public async Task<string?> RunAsync(IReadOnlyList<string> steps)
    {
        using var stage = new Stage(worker, variant);
        Tally.Sequences++;
        foreach (var step in steps)
        {
            if (!Step.IsSync(step))
            {
                Step.Apply(stage, step);
            }
            else if (await SyncAsync(stage, step) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private async Task<string?> SyncAsync(Stage stage, string step)
    {
        stage.Wait(TimeSpan.FromMinutes(2)); // memberships are read anew, and what was written is seen
        var words = step.Split(' ');
        var befores = new List<Dictionary<(string User, string Table), Reading>> { stage.Readings() };
        var holders = stage.Holders();
        var first = stage.Calls.Calls;
        stage.Calls.Trouble = words.Length > 2
            ? new Troubles(stage, [.. words.Skip(2).Where(word => word[0] == '@')], first, () => befores.Add(stage.Readings())) : null;
        IReadOnlyList<ResourceResult> results;
        try
        {
            results = await stage.Service.SyncAsync(TargetOf(words[1]), allowRevoke: true);
        }
        finally
        {
            stage.Calls.Trouble = null;
        }

        Tally.Add(results, stage.Calls.Calls - first);
        foreach (var (key, after) in stage.Readings())
        {
            var before = befores.Select(readings => readings.GetValueOrDefault(key, Reading.Nothing)).ToList();
            // USE for what is synced may open the way to something beside it: that somebody holds there, nobody looked at.
            var isBeside = !$"{key.Table}.".StartsWith($"{words[1]}.", StringComparison.Ordinal) && holders.Contains(key);
            if (!isBeside && !before.Contains(after) && FaultOf(stage, results, key.User, key.Table, after, before) is { } fault)
            {
                return $"{fault}\nafter: {step}\n{Tally.Show(results)}";
            }
        }

        return null;
    }

    private string? FaultOf(
        Stage stage, IReadOnlyList<ResourceResult> results, string user, string table, Reading after, List<Reading> before)
    {
        var given = stage.Given(user, table);
        var isWider = after.Beyond(before).Any();
        Tally.Widened += isWider ? 1 : 0;
        if (!isWider || after.Beyond([.. before, given]).FirstOrDefault() is not { } excess)
        {
            return null;
        }

        if (Gaps.Tell(results, table, user, stage.GroupsOf(user), excess, given))
        {
            Tally.Told++;
            return null;
        }

        return $"{user} reads {excess} of {table}\nnow:    {after}\nbefore: {string.Join("\n        ", before)}\npolicy: {given}";
    }

    private static Securable TargetOf(string path) => Securable.Parse(
        path.Count(c => c == '.') switch { 0 => SecurableType.Catalog, 1 => SecurableType.Schema, _ => SecurableType.Table }, path);
}
