namespace PolicySync.Core.Securables;

/// <summary>What Unity Catalog says about an object, from a GET or from a listing.</summary>
/// <param name="Securable">The object.</param>
/// <param name="Kind">
/// The kind within the type, as the privilege matrix names it: <c>CATALOG</c>, <c>SCHEMA</c>, <c>FUNCTION</c>,
/// <c>REGISTERED_MODEL</c>, <c>VOLUME</c>, <c>EXTERNAL_LOCATION</c>, ..., or a table's <c>table_type</c> (<c>MANAGED</c>, <c>VIEW</c>, ...).
/// An open set: Databricks adds kinds.
/// </param>
/// <param name="Owner">The owning user, service principal or group; null when not returned.</param>
/// <param name="Identity">
/// The object's own id: <c>table_id</c> and its like, else <c>created_at</c>. Another identity under the same name
/// is another object. Null when not returned.
/// </param>
public sealed record SecurableFacts(Securable Securable, string Kind, string? Owner, string? Identity)
{
    /// <summary>
    /// The principal that changed the object or its grants last; null when not returned. Only a schema's record moves with its grants
    /// (reference unity-catalog.md §6.1), so only of schemas is it known.
    /// </summary>
    public string? ChangedBy { get; init; }

    /// <summary>When that was, by the workspace's clock.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>When the object was made, by the workspace's clock; null when not returned, and in facts from another process.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
