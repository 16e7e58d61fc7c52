using System.Globalization;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.ContractCheck.Workspaces;

namespace PolicySync.ContractCheck.Probes;

/// <summary>How much the workspace takes. Each probe has a bound, and says it.</summary>
internal static class LimitProbes
{
    private const string Use = "USE_SCHEMA";

    /// <summary>With fewer principals a limit worth knowing would not be met.</summary>
    private const int FewestPrincipals = 10;

    private const int GrantedAtOnce = 20;

    /// <summary>Reads per second of the steps; the next step is not made once one was refused.</summary>
    private static readonly int[] Rates = [10, 20, 40, 80, 160];

    private static readonly TimeSpan StepTime = TimeSpan.FromSeconds(4);

    public static IReadOnlyList<Probe> All =>
    [
        new(new("changes-per-patch", "One change per principal of the directory in one PATCH, up to --principals", "accepted",
            "all changes of a securable go in one PATCH; a group with denied members becomes up to Principals:ExpandUpTo (200) of them"), ChangesAsync),
        new(new("grants-per-securable", "Grants to as many principals on one schema, in PATCHes of 20", "accepted, and all of them read back",
            "groups with denied members are expanded to up to Principals:ExpandUpTo (200) users on one securable"), GrantsAsync),
        new(new("rate", "Reads of permissions at rising rates, up to 160 a second for 4 seconds", "no refusal at Workspace:RequestsPerSecond",
            "a higher rate than the workspace accepts makes syncs slower: the budget is lowered at each 429"), RateAsync),
    ];

    private static async Task<Answer> ChangesAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        var principals = Principals(scene);
        var most = principals.Count;
        var refusals = new List<string>();
        while (principals.Count > 0)
        {
            var answer = (await scene.ChangeAsync(scene.Schema, stop, [.. principals.Select(name => Change.Add(name, Use))])).ToThePoint("the PATCH");
            if (answer.IsSuccess)
            {
                return Answer.If(refusals.Count == 0, string.Join("; ", [.. refusals, $"{principals.Count} accepted, {Bound(scene, most)}"]));
            }

            // Who is in the workspace's directory need not be in the account's.
            if (answer.Meaning is { ServerCode: ServerCodes.PrincipalDoesNotExist, Subject: { } unknown } && principals.Remove(unknown))
            {
                most--;
                continue;
            }

            refusals.Add($"{principals.Count} refused ({answer.Long})");
            principals = [.. principals.Take(principals.Count / 2)];
        }

        return Answer.If(holds: false, string.Join("; ", refusals));
    }

    private static async Task<Answer> GrantsAsync(Scene scene, CancellationToken stop)
    {
        await scene.ClearAsync(scene.Schema, stop);
        var left = Principals(scene);
        var (made, unknown) = (0, 0);
        while (left.Count > 0)
        {
            var some = left.Take(GrantedAtOnce).ToList();
            var answer = (await scene.ChangeAsync(scene.Schema, stop, [.. some.Select(name => Change.Add(name, Use))])).ToThePoint("the PATCH");
            if (answer is { IsSuccess: false, Meaning: { ServerCode: ServerCodes.PrincipalDoesNotExist, Subject: { } subject } } && left.Remove(subject))
            {
                unknown++;
                continue;
            }

            if (!answer.IsSuccess)
            {
                return Answer.If(holds: false, $"{made} accepted, the next {some.Count} refused: {answer.Long}");
            }

            made += some.Count;
            left.RemoveRange(0, some.Count);
        }

        var (isSo, _) = await scene.SettleAsync(scene.Schema, read => read.Count == made, stop);
        var shown = (await scene.ReadAsync(scene.Schema, stop)).Count;
        return Answer.If(isSo, isSo ? $"{made} accepted and read back, {Bound(scene, made)}" : $"{made} accepted, {shown} read back");
    }

    private static async Task<Answer> RateAsync(Scene scene, CancellationToken stop)
    {
        if (!scene.Arguments.Rates)
        {
            throw new NotAskedException("sends many calls: --rates asks it");
        }

        var ours = scene.Options.RequestsPerSecond;
        var seen = new List<string>();
        var holds = true;
        foreach (var rate in Rates)
        {
            var answers = await AtAsync(scene, rate, stop);
            var refused = answers.Where(answer => answer.Status == 429).ToList();
            if (refused.Count == 0)
            {
                seen.Add(string.Create(CultureInfo.InvariantCulture, $"none at {rate}/s"));
                continue;
            }

            holds = rate > ours;
            seen.Add(string.Create(CultureInfo.InvariantCulture, $"{refused.Count} of {answers.Count} refused at {rate}/s ({refused[0].Short}, Retry-After {refused[0].RetryAfter ?? "absent"})"));
            break;
        }

        return Answer.If(holds, string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", seen)}; the service's rate is {ours:0.##}/s"));
    }

    private static async Task<IReadOnlyList<RawAnswer>> AtAsync(Scene scene, int rate, CancellationToken stop)
    {
        var calls = (int)(rate * StepTime.TotalSeconds);
        var under = new List<Task<RawAnswer>>(calls);
        var began = scene.Time.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate) - scene.Time.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, scene.Time, stop);
            }

            under.Add(scene.Raw.HurryAsync($"{Routes.Permissions(scene.Schema)}?max_results=0", stop));
            if (under.Any(call => call is { IsCompletedSuccessfully: true, Result.Status: 429 }))
            {
                break; // that is what was asked
            }
        }

        return await Task.WhenAll(under);
    }

    private static List<string> Principals(Scene scene)
    {
        var principals = scene.Cast.Others.Prepend(scene.Cast.Self).Take(scene.Arguments.Principals).ToList();
        return principals.Count >= FewestPrincipals ? principals
            : throw new NotAskedException($"the directory lists {principals.Count} principals; {FewestPrincipals} are the least that would tell anything");
    }

    private static string Bound(Scene scene, int most) => most >= scene.Arguments.Principals
        ? $"the bound that --principals sets" : $"the directory lists no more (bound {scene.Arguments.Principals})";
}
