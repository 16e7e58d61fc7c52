using System.Text.Json.Nodes;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck.Workspaces;

/// <summary>
/// What the check has made, noted before it is made, so that it is removed however the check ends. Objects carry a mark
/// in their comment: where it is not certain that one is ours, since no answer came, the mark decides, and nothing
/// else is ever removed.
/// </summary>
internal sealed class MadeObjects(RawWorkspace workspace, string mark, TimeProvider time)
{
    private const int Attempts = 4;

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly List<Made> _made = [];

    /// <summary>The comment of all that the check makes.</summary>
    public string Mark => mark;

    /// <summary>Makes an object by POST. Once started it is not stopped: a request under way could act later, unseen.</summary>
    /// <exception cref="NotAskedException">The workspace refuses.</exception>
    public Task CreateAsync(Securable securable, JsonObject body, CancellationToken stop)
    {
        body["comment"] = mark;
        return MakeAsync(securable, async () =>
        {
            var answer = await workspace.PostAsync(Routes.Collection(securable), WrappedAsTheTypeWants(securable, body), CancellationToken.None);
            if (answer.IsSuccess)
            {
                return;
            }

            // A repeated request finds what the first one made.
            var found = await workspace.GetAsync(Routes.Of(securable), CancellationToken.None);
            if (!found.IsSuccess || found.Text("comment") != mark)
            {
                throw answer.Status >= 500 ? new HttpRequestException(answer.Long)
                    : new NotAskedException($"a {securable.Type.PathType()} could not be made: {answer.Long}");
            }
        }, stop);
    }

    /// <summary>Makes an object by other means, with the mark as its comment.</summary>
    /// <param name="securable">The object.</param>
    /// <param name="makeAsync">Makes it; not to be stopped once started.</param>
    /// <param name="stop">Keeps it from beginning.</param>
    public async Task MakeAsync(Securable securable, Func<Task> makeAsync, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var made = new Made($"{securable}", null);
        made.RemoveAsync = token => RemoveAsync(securable, made, token);
        _made.Add(made);
        try
        {
            await makeAsync();
            made.IsCertain = true;
        }
        catch (Exception e) when (e is NotAskedException or SyncException { OutcomeUnknown: false })
        {
            _made.Remove(made);
            throw;
        }
    }

    /// <summary>Notes a change that is to be undone.</summary>
    /// <param name="what">For people: what is left when it cannot be.</param>
    /// <param name="undoAsync">Undoes it; null when it is done, else why not.</param>
    public void Note(string what, Func<CancellationToken, Task<string?>> undoAsync) => _made.Add(new Made(what, undoAsync));

    /// <summary>Removes one object now, because the probe wants it gone.</summary>
    public async Task RemoveNowAsync(Securable securable, CancellationToken stop)
    {
        var made = _made.FindLast(one => one.What == $"{securable}") ?? throw new NotAskedException($"{securable} was not made");
        if (await made.RemoveAsync!(stop) is { } fault)
        {
            throw new NotAskedException($"{securable} could not be removed: {fault}");
        }

        _made.Remove(made);
    }

    /// <summary>Removes everything, the last first.</summary>
    /// <returns>What is left, and why.</returns>
    public async Task<IReadOnlyList<string>> RemoveAllAsync(CancellationToken stop)
    {
        var left = new List<string>();
        for (var i = _made.Count - 1; i >= 0; i--)
        {
            if (await TryAsync(_made[i], stop) is { } fault)
            {
                left.Add($"{_made[i].What}: {fault}");
            }
        }

        _made.Clear();
        left.Reverse();
        return left;
    }

    private async Task<string?> TryAsync(Made made, CancellationToken stop)
    {
        string? fault = null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                return await made.RemoveAsync!(stop);
            }
            catch (Exception e) when (e is HttpRequestException or SyncException or NotAskedException)
            {
                fault = e.Message;
            }
            catch (OperationCanceledException)
            {
                return fault ?? "there was no time left to remove it";
            }

            if (attempt < Attempts && !stop.IsCancellationRequested)
            {
                await Task.Delay(Between * attempt, time, CancellationToken.None);
            }
        }

        return fault;
    }

    private async Task<string?> RemoveAsync(Securable securable, Made made, CancellationToken stop)
    {
        if (!made.IsCertain)
        {
            var found = await workspace.GetAsync(Routes.Of(securable), stop);
            if (found.Meaning?.Code == SyncErrorCode.SecurableNotFound)
            {
                throw new HttpRequestException("no answer came when it was made; it is not there now, but may come");
            }

            if (!found.IsSuccess)
            {
                return Fault(found);
            }

            if (found.Text("comment") != mark)
            {
                return null; // it belongs to someone else
            }
        }

        var answer = await workspace.DeleteAsync(Routes.Of(securable), stop);
        return answer.IsSuccess || answer.Meaning?.Code == SyncErrorCode.SecurableNotFound ? null : Fault(answer);
    }

    // Thrown where asking again may help.
    private static string Fault(RawAnswer answer) => answer.Meaning?.Code is SyncErrorCode.Throttled or SyncErrorCode.Unavailable
        ? throw new HttpRequestException(answer.Long) : answer.Long;

    private static JsonObject WrappedAsTheTypeWants(Securable securable, JsonObject body) =>
        securable.Type == SecurableType.Function ? new JsonObject { ["function_info"] = body } : body;

    /// <summary>One thing to be removed.</summary>
    private sealed class Made(string what, Func<CancellationToken, Task<string?>>? removeAsync)
    {
        public string What => what;

        /// <summary>Whether it is known to be there, and to be ours, without asking.</summary>
        public bool IsCertain { get; set; }

        public Func<CancellationToken, Task<string?>>? RemoveAsync { get; set; } = removeAsync;
    }
}
