using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Policies;

/// <summary>Tags that are asked for object by object, beside Ranger's tag download.</summary>
public interface ITagSource
{
    /// <summary>
    /// The tags that <paramref name="securable"/> carries itself and, of a table, those of its columns. Empty when there
    /// are none, or when objects of its type cannot be tagged.
    /// </summary>
    /// <exception cref="SyncException">
    /// As of <see cref="IUnityCatalog"/>; a source that has no such answer is never taken for one without tags.
    /// </exception>
    Task<IReadOnlyList<TaggedResource>> ReadAsync(Securable securable, CallMeter meter, CancellationToken cancellation);
}
