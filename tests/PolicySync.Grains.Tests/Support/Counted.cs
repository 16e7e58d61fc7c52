using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace PolicySync.Grains.Tests.Support;

/// <summary>What a counter of the grains has counted, over all silos of one cluster, since this was made.</summary>
internal sealed class Counted : IDisposable
{
    private readonly MeterListener _listener;
    private long _value;

    public Counted(InProcessTestCluster cluster, string counter)
    {
        // Other tests of this process count by the same names; meters of these silos come from their own factories.
        var factories = cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<IMeterFactory>()).ToHashSet<object>();
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == counter && instrument.Meter.Scope is { } scope && factories.Contains(scope))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _value, value));
        _listener.Start();
    }

    public long Value => Interlocked.Read(ref _value);

    public void Dispose() => _listener.Dispose();
}
