using System.Globalization;
using PolicySync.Core.Desired;
using PolicySync.Core.Errors;
using PolicySync.Core.Explaining;
using PolicySync.Core.Privileges;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Sequences.Tests.Language;
using PolicySync.Sequences.Tests.Support;
using UnityCatalog.Emulator.Permissions;
using Xunit.Abstractions;
using PrivilegeMatrix = PolicySync.Core.Privileges.PrivilegeMatrix;
using Securable = PolicySync.Core.Securables.Securable;

namespace PolicySync.Sequences.Tests;

/// <summary>
/// After random sequences of changes and syncs, an explanation says of Unity Catalog what it gives, agrees with the answer about access, and
/// has a gap or a change for each difference. <c>EXPLAIN_COUNT</c> and <c>EXPLAIN_SEED</c> make it look longer, and elsewhere.
/// </summary>
public sealed class ExplainProperty(ITestOutputHelper output)
{
    private const string Browse = "BROWSE"; // Unity Catalog does not show that of a container as inherited
    private const int QuestionsPerSequence = 4;

    private static readonly string[] Asked = ["c", "c.s", "c.s.t", "c.s.t", "c.s.t", "c.s.u"];

    [Fact]
    public async Task Every_difference_that_an_explanation_names_has_a_gap_or_a_change_that_says_so()
    {
        var (count, seed) = (Setting("EXPLAIN_COUNT", 600), Setting("EXPLAIN_SEED", 20261130));
        using var worker = new Worker();
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            using var stage = new Stage(worker, Variant.Whole);
            var steps = Generator.Steps(seed + i, Kind.All & ~(Kind.Losses | Kind.Damage | Kind.Faults));
            await RunAsync(stage, steps);
            stage.Wait(TimeSpan.FromMinutes(2));
            var random = new Random(seed + i);
            for (var asked = 0; asked < QuestionsPerSequence; asked++)
            {
                var path = Asked[random.Next(Asked.Length)];
                var user = Stage.Users[random.Next(Stage.Users.Length)];
                if (stage.Find(path) is not null)
                {
                    await CheckAsync(stage, path, user, random, seen, $"seed {seed + i}, {user} {path}\n{string.Join('\n', steps)}\n");
                }
            }
        }

        output.WriteLine(string.Join('\n', seen.Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.All(["ALLOWED NONE", "NOT_ALLOWED NONE", "NOT_ALLOWED EXPOSED", "WITHHELD WITHHELD"], what =>
            Assert.True(seen.GetValueOrDefault(what) >= 5, $"`{what}` was seen {seen.GetValueOrDefault(what)} times"));
    }

    private static async Task CheckAsync(Stage stage, string path, string user, Random random, SortedDictionary<string, int> seen, string context)
    {
        var target = SecurableOf(path);
        var privileges = PrivilegeMatrix.ApplicableTo(target.Type, "MANAGED").Where(name => name is not (Privilege.AllPrivileges or Browse)).Order(StringComparer.Ordinal).ToList();
        var privilege = random.Next(3) > 0 ? Privilege.Select : privileges[random.Next(privileges.Count)];
        var reply = await stage.Service.ExplainAsync(target, new ExplainQuestion(user, privilege));
        if (reply.Explanation is not { } explained)
        {
            Assert.True(reply.Result!.Error!.Code is SyncErrorCode.PoliciesShrank or SyncErrorCode.PoliciesUnavailable or SyncErrorCode.Unsupported, context + reply.Result.Error);
            return;
        }

        context += $"{explained.Summary}\n{string.Join('\n', explained.Gaps)}\n{string.Join('\n', explained.Changes)}";
        var caller = new Caller(stage.Workspace, stage.Workspace.Principals.FindForGrant(user)!);
        Assert.True(explained.UnityCatalog!.Has == caller.Holds(stage.Find(path)!, explained.Privilege), $"what Unity Catalog gives: {context}");
        Assert.True(explained.Difference switch
        {
            GapDirection.Exposed => explained.Gaps.Any(gap => gap.Direction == GapDirection.Exposed) || explained.Changes.Any(change => change.Action == ChangeAction.Revoke),
            GapDirection.Withheld => explained.Gaps.Any(gap => gap.Direction == GapDirection.Withheld) || explained.Changes.Any(change => change.Action == ChangeAction.Grant),
            _ => true,
        } || explained.Notes.Any(note => note.Contains("outside Sync:Managed", StringComparison.Ordinal) || note.StartsWith("the owner of a container", StringComparison.Ordinal)), $"a difference without gap and change: {context}");

        // The answer about access says the same of policy.
        var report = (await stage.Service.AskAsync(target)).Access;
        var held = report?.Principals.FirstOrDefault(principal => principal.Principal == user)?.Privileges.FirstOrDefault(one => one.Privilege == explained.Privilege);
        Assert.True(held is not null == explained.UnityCatalog.Has, $"the answer about access has {held}: {context}");
        Assert.True(held is null || Agree(held.Policy!.Verdict, explained.Policy), $"the answer about access says {held?.Policy}, the explanation {explained.Policy.Decision}: {context}");
        var kind = $"{Core.WireNames.Of(explained.Policy.Decision)} {(explained.Difference is { } difference ? Core.WireNames.Of(difference) : "NONE")}";
        seen[kind] = seen.GetValueOrDefault(kind) + 1;
    }

    private static bool Agree(PolicyVerdict verdict, ExplainedPolicy policy) => verdict switch
    {
        // Policy gives it to the principal, and the group through which it does gets no grant.
        PolicyVerdict.Allowed => policy.Decision == PolicyAnswer.Allowed || policy is { Decision: PolicyAnswer.Withheld, Verdict: ExplainedVerdict.Allowed },
        PolicyVerdict.Withheld => policy.Decision == PolicyAnswer.Withheld,
        PolicyVerdict.Denied => policy.Decision == PolicyAnswer.NotAllowed,
        _ => policy.Decision == PolicyAnswer.NotAllowed,
    };

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
