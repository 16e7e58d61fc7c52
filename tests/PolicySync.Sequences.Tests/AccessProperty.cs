using System.Globalization;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Sequences.Tests.Judging;
using PolicySync.Sequences.Tests.Language;
using PolicySync.Sequences.Tests.Support;
using Xunit.Abstractions;

namespace PolicySync.Sequences.Tests;

/// <summary>
/// What the service answers about access is what Unity Catalog gives: for every user, securable and privilege, after random sequences of
/// changes and syncs. <c>ACCESS_COUNT</c> and <c>ACCESS_SEED</c> make it look longer, and elsewhere.
/// </summary>
public sealed class AccessProperty(ITestOutputHelper output)
{
    private static readonly string[] Asked = ["c", "c.s", "c.s.t", "c.s.u"];

    [Fact]
    public async Task Access_names_every_privilege_that_a_user_has_and_no_other()
    {
        var (count, seed) = (Setting("ACCESS_COUNT", 1_000), Setting("ACCESS_SEED", 20261130));
        using var worker = new Worker();
        var (compared, held) = (0, 0);
        var refused = new List<SyncErrorCode>();
        for (var i = 0; i < count; i++)
        {
            using var stage = new Stage(worker, Variant.Whole);
            var steps = Generator.Steps(seed + i, Kind.All & ~(Kind.Losses | Kind.Damage | Kind.Faults));
            await RunAsync(stage, steps);
            stage.Wait(TimeSpan.FromMinutes(2));
            foreach (var path in Asked.Where(path => stage.Find(path) is not null))
            {
                var reply = await stage.Service.AskAsync(SecurableOf(path));
                if (reply.Access is not { } report)
                {
                    refused.Add(reply.Result!.Error!.Code);
                    continue;
                }

                var (cells, given) = AccessComparison.Compare(
                    stage.Workspace, stage.Find(path)!, Stage.Users, SecurableOf(path).Type, report, $"seed {seed + i}, {path}\n{string.Join('\n', steps)}\n");
                (compared, held) = (compared + cells, held + given);
            }
        }

        output.WriteLine($"{count} sequences from seed {seed}: {compared} cells compared, {held} of them access, refused: {string.Join(", ", refused.CountBy(code => code))}");
        Assert.All(refused, code => Assert.True(code is SyncErrorCode.PoliciesShrank or SyncErrorCode.PoliciesUnavailable, $"{code}"));
        Assert.True(held > count && refused.Count < count, $"the sequences show too little: {held} of {compared}, {refused.Count} refused");
    }

    private static async Task RunAsync(Stage stage, IReadOnlyList<string> steps)
    {
        foreach (var step in steps)
        {
            if (Step.IsSync(step))
            {
                stage.Wait(TimeSpan.FromMinutes(2)); // memberships are read anew
                await stage.Service.SyncAsync(SecurableOf(step.Split(' ')[1]), allowRevoke: true);
            }
            else
            {
                Step.Apply(stage, step);
            }
        }
    }

    private static Securable SecurableOf(string path) => Securable.Parse(
        path.Count(c => c == '.') switch { 0 => SecurableType.Catalog, 1 => SecurableType.Schema, _ => SecurableType.Table }, path);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
