using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Runs;

namespace PolicySync.Grains.Resources.Writing;

/// <summary>How a write ended.</summary>
internal abstract record WriteResult
{
    private WriteResult()
    {
    }

    /// <summary>Unity Catalog took it, and a read shows it.</summary>
    /// <param name="Current">That read, of grants; null after statements.</param>
    /// <param name="Table">That read, of the table; null after a change of grants.</param>
    public sealed record Shown(CurrentState? Current = null, TableShape? Table = null) : WriteResult;

    /// <summary>Unity Catalog answered that it does not do it. Nothing has changed.</summary>
    public sealed record Refused(SyncException Refusal) : WriteResult;

    /// <summary>No answer came. It has been waited out: it can take effect no more, and may have done so.</summary>
    public sealed record Unknown(SyncException Fault) : WriteResult;
}
