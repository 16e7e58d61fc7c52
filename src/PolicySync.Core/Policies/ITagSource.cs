using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Policies;

/// <summary>Tags read object by object, in addition to Ranger's tag download.</summary>
public interface ITagSource
{
    /// <summary>
    /// The tags of <paramref name="securable"/> itself and, for a table, of its columns. Empty when it has no tags, or when
    /// objects of its type cannot be tagged.
    /// </summary>
    /// <exception cref="SyncException">
    /// As of <see cref="IUnityCatalog"/>; a source that does not answer is never treated as one without tags.
    /// </exception>
    Task<IReadOnlyList<TaggedResource>> ReadAsync(Securable securable, CallMeter meter, CancellationToken cancellation);
}
