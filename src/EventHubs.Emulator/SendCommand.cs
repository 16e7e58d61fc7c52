using System.Globalization;
using System.Net.Sockets;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;

namespace EventHubs.Emulator;

/// <summary>
/// Sends standard input as one event to a hub of an emulator that runs: <c>send --port PORT --hub NAME</c>. For demonstrations, where no SDK
/// is at hand.
/// </summary>
internal static class SendCommand
{
    /// <summary>The first argument.</summary>
    public const string Word = "send";

    /// <summary>How it is called.</summary>
    public const string Usage = "       EventHubs.Emulator send --port PORT --hub NAME    sends standard input as one event";

    /// <summary>Runs the command with the arguments after its word.</summary>
    /// <returns>The exit code: 0 once the emulator has the event, 1 when it has not, 2 for wrong arguments.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Stream input, TextWriter errors)
    {
        if (args is not ["--port", var text, "--hub", var hub] || !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            await errors.WriteLineAsync($"{Word} takes a port and a hub{Environment.NewLine}{EmulatorOptions.Usage}{Environment.NewLine}{Usage}");
            return 2;
        }

        using var body = new MemoryStream();
        await input.CopyToAsync(body);
        try
        {
            var connection = await new ConnectionFactory { SASL = { Profile = SaslProfile.Anonymous } }
                .CreateAsync(new Address(string.Create(CultureInfo.InvariantCulture, $"amqp://127.0.0.1:{port}")));
            var sender = new SenderLink(new Session(connection), "send", hub);
            await sender.SendAsync(new Message { BodySection = new Data { Binary = body.ToArray() } });
            await connection.CloseAsync();
            return 0;
        }
        catch (Exception e) when (e is AmqpException or SocketException or TimeoutException)
        {
            await errors.WriteLineAsync($"the event was not sent: {e.Message}");
            return 1;
        }
    }
}
