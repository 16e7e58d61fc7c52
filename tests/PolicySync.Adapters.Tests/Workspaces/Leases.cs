using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Tests.Workspaces;

/// <summary>How a process keeps its part of the budget, and what it does when nobody can be asked.</summary>
public sealed class Leases : IBudgetLeases, IDisposable
{
    private static readonly TimeSpan ValidFor = TimeSpan.FromSeconds(5);

    private readonly TestTime _time = new();
    private readonly RequestBudget _budget;
    private readonly BudgetKeeper _keeper;
    private readonly List<BudgetReport> _reports = [];
    private Func<BudgetReport, Task<BudgetLease>> _answer = report => Task.FromResult(
        report.Demand > 0 ? new BudgetLease(40, 4, ValidFor, 100) : new BudgetLease(0, 0, ValidFor, 100));

    public Leases()
    {
        _budget = new RequestBudget(_time);
        _keeper = new BudgetKeeper(
            _budget, this, Options.Create(new WorkspaceOptions { RequestsPerSecond = 100, MaxConcurrency = 8 }), _time,
            IdGenerator.System, NullLogger<BudgetKeeper>.Instance);
    }

    public void Dispose()
    {
        _keeper.Dispose();
        _budget.Dispose();
    }

    Task<BudgetLease> IBudgetLeases.RenewAsync(BudgetReport report, CancellationToken cancellation)
    {
        _reports.Add(report);
        return _answer(report);
    }

    [Fact]
    public async Task The_first_call_asks_for_a_lease_and_starts_when_it_is_there()
    {
        var answer = new TaskCompletionSource<BudgetLease>();
        _answer = _ => answer.Task;
        var call = Call();
        Assert.Equal((1, false), (_reports.Count, call.IsCompleted));
        Assert.Equal((1, 0), (_reports[0].Wanted, _reports[0].Running));
        Assert.True(_reports[0].Demand >= 1);

        answer.SetResult(new BudgetLease(40, 4, ValidFor, 100));
        (await call).Dispose();
        Assert.Equal((40, 100), (_budget.Rate, _keeper.Total));
    }

    [Fact]
    public async Task Calls_within_a_lease_ask_nobody()
    {
        (await Call()).Dispose();
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(30));
            (await Call()).Dispose();
        }

        Assert.Single(_reports);
    }

    [Fact]
    public async Task A_lease_is_renewed_while_there_is_work_and_given_back_after_it()
    {
        (await Call()).Dispose();
        Pass(TimeSpan.FromSeconds(4));
        Assert.Equal(1 + 8, _reports.Count);
        Assert.All(_reports.Skip(1), report => Assert.Equal((40, 4), (report.HeldRate, report.HeldConcurrency)));

        Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(0, _reports[^1].Demand);
        Assert.Equal(0, _budget.Rate);

        var before = _reports.Count;
        Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(before, _reports.Count);
        (await Call()).Dispose();
        Assert.Equal(before + 1, _reports.Count);
    }

    [Fact]
    public async Task A_call_that_comes_while_the_lease_is_given_back_gets_a_new_one()
    {
        (await Call()).Dispose();
        var given = new TaskCompletionSource<BudgetLease>();
        _answer = report => report.Demand > 0 ? Task.FromResult(new BudgetLease(40, 4, ValidFor, 100)) : given.Task;
        Pass(TimeSpan.FromSeconds(5.5));
        Assert.Equal(0, _reports[^1].Demand);
        _budget.Grant(0, 0);

        var call = Call();
        given.SetResult(new BudgetLease(0, 0, ValidFor, 100));
        (await call.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
        Assert.True(_reports[^1].Demand > 0);
    }

    [Fact]
    public async Task Who_cannot_ask_keeps_its_lease_for_its_time_and_then_less_and_less_of_it()
    {
        (await Call()).Dispose();
        _answer = _ => throw new InvalidOperationException("no silo");
        var rates = new List<double>();
        for (var second = 0; second < 40; second++)
        {
            Pass(TimeSpan.FromSeconds(1));
            using var turn = await Call().WaitAsync(TimeSpan.FromSeconds(60));
            rates.Add(_budget.Rate);
        }

        Assert.Equal([40, 20, 10, 5], rates.Distinct());
        Assert.InRange(rates.Count(rate => rate is 40), 3, 5);
        Assert.Equal(5, rates[^1]);

        _answer = _ => Task.FromResult(new BudgetLease(30, 3, ValidFor, 100));
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(30, _budget.Rate);
        Assert.Equal(0, _reports[^2].HeldRate); // what it went on with was no lease any more
    }

    [Fact]
    public async Task Who_never_had_a_lease_and_cannot_ask_works_at_a_tenth_one_call_at_a_time()
    {
        _answer = _ => throw new InvalidOperationException("no silo");

        using var turn = await Call();

        Assert.Equal(10, _budget.Rate);
        var second = Call();
        Pass(TimeSpan.FromSeconds(3));
        Assert.False(second.IsCompleted);
        turn.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_no_answer()
    {
        (await Call()).Dispose();
        _answer = _ => new TaskCompletionSource<BudgetLease>().Task;
        for (var second = 0; second < 6; second++)
        {
            Pass(TimeSpan.FromSeconds(1));
            (await Call().WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
        }

        Assert.Equal(20, _budget.Rate);
    }

    [Fact]
    public async Task Refusals_are_told_at_once_and_only_once()
    {
        (await Call()).Dispose();
        _time.Advance(BudgetKeeper.LeastBetween);
        _keeper.RecordRefusal();
        _keeper.RecordRefusal();
        Assert.Equal([0, 1], _reports.Select(report => report.Refusals));

        Pass(BudgetKeeper.Every);
        Assert.Equal([0, 1, 1], _reports.Select(report => report.Refusals));
        Pass(BudgetKeeper.Every);
        Assert.Equal(0, _reports[^1].Refusals);
    }

    [Fact]
    public async Task Refusals_whose_report_nobody_took_are_told_again()
    {
        (await Call()).Dispose();
        _time.Advance(BudgetKeeper.LeastBetween);
        var answer = _answer;
        _answer = _ => throw new InvalidOperationException("no silo");
        _keeper.RecordRefusal();
        _answer = answer;

        Pass(BudgetKeeper.Every);

        Assert.Equal([0, 1, 1], _reports.Select(report => report.Refusals));
    }

    [Fact]
    public async Task A_call_that_has_to_wait_asks_for_more_at_once()
    {
        _answer = report => Task.FromResult(new BudgetLease(40, report.Wanted > 1 ? 8 : 1, ValidFor, 100));
        using var one = await Call();
        Pass(BudgetKeeper.Every);
        var before = _reports[^1];
        Assert.Equal((1, 1), (before.Wanted, before.Running));
        _time.Advance(BudgetKeeper.LeastBetween);

        using var two = await Call();

        Assert.Equal((2, 1), (_reports[^1].Wanted, _reports[^1].Running));
        Assert.True(_reports[^1].Demand >= 1 + (1 / BudgetKeeper.Every.TotalSeconds));
    }

    private Task<RequestBudget.Turn> Call()
    {
        var turn = _budget.TakeTurnAsync(default, isWrite: false, default);
        _keeper.RecordCall(waits: !turn.IsCompleted); // as the handler does, but for what it notes before
        return turn.AsTask();
    }

    private void Pass(TimeSpan span)
    {
        for (var left = span; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(100))
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }
}
