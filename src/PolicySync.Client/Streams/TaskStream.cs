using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using PolicySync.Client.Http;

namespace PolicySync.Client.Streams;

/// <summary>Reads the stream of a task, and opens it again when it breaks off.</summary>
internal sealed class TaskStream(IPolicySyncApi api, PolicySyncClientOptions options)
{
    /// <summary>The type of a stream.</summary>
    public const string MediaType = "text/event-stream";

    /// <summary>The pause before a stream that broke off is opened again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async IAsyncEnumerable<TaskUpdate> ReadAsync(
        string taskId, long? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var empty = 0; ; empty++)
        {
            using var response = await api.StreamTaskAsync(taskId, after?.ToString(CultureInfo.InvariantCulture), cancellation).ConfigureAwait(false);
            Exception? broken;
            await using var updates = Updates(response, cancellation).GetAsyncEnumerator(cancellation);
            while (true)
            {
                (var update, broken) = await NextAsync(updates, cancellation).ConfigureAwait(false);
                if (update is null)
                {
                    break;
                }

                empty = 0;
                after = update is TaskResultUpdate result ? result.Number : after;
                yield return update;
                if (update is TaskStatusUpdate { Task: var task } && task.Status.IsEnded())
                {
                    yield break;
                }
            }

            if (empty + 1 >= options.MaxAttempts)
            {
                throw broken ?? new HttpRequestException($"the stream of task {taskId} ended {options.MaxAttempts} times before the task did");
            }

            await Task.Delay(Pause, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The next update; none when the stream has ended or broken off, and why it broke off.</summary>
    private static async Task<(TaskUpdate? Update, Exception? Broken)> NextAsync(IAsyncEnumerator<TaskUpdate> updates, CancellationToken cancellation)
    {
        try
        {
            return (await updates.MoveNextAsync().ConfigureAwait(false) ? updates.Current : null, null);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or TimeoutException && !cancellation.IsCancellationRequested)
        {
            return (null, e);
        }
        catch (JsonException e)
        {
            throw new PolicySyncException("the stream has an event that is not one of the service's; check the address and what is between", e)
            {
                Status = HttpStatusCode.OK,
            };
        }
    }

    private async IAsyncEnumerable<TaskUpdate> Updates(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var content = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var events = SseParser.Create(new WatchedStream(content, options.StreamSilence, options.Time), Parse);
        await foreach (var item in events.EnumerateAsync(cancellation).ConfigureAwait(false))
        {
            if (item.Data is { } update)
            {
                yield return update is TaskResultUpdate result ? result with { Number = Number(item.EventId) } : update;
            }
        }
    }

    /// <summary>Null for an event of a kind that a later version of the service may have.</summary>
    private static TaskUpdate? Parse(string kind, ReadOnlySpan<byte> data) => kind switch
    {
        "status" => new TaskStatusUpdate(JsonSerializer.Deserialize(data, ClientJson.Default.SyncTask)!),
        "progress" => new TaskProgressUpdate(JsonSerializer.Deserialize(data, ClientJson.Default.TaskProgress)!),
        "result" => new TaskResultUpdate(0, JsonSerializer.Deserialize(data, ClientJson.Default.TaskResource)!),
        _ => null,
    };

    private static long Number(string? id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
