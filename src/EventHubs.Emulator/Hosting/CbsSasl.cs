using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;

namespace EventHubs.Emulator.Hosting;

/// <summary>The mechanism by which clients announce that they authenticate by tokens. It takes everyone.</summary>
internal sealed class CbsSasl() : SaslProfile(Name)
{
    public static readonly Symbol Name = new("MSSBCBS");

    protected override ITransport UpgradeTransport(ITransport transport) => transport;

    protected override DescribedList GetStartCommand(string hostname) => throw new NotSupportedException("the emulator is a server");

    protected override DescribedList OnCommand(DescribedList command) => new SaslOutcome { Code = SaslCode.Ok };
}
