namespace PolicySync.Core;

/// <summary>
/// Makes ids that are unique across processes. It is a service, as <see cref="TimeProvider"/> is, so that a test can choose
/// the ids. Unlike a seeded <see cref="Random"/>, two processes never repeat each other's.
/// </summary>
public class IdGenerator
{
    /// <summary>The ids of the system, from <see cref="Guid"/>.</summary>
    public static IdGenerator System { get; } = new();

    /// <summary>Makes an id.</summary>
#pragma warning disable RS0030 // the one place where ids are made
    public virtual Guid NewId() => Guid.NewGuid();
#pragma warning restore RS0030
}
