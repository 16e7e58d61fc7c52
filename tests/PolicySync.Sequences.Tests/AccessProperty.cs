using System.Globalization;
using PolicySync.Core.Errors;
using PolicySync.Core.Privileges;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Sequences.Tests.Language;
using PolicySync.Sequences.Tests.Support;
using UnityCatalog.Emulator.Permissions;
using Xunit.Abstractions;
using Securable = PolicySync.Core.Securables.Securable;
using PrivilegeMatrix = PolicySync.Core.Privileges.PrivilegeMatrix;

namespace PolicySync.Sequences.Tests;

/// <summary>
/// What the service answers about access is what Unity Catalog gives: for every user, securable and privilege, after random sequences of
/// changes and syncs. <c>ACCESS_COUNT</c> and <c>ACCESS_SEED</c> make it look longer, and elsewhere.
/// </summary>
public sealed class AccessProperty(ITestOutputHelper output)
{
    // Unity Catalog does not show BROWSE of a container as inherited, and the emulator does not.
    private const string Browse = "BROWSE";

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

                var (cells, given) = Compare(stage, path, report, $"seed {seed + i}, {path}\n{string.Join('\n', steps)}\n");
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

    private static (int Cells, int Held) Compare(Stage stage, string path, AccessReport report, string context)
    {
        var (cells, held) = (0, 0);
        var securable = stage.Find(path)!;
        var type = SecurableOf(path).Type;
        foreach (var user in Stage.Users)
        {
            var caller = new Caller(stage.Workspace, stage.Workspace.Principals.FindForGrant(user)!);
            var told = report.Principals.FirstOrDefault(principal => principal.Principal == user);
            foreach (var privilege in PrivilegeMatrix.ApplicableTo(type, report.Kind!).Where(name => name is not (Privilege.AllPrivileges or Browse)))
            {
                var has = caller.Holds(securable, privilege);
                Assert.True(has == (told?.Privileges.Any(one => one.Privilege == privilege) ?? false),
                    $"{context}: {user} {(has ? "has" : "does not have")} {privilege}, and the answer says otherwise: {told}");
                (cells, held) = (cells + 1, held + (has ? 1 : 0));
            }

            if (type == SecurableType.Table && caller.Holds(securable, Privilege.Select))
            {
                Assert.True((caller.WhyUnreadable(securable) is null) == (told!.MissingUse is null), $"{context}: {user}: {told}");
            }
        }

        return (cells, held);
    }

    private static Securable SecurableOf(string path) => Securable.Parse(
        path.Count(c => c == '.') switch { 0 => SecurableType.Catalog, 1 => SecurableType.Schema, _ => SecurableType.Table }, path);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
