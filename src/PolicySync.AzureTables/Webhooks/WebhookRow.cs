using System.Globalization;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.AzureTables.Webhooks;

/// <summary>Maps a delivery to a row (docs/storage.md).</summary>
internal static class WebhookRow
{
    /// <summary>The time of the event, for sweeps and for ages.</summary>
    public const string Since = "Since";

    /// <summary>Begins the key of a row that remembers an id. Sorts behind all due times.</summary>
    public const string Remembered = "seen-";

    private const string Event = "Event";
    private const string Task = "TaskId";
    private const string Payload = "Payload";
    private const string Attempts = "Attempts";
    private const string FirstAttempt = "FirstAttempt";
    private const char Separator = '_'; // names of endpoints do not have it
    private const string DueFormat = "yyyyMMddHHmmssfff";

    public static string PartitionOf(string endpoint, int lane) => string.Create(CultureInfo.InvariantCulture, $"{endpoint}{Separator}{lane:D2}");

    /// <summary>The endpoint of a partition.</summary>
    public static string EndpointOf(string partition) => partition[..partition.IndexOf(Separator, StringComparison.Ordinal)];

    /// <summary>The smallest row key of deliveries that are due later.</summary>
    public static string AfterDue(DateTimeOffset now) => KeyOf(now.AddMilliseconds(1));

    public static TableEntity Write(WebhookDelivery delivery)
    {
        var row = new TableEntity(PartitionOf(delivery.Endpoint, delivery.Lane), $"{KeyOf(delivery.Due)}-{delivery.Id}")
        {
            [Event] = delivery.Event,
            [Since] = delivery.Since,
            [Attempts] = delivery.Attempts,
        };
        if (delivery.Task is { } task)
        {
            row[Task] = task.ToString();
        }

        if (delivery.Payload is { } payload)
        {
            row[Payload] = payload;
        }

        if (delivery.FirstAttempt is { } first)
        {
            row[FirstAttempt] = first;
        }

        return row;
    }

    /// <summary>The row that remembers the id of a delivery.</summary>
    public static TableEntity Remember(WebhookDelivery delivery) => new(PartitionOf(delivery.Endpoint, delivery.Lane), Remembered + delivery.Id)
    {
        [Event] = delivery.Event,
        [Since] = delivery.Since,
    };

    public static WebhookDelivery Read(TableEntity row)
    {
        var (due, id) = (row.RowKey[..DueFormat.Length], row.RowKey[(DueFormat.Length + 1)..]);
        return new WebhookDelivery
        {
            Endpoint = EndpointOf(row.PartitionKey),
            Lane = int.Parse(row.PartitionKey.AsSpan(row.PartitionKey.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture),
            Event = row.GetString(Event),
            Id = id,
            Task = TaskId.TryParse(row.GetString(Task), out var task) ? task : null,
            Payload = row.GetString(Payload),
            Since = row.GetDateTimeOffset(Since)!.Value,
            Due = DateTimeOffset.ParseExact(due, DueFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Attempts = row.GetInt32(Attempts) ?? 0,
            FirstAttempt = row.GetDateTimeOffset(FirstAttempt),
            Version = row.ETag.ToString(),
        };
    }

    /// <summary>The approximate size of a row on the wire.</summary>
    public static int WireBytes(WebhookDelivery delivery) => TransactionLimits.WireBytes(0) + (2 * (delivery.Payload?.Length ?? 0));

    private static string KeyOf(DateTimeOffset due) => due.UtcDateTime.ToString(DueFormat, CultureInfo.InvariantCulture);
}
