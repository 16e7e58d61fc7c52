using System.Net;
using PolicySync.Client;

namespace PolicySync.Ui.Http;

/// <summary>A part of a page that asks the API by itself: its answer, or why there is none. One part that fails leaves the others.</summary>
/// <param name="Value">The answer; null when there is none.</param>
/// <param name="Failure">Why there is none.</param>
public sealed record Part<T>(T? Value, string? Failure)
    where T : class
{
    internal static async Task<Part<T>> OfAsync(Task<T> answer)
    {
        try
        {
            return new Part<T>(await answer, null);
        }
        catch (PolicySyncException e) when (e.Status != HttpStatusCode.Unauthorized)
        {
            return new Part<T>(null, e.Detail ?? e.Title ?? e.Code);
        }
    }
}
