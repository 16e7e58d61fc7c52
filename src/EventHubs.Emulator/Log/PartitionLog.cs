using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace EventHubs.Emulator.Log;

/// <summary>
/// A partition in memory. Sequence numbers and offsets begin at the milliseconds of its start, so that a checkpoint of an earlier run hides
/// no event. Safe for concurrent use.
/// </summary>
internal sealed class PartitionLog
{
    private readonly Lock _gate = new();
    private readonly List<LoggedEvent> _events = [];
    private readonly List<PartitionReader> _readers = [];
    private readonly TimeProvider _time;
    private readonly long _base;
    private readonly Func<bool> _isHeld;

    public PartitionLog(string id, TimeProvider time, Func<bool> isHeld)
    {
        (Id, _time, _isHeld) = (id, time, isHeld);
        _base = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public string Id { get; }

    /// <summary>The last event; null in an empty partition.</summary>
    public LoggedEvent? Last
    {
        get
        {
            lock (_gate)
            {
                return _events.Count == 0 ? null : _events[^1];
            }
        }
    }

    /// <summary>Takes an event and sends it to the readers.</summary>
    public void Append(Message message, string? partitionKey)
    {
        message.Header = null;
        message.DeliveryAnnotations = null;
        var buffer = message.Encode();
        var bytes = buffer.Buffer.AsMemory(buffer.Offset, buffer.Length).ToArray();
        lock (_gate)
        {
            var offset = _events.Count == 0 ? _base : _events[^1].Offset + _events[^1].Bytes.Length;
            _events.Add(new LoggedEvent(_base + _events.Count, offset, _time.GetUtcNow().UtcDateTime, partitionKey, bytes));
            SendToAll();
        }
    }

    /// <summary>Adds a reader, in place of those with a lower or equal epoch; returns why it may not read, or null.</summary>
    public Error? Admit(PartitionReader reader, string? filter)
    {
        lock (_gate)
        {
            var others = _readers.Where(other => other.Group == reader.Group).ToList();
            if (others.Max(other => other.Epoch) is { } highest && (reader.Epoch ?? -1) < highest)
            {
                return new Error(AmqpNames.LinkStolen) { Description = $"A receiver with a higher epoch '{highest}' exists." };
            }

            if (reader.Epoch is not null)
            {
                others.ForEach(TakeOver);
            }

            reader.Next = StartPosition.IndexIn(_events, filter);
            _readers.Add(reader);
            return null;
        }
    }

    public void Leave(PartitionReader reader)
    {
        lock (_gate)
        {
            reader.IsGone = true;
            _readers.Remove(reader);
        }
    }

    /// <summary>Lets a reader receive more events.</summary>
    public void AddCredit(PartitionReader reader, int more)
    {
        lock (_gate)
        {
            reader.Credit = Math.Max(0, reader.Credit + more);
            Send(reader);
            if (reader.Link.IsDraining)
            {
                reader.Credit = 0;
                reader.Link.CompleteDrain();
            }
        }
    }

    /// <summary>Sends what is there, after deliveries were held.</summary>
    public void SendToAll()
    {
        lock (_gate)
        {
            foreach (var reader in _readers.ToList())
            {
                Send(reader);
            }
        }
    }

    /// <summary>Delivers the last events again to every reader, as the service may.</summary>
    public void Repeat(int count)
    {
        lock (_gate)
        {
            foreach (var reader in _readers)
            {
                reader.Next = Math.Max(0, reader.Next - count);
            }

            SendToAll();
        }
    }

    /// <summary>Closes the links of all readers with an error.</summary>
    public void Close(Symbol condition)
    {
        lock (_gate)
        {
            foreach (var reader in _readers)
            {
                reader.IsGone = true;
                Detach(reader, new Error(condition) { Description = "The link was closed by a fault rule." });
            }

            _readers.Clear();
        }
    }

    private void TakeOver(PartitionReader other)
    {
        _readers.Remove(other);
        other.IsGone = true;
        Detach(other, new Error(AmqpNames.LinkStolen) { Description = "A receiver with a higher or equal epoch was opened." });
    }

    // Not within the lock: closing waits for the peer.
    private static void Detach(PartitionReader reader, Error why) => _ = Task.Run(() => reader.Link.CloseAsync(TimeSpan.FromSeconds(1), why));

    private void Send(PartitionReader reader)
    {
        while (!reader.IsGone && reader.Credit > 0 && reader.Next < _events.Count && !_isHeld())
        {
            try
            {
                reader.Link.SendMessage(MessageOf(_events[reader.Next], reader.WantsMetrics));
            }
            catch (AmqpException)
            {
                reader.IsGone = true;
                return;
            }

            reader.Credit--;
            reader.Next++;
        }
    }

    private Message MessageOf(LoggedEvent one, bool withMetrics)
    {
        var bytes = one.Bytes.ToArray();
        var message = Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
        message.MessageAnnotations ??= new MessageAnnotations();
        message.MessageAnnotations[AmqpNames.SequenceNumber] = one.SequenceNumber;
        message.MessageAnnotations[AmqpNames.Offset] = one.Offset.ToString(CultureInfo.InvariantCulture);
        message.MessageAnnotations[AmqpNames.EnqueuedTime] = one.EnqueuedTime;
        if (one.PartitionKey is not null)
        {
            message.MessageAnnotations[AmqpNames.PartitionKey] = one.PartitionKey;
        }

        if (withMetrics)
        {
            var last = _events[^1];
            message.DeliveryAnnotations = new DeliveryAnnotations
            {
                [new Symbol("last_enqueued_sequence_number")] = last.SequenceNumber,
                [new Symbol("last_enqueued_offset")] = last.Offset.ToString(CultureInfo.InvariantCulture),
                [new Symbol("last_enqueued_time_utc")] = last.EnqueuedTime,
                [new Symbol("runtime_info_retrieval_time_utc")] = _time.GetUtcNow().UtcDateTime,
            };
        }

        return message;
    }
}
