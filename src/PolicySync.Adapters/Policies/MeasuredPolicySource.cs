using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Telemetry;

namespace PolicySync.Adapters.Policies;

/// <summary>Reports the version of the last policies from the source and the time since it confirmed them.</summary>
internal sealed class MeasuredPolicySource : IPolicySource
{
    /// <summary>Tag: the kind of source, as <c>Policies:Source</c> spells it.</summary>
    public const string SourceTag = "source";

    private readonly IPolicySource _source;
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?> _kind;
    private Confirmed? _last;

    public MeasuredPolicySource(IPolicySource source, IOptions<PoliciesOptions> options, IMeterFactory meters, TimeProvider time)
    {
        (_source, _time) = (source, time);
        _kind = new(SourceTag, options.Value.Source.ToString());
        var meter = meters.Create(MetricNames.Meter);
        meter.CreateObservableGauge(MetricNames.PolicyVersion, ObserveVersion, null, "Version of the policies that the source gave last.");
        meter.CreateObservableGauge(MetricNames.PolicyAge, ObserveAge, "s", "Time since the source was last asked with success.");
    }

    public async Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation)
    {
        // The time before the request: later changes may be missing in the answer.
        var asked = _time.GetTimestamp();
        var download = await _source.ReadAsync(knownStamp, cancellation);
        var version = download is null ? Volatile.Read(ref _last)?.Version : download.Policies.PolicyVersion;
        Volatile.Write(ref _last, new Confirmed(version, asked));
        return download;
    }

    private IEnumerable<Measurement<long>> ObserveVersion() =>
        Volatile.Read(ref _last)?.Version is { } version ? [new(version, _kind)] : [];

    private IEnumerable<Measurement<double>> ObserveAge() =>
        Volatile.Read(ref _last) is { } last ? [new(_time.GetElapsedTime(last.Asked).TotalSeconds, _kind)] : [];

    private sealed record Confirmed(long? Version, long Asked);
}
