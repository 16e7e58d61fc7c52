using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Plans;

/// <summary>
/// Adds up what plans would do, from the results of their changed securables. A plan that has ended does not change, so the last few
/// summaries are kept. Safe for concurrent use; works in silos and in clients.
/// </summary>
public sealed class PlanSummaries(ITaskStore store)
{
    /// <summary>Most changed securables that are added up.</summary>
    public const int MaxSecurables = 20_000;

    private const int MaxListed = 100;
    private const int MaxKept = 32;
    private const int PageSize = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<(TaskId Id, PlanSummary Summary)> _kept = [];

    /// <summary>The summary of a plan that has ended.</summary>
    public async Task<PlanSummary> ReadAsync(TaskId plan, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_kept.FirstOrDefault(kept => kept.Id == plan).Summary is { } known)
            {
                return known;
            }
        }

        var summary = await AddUpAsync(plan, cancellation);
        lock (_gate)
        {
            _kept.Enqueue((plan, summary));
            if (_kept.Count > MaxKept)
            {
                _kept.Dequeue();
            }
        }

        return summary;
    }

    private async Task<PlanSummary> AddUpAsync(TaskId plan, CancellationToken cancellation)
    {
        var (gains, losses) = (new Users(), new Users());
        var gaps = new Dictionary<(GapCode, GapDirection), long>();
        var actions = new Dictionary<ChangeAction, long>();
        var notes = new SortedSet<string>(StringComparer.Ordinal);
        var (securables, calls) = (0L, 0L);
        string? token = null;
        do
        {
            var page = await store.ReadResultsAsync(plan, new ResultFilter { Drifted = true }, PageSize, token, cancellation);
            foreach (var result in page.Resources)
            {
                securables++;
                calls += result.PlannedCallCount;
                Count(actions, result.Changes.Select(change => change.Action));
                Count(gaps, result.Gaps.Select(gap => (gap.Code, gap.Direction)));
                gains.Add(result.Effect?.Users, user => user.Gains);
                losses.Add(result.Effect?.Users, user => user.Losses);
                Note(notes, result);
            }

            token = page.NextPageToken;
        }
        while (token is not null && securables < MaxSecurables);
        if (token is not null)
        {
            notes.Add($"only the first {securables} changed securables are counted");
        }

        return new PlanSummary(
            securables, Of(ChangeAction.Grant), Of(ChangeAction.Revoke), Of(ChangeAction.SetFilter), Of(ChangeAction.DropFilter),
            Of(ChangeAction.SetMask), Of(ChangeAction.DropMask), calls, gains.Count, gains.First(), losses.Count, losses.First(),
            [.. gaps.OrderBy(gap => gap.Key).Select(gap => new PlanGapCount(gap.Key.Item1, gap.Key.Item2, gap.Value))],
            notes.Count == 0 ? null : [.. notes.Take(MaxListed)]);

        long Of(ChangeAction action) => actions.GetValueOrDefault(action);
    }

    private static void Note(SortedSet<string> notes, ResourceResult result)
    {
        if (result.Effect?.Unknown is { } unknown)
        {
            notes.Add(unknown);
        }

        if (result.ChangeCount > result.Changes.Count || result.GapCount > result.Gaps.Count)
        {
            notes.Add($"only the first changes and gaps of {result.Type} {result.FullName} are counted");
        }

        if (result.Effect is { } effect && Math.Max(effect.Gaining, effect.Losing) > effect.Users.Count)
        {
            notes.Add($"only the first {effect.Users.Count} users of {result.Type} {result.FullName} are counted");
        }
    }

    private static void Count<T>(Dictionary<T, long> counts, IEnumerable<T> values)
        where T : notnull
    {
        foreach (var value in values)
        {
            counts[value] = counts.GetValueOrDefault(value) + 1;
        }
    }

    private sealed class Users
    {
        private readonly SortedDictionary<string, (SortedSet<string> Privileges, int Securables)> _users = new(StringComparer.Ordinal);

        public int Count => _users.Count;

        public void Add(IEnumerable<AccessChange>? users, Func<AccessChange, IReadOnlyList<string>> privileges)
        {
            foreach (var user in (users ?? []).Where(user => privileges(user).Count > 0))
            {
                var (before, securables) = _users.GetValueOrDefault(user.User, ([], 0));
                before.UnionWith(privileges(user));
                _users[user.User] = (before, securables + 1);
            }
        }

        public IReadOnlyList<PlanUser> First() =>
            [.. _users.Take(MaxListed).Select(user => new PlanUser(user.Key, [.. user.Value.Privileges], user.Value.Securables))];
    }
}
