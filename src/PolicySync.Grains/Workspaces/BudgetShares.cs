using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Workspaces;

/// <summary>
/// Divides a workspace's budget among processes. All leases together never exceed the configured budget: a process gets more only
/// from what others returned or let expire. Not safe for concurrent use.
/// </summary>
internal sealed class BudgetShares(double requestsPerSecond, int maxConcurrency, TimeProvider time)
{
    /// <summary>How long a lease is valid. Its holder renews it several times in that span.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After its start the grain does not know leases of a former activation until their holders renew them. During this time a
    /// process gets no more than it holds, and one without a lease gets a small part.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.5);

    /// <summary>The part of the rate that all newcomers together get during the grace time.</summary>
    public const double NewcomersPart = 0.1;

    /// <summary>With fewer places than processes, a process passes its place on after this time.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    // A holder counts its lease from before its request, the grain from after it; this covers the difference.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Guid, Holder> _holders = [];
    private readonly AdaptiveLimit _limit = new(requestsPerSecond, time);
    private readonly long _start = time.GetTimestamp();

    public BudgetLease Renew(BudgetReport report)
    {
        var now = time.GetTimestamp();
        ForgetTheSilent(now);
        var limit = _limit.After(report.Refusals);
        if (report.Demand <= 0)
        {
            _holders.Remove(report.Holder);
            return new BudgetLease(0, 0, ValidFor, limit);
        }

        if (!_holders.TryGetValue(report.Holder, out var holder))
        {
            // A former activation granted what the process reports to hold, and the process relies on it.
            holder = new Holder { Rate = report.HeldRate, Places = report.HeldConcurrency, IsNewcomer = report.HeldRate <= 0, Since = now };
            _holders[report.Holder] = holder;
        }

        holder.Report = (report, now);
        var others = _holders.Values.Where(other => other != holder).ToList();
        var places = Places(holder, others, now);
        holder.Rate = places == 0 ? 0 : Rate(holder, others, limit, now);
        holder.Since = (holder.Places > 0) == (places > 0) ? holder.Since : now;
        holder.Places = places;
        return new BudgetLease(holder.Rate, places, ValidFor, limit);
    }

    /// <summary>How the budget is used, by the last report of each process.</summary>
    public BudgetUse Use()
    {
        ForgetTheSilent(time.GetTimestamp());
        var reports = _holders.Values.Select(holder => holder.Report.Value).ToList();
        return new BudgetUse(
            requestsPerSecond, _limit.After(refusals: 0), reports.Sum(report => report.Demand), maxConcurrency,
            reports.Sum(report => report.Running), reports.Sum(report => report.Wanted - report.Running), reports.Count)
        {
            CallersWaiting = reports.Sum(report => report.CallersWaiting),
        };
    }

    private void ForgetTheSilent(long now)
    {
        foreach (var gone in _holders.Where(held => time.GetElapsedTime(held.Value.Report.At, now) > ValidFor + Margin).ToList())
        {
            _holders.Remove(gone.Key);
        }
    }

    private double Rate(Holder holder, List<Holder> others, double limit, long now)
    {
        var fair = FairShares.Of(
            limit, [holder.Report.Value.Demand, .. others.Where(other => other.Places > 0 || HasPlaceForAll).Select(other => other.Report.Value.Demand)], 0);
        if (IsGrace(now))
        {
            fair = Math.Min(fair, !holder.IsNewcomer ? holder.Rate
                : (limit * NewcomersPart) - others.Where(other => other.IsNewcomer).Sum(other => other.Rate));
        }

        return Math.Max(0, Given(fair, holder.Rate, limit - others.Sum(other => other.Rate)));
    }

    private int Places(Holder holder, List<Holder> others, long now)
    {
        var fair = HasPlaceForAll
            ? FairShares.Of(maxConcurrency, [Math.Max(1, holder.Report.Value.Wanted), .. others.Select(other => Math.Max(1, other.Report.Value.Wanted))], 0)
            : HasTurn(holder, now) ? 1 : 0;
        if (IsGrace(now))
        {
            fair = Math.Min(fair, Math.Max(1, holder.Places));
        }

        // Running calls continue whatever the lease says.
        var free = maxConcurrency - others.Sum(other => Math.Max(other.Places, other.Report.Value.Running));
        return (int)Math.Max(0, Given(fair, holder.Places, free));
    }

    // At most what is free, but never less than the process holds and may keep: no other process uses that.
    private static double Given(double fair, double held, double free) => Math.Max(Math.Min(fair, free), Math.Min(fair, held));

    // In this order: processes that just got a place, those that wait, longest first, and those that had one long enough.
    private bool HasTurn(Holder holder, long now) => _holders.Values
        .OrderBy(one => one.Places == 0 ? 1 : time.GetElapsedTime(one.Since, now) < Turn ? 0 : 2)
        .ThenBy(one => one.Since)
        .Take(maxConcurrency).Contains(holder);

    private bool HasPlaceForAll => _holders.Count <= maxConcurrency;

    private bool IsGrace(long now) => time.GetElapsedTime(_start, now) < Grace;

    private sealed class Holder
    {
        public (BudgetReport Value, long At) Report { get; set; }

        public double Rate { get; set; }

        public int Places { get; set; }

        /// <summary>The process had no lease when it came.</summary>
        public bool IsNewcomer { get; init; }

        /// <summary>When the process last got or lost its places.</summary>
        public long Since { get; set; }
    }
}
