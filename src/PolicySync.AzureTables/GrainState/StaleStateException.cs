using Orleans.Storage;

namespace PolicySync.AzureTables.GrainState;

/// <summary>
/// Another activation changed the row first. Orleans deactivates the grain that lets this escape, which is what stops a
/// writer that was cut off and replaced.
/// </summary>
[GenerateSerializer, Alias("ps.stale-state")]
public sealed class StaleStateException : InconsistentStateException
{
    /// <summary>The row <paramref name="what"/> no longer has the ETag that the writer read.</summary>
    public StaleStateException(string what, string? etag, Exception? cause)
        : base($"the stored state of {what} was changed by another writer", "unknown", etag ?? "none", cause)
    {
    }

    /// <summary>For the serializer.</summary>
    public StaleStateException()
    {
    }
}
