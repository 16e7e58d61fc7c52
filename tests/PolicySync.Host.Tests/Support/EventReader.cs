using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace PolicySync.Host.Tests.Support;

/// <summary>Reads a stream of events as a client does.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventReader(HttpResponseMessage answer, Stream stream)
    {
        _answer = answer;
        _items = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
    }

    public HttpResponseMessage Answer => _answer;

    public static async Task<EventReader> OpenAsync(HttpClient client, string task, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Send.Tasks}/{task}/events");
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new EventReader(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>Opens a stream and reads nothing of it.</summary>
    public static async Task<HttpResponseMessage> OpenUnreadAsync(HttpClient client, string task) =>
        await client.GetAsync($"{Send.Tasks}/{task}/events", HttpCompletionOption.ResponseHeadersRead);

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<Event?> NextAsync() => await _items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))
        ? new Event(_items.Current.EventType, _items.Current.EventId, JsonElement.Parse(_items.Current.Data))
        : null;

    /// <summary>The events up to the end of the stream.</summary>
    public async Task<List<Event>> RestAsync()
    {
        var events = new List<Event>();
        while (await NextAsync() is { } next)
        {
            events.Add(next);
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        _answer.Dispose();
        try
        {
            await _items.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // a read is under way
        }
    }

    internal sealed record Event(string Name, string? Id, JsonElement Data)
    {
        public string Status => Data.GetProperty("status").GetString()!;

        public override string ToString() => Name == "result" ? $"result {Data.GetProperty("fullName").GetString()}" : $"{Name} {Data.GetRawText()}";
    }
}
