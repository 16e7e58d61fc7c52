namespace PolicySync.Core.Securables;

/// <summary>A name under which something is held of an object of Unity Catalog.</summary>
/// <param name="Securable">The object by that name.</param>
/// <param name="Identity">The object's own id, <see cref="SecurableFacts.Identity"/>; several objects may share one that is only a time.</param>
/// <param name="Parked">
/// What is held of it, as stored state, where another object has taken the name; null where the name's own state holds it.
/// </param>
public sealed record ObjectName(Securable Securable, string Identity, string? Parked = null);

/// <summary>
/// Remembers durably under which names something is held of objects, so that it is found when an object was renamed. Each
/// method may throw <see cref="Errors.SyncException"/> with <see cref="Errors.SyncErrorCode.Unavailable"/> when the storage
/// does not answer.
/// </summary>
public interface IObjectNames
{
    /// <summary>The names of objects of <paramref name="type"/> with <paramref name="identity"/>.</summary>
    Task<IReadOnlyList<ObjectName>> FindAsync(SecurableType type, string identity, CancellationToken cancellation);

    /// <summary>Remembers a name. What was remembered of the same name and identity is replaced.</summary>
    Task SetAsync(ObjectName name, CancellationToken cancellation);

    /// <summary>Forgets a name. One that is not remembered is no fault.</summary>
    Task RemoveAsync(ObjectName name, CancellationToken cancellation);
}
