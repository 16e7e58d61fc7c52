using System.Text;
using System.Text.Json;
using PolicySync.Core.Events;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Events;

/// <summary>
/// Reads the body of an event: the body of POST /task, or an array of up to 100. An object with <c>specversion</c> is a CloudEvent: its
/// <c>data</c> is the body, and its <c>id</c>, <c>source</c> and <c>time</c> stand for what the body lacks.
/// </summary>
/// <param name="unknown">What becomes of members that are not known.</param>
/// <param name="subTypes">The values of <c>appSubType</c> that are for this service.</param>
internal sealed class EventBody(UnknownMembers unknown, IReadOnlySet<string> subTypes)
{
    /// <summary>Most requests in one event.</summary>
    public const int MaxRequests = 100;

    /// <summary>Reads the requests, each by itself: a fault of one leaves the others.</summary>
    public EventRequests Read(ReadOnlyMemory<byte> body)
    {
        if (body.Length > RequestBody.MaxBytes)
        {
            return EventRequests.Faulty(new EventFault(JsonPointer.Root, $"must be at most {RequestBody.MaxBytes:N0} bytes"));
        }

        var faults = new FaultList();
        using var document = StrictJson.Parse(body, faults);
        if (document is null || !faults.IsEmpty)
        {
            return EventRequests.Faulty([.. faults.Faults.Select(static fault => new EventFault(fault.Pointer ?? "", fault.Detail))]);
        }

        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            return Read([(document.RootElement, JsonPointer.Root)]);
        }

        return document.RootElement.GetArrayLength() is 0 or > MaxRequests
            ? EventRequests.Faulty(new EventFault(JsonPointer.Root, $"must hold 1 to {MaxRequests} requests"))
            : Read([.. document.RootElement.EnumerateArray().Select(static (element, index) => (element, JsonPointer.Element(JsonPointer.Root, index)))]);
    }

    private EventRequests Read(IReadOnlyList<(JsonElement Element, string Pointer)> elements)
    {
        var requests = new List<SyncRequest>();
        var faults = new List<EventFault>();
        var ignored = 0;
        foreach (var (element, pointer) in elements)
        {
            var envelope = Envelope.Of(element);
            if (envelope is { HasData: false })
            {
                faults.Add(new EventFault(pointer + "/data", "is missing"));
                continue;
            }

            var (sent, place) = envelope is null ? (element, pointer) : (envelope.Data, pointer + "/data");
            if (IsForOthers(sent))
            {
                ignored++;
                continue;
            }

            var (request, wrong) = SyncRequestReader.Read(Encoding.UTF8.GetBytes(sent.GetRawText()), unknown);
            if (request is null)
            {
                faults.AddRange(wrong.Select(fault => new EventFault(place + fault.Pointer, fault.Detail)));
            }
            else
            {
                requests.Add(envelope is null ? request : envelope.Complete(request));
            }
        }

        return new EventRequests(requests, ignored, faults);
    }

    private bool IsForOthers(JsonElement sent) =>
        sent.ValueKind == JsonValueKind.Object && sent.TryGetProperty("appSubType", out var subType) && subType.ValueKind == JsonValueKind.String
        && !subTypes.Contains(subType.GetString()!);

    /// <summary>The attributes of a CloudEvent that a request can take.</summary>
    private sealed record Envelope(JsonElement Data, string? Id, string? Source, string? TimeJson)
    {
        public bool HasData => Data.ValueKind != JsonValueKind.Undefined;

        /// <summary>Null for what is no CloudEvent.</summary>
        public static Envelope? Of(JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("specversion", out _))
            {
                return null;
            }

            return new Envelope(
                element.TryGetProperty("data", out var data) ? data : default,
                Text("id")?.GetString(), Text("source")?.GetString(), Text("time")?.GetRawText());

            JsonElement? Text(string name) => element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member : null;
        }

        public SyncRequest Complete(SyncRequest request)
        {
            var sent = request.Event ?? new SyncEvent();
            return request with
            {
                Event = sent with { Id = sent.Id ?? Id, Source = sent.Source ?? Source, CreateTimeJson = sent.CreateTimeJson ?? TimeJson },
            };
        }
    }
}

/// <summary>What an event asks for.</summary>
/// <param name="Requests">The requests.</param>
/// <param name="Ignored">Requests for other services.</param>
/// <param name="Faults">What is wrong with the others.</param>
internal sealed record EventRequests(IReadOnlyList<SyncRequest> Requests, int Ignored, IReadOnlyList<EventFault> Faults)
{
    public static EventRequests Faulty(params IReadOnlyList<EventFault> faults) => new([], 0, faults);
}
