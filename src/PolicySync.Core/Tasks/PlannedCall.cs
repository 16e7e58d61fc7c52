namespace PolicySync.Core.Tasks;

/// <summary>
/// One request that a writing run would make, as it would be sent. Sent by hand, in the order in which a task lists them,
/// such calls do what the run would do.
/// </summary>
/// <param name="Method">The HTTP method, for example <c>PATCH</c>.</param>
/// <param name="Path">Below the workspace's host, escaped, with its query if any.</param>
/// <param name="Body">The body as JSON text.</param>
public sealed record PlannedCall(string Method, string Path, string Body)
{
    /// <summary>True for a call on a container that comes after those on everything below it.</summary>
    public bool AfterChildren { get; init; }

    /// <summary>Its length, for limits on what is kept.</summary>
    internal int Length => Method.Length + Path.Length + Body.Length;
}
