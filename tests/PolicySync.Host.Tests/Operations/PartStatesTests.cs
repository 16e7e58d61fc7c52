using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Host.Health;

namespace PolicySync.Host.Tests.Operations;

/// <summary>Since when a part is not healthy, and what the log says of it.</summary>
public sealed class PartStatesTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Lines _log = new();
    private readonly Lifetime _host = new();
    private readonly PartStates _states;

    public PartStatesTests() =>
        _states = new PartStates(new ProcessLife(_host, _time, new ServiceCollection().BuildServiceProvider()), _time, _log);

    [Fact]
    public void A_part_is_told_with_the_time_since_which_probes_find_it_so()
    {
        _host.Start();
        Assert.Empty(_states.Note(Report(("policies", HealthStatus.Healthy, null))));
        var first = _time.GetUtcNow();
        Assert.Equal([("policies", first)], _states.Note(Report(("policies", HealthStatus.Degraded, "POLICIES_UNAVAILABLE"))));

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([("policies", first)], _states.Note(Report(("policies", HealthStatus.Degraded, "POLICIES_SHRANK"))));
        Assert.Empty(_states.Note(Report(("policies", HealthStatus.Healthy, null))));

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([("policies", _time.GetUtcNow())], _states.Note(Report(("policies", HealthStatus.Degraded, null))));
    }

    [Fact]
    public void The_log_says_each_change_once()
    {
        _host.Start();
        for (var i = 0; i < 3; i++)
        {
            _states.Note(Report(("policies", HealthStatus.Degraded, "POLICIES_UNAVAILABLE")));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        _states.Note(Report(("policies", HealthStatus.Degraded, "POLICIES_SHRANK")));
        _states.Note(Report(("policies", HealthStatus.Healthy, null)));
        _states.Note(Report(("policies", HealthStatus.Healthy, null)));

        Assert.Equal(
            [
                "policies is Degraded since 2026-03-01T12:00:00.0000000+00:00: POLICIES_UNAVAILABLE",
                "policies is Degraded since 2026-03-01T12:00:00.0000000+00:00: POLICIES_SHRANK", "policies is healthy again after 00:03:00",
            ],
            _log.All.Select(line => line.Message));
    }

    [Fact]
    public void A_start_and_a_stop_are_no_news()
    {
        _states.Note(Report(("silo", HealthStatus.Unhealthy, null)));
        _host.Start();
        _states.Note(Report(("silo", HealthStatus.Healthy, null)));
        _host.StopApplication();
        _states.Note(Report(("silo", HealthStatus.Unhealthy, null)));

        Assert.Empty(_log.All);
    }

    [Fact]
    public void A_part_that_is_not_healthy_after_the_start_is_news_then()
    {
        var begin = _time.GetUtcNow();
        _states.Note(Report(("workspace", HealthStatus.Degraded, "UNAVAILABLE")));
        _time.Advance(TimeSpan.FromSeconds(10));
        _host.Start();

        Assert.Equal([("workspace", begin)], _states.Note(Report(("workspace", HealthStatus.Degraded, "UNAVAILABLE"))));

        Assert.Equal(LogLevel.Warning, Assert.Single(_log.All).Level);
    }

    private static HealthReport Report(params (string Part, HealthStatus Status, string? Reason)[] parts) => new(
        parts.ToDictionary(part => part.Part, part => new HealthReportEntry(
            part.Status, null, TimeSpan.Zero, null, part.Reason is null ? null : new Dictionary<string, object> { [PoliciesHealth.Reason] = part.Reason })),
        TimeSpan.Zero);

    private sealed class Lines : ILogger<PartStates>
    {
        public List<(LogLevel Level, string Message)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add((logLevel, formatter(state, exception)));
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        private bool _started;
        private bool _stopping;

        public CancellationToken ApplicationStarted => new(_started);

        public CancellationToken ApplicationStopping => new(_stopping);

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started = true;

        public void StopApplication() => _stopping = true;
    }
}
