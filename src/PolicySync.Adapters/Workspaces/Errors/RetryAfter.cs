namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>Reads <c>Retry-After</c> in both its forms. Without the header, <see cref="WorkspaceError.RetryDelay"/> may tell the same.</summary>
internal static class RetryAfter
{
    /// <summary>How long the server asks to wait; null when the header is absent.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };
}
