using Amqp.Types;

namespace EventHubs.Emulator.Hosting;

/// <summary>What the emulator does wrong on demand. Safe for concurrent use.</summary>
public sealed class HubFaults
{
    private readonly Lock _gate = new();
    private Symbol? _condition;
    private int _refusals;
    private volatile bool _refusesTokens;
    private volatile bool _holdsDeliveries;

    /// <summary>Whether tokens are refused, with 401.</summary>
    public bool RefusesTokens
    {
        get => _refusesTokens;
        set => _refusesTokens = value;
    }

    /// <summary>Whether events are kept back. <see cref="EventHubsEmulator.Release"/> sends them.</summary>
    public bool HoldsDeliveries
    {
        get => _holdsDeliveries;
        set => _holdsDeliveries = value;
    }

    /// <summary>Refuses links to the hub.</summary>
    /// <param name="condition">The AMQP condition, for example <c>com.microsoft:server-busy</c>.</param>
    /// <param name="times">How many links.</param>
    public void RefuseLinks(string condition, int times = 1)
    {
        lock (_gate)
        {
            (_condition, _refusals) = (new Symbol(condition), times);
        }
    }

    /// <summary>The condition with which a link is refused; null when it is not.</summary>
    internal Symbol? NextRefusal()
    {
        lock (_gate)
        {
            return _refusals-- > 0 ? _condition : null;
        }
    }
}
