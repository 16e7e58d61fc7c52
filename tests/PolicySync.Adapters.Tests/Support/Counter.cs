using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace PolicySync.Adapters.Tests.Support;

/// <summary>The sum of what a counter of these services has counted.</summary>
internal sealed class Counter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _sum;

    public Counter(IServiceProvider services, string name)
    {
        var scope = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name && ReferenceEquals(instrument.Meter.Scope, scope))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _sum, count));
        _listener.Start();
    }

    public long Sum => Interlocked.Read(ref _sum);

    public void Dispose() => _listener.Dispose();
}
