using Amqp;
using Amqp.Framing;
using EventHubs.Emulator.Hosting;

namespace EventHubs.Emulator.Nodes;

/// <summary><c>$cbs</c>: takes the tokens of clients. Signatures are not checked.</summary>
internal sealed class TokenNode(HubFaults faults, HubJournal journal) : RequestNode
{
    protected override void Answer(ApplicationProperties request, Message answer)
    {
        var refused = faults.RefusesTokens;
        journal.Add($"token {request["type"]} {request["name"]}{(refused ? " refused" : "")}");
        if (!refused)
        {
            Set(answer, 202, "Accepted");
            return;
        }

        Set(answer, 401, "InvalidSignature");
        answer.ApplicationProperties["error-condition"] = AmqpNames.Unauthorized;
    }
}
