using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Records;

/// <summary>The stored state of a securable.</summary>
/// <param name="Key">The key of its grain.</param>
/// <param name="Json">The state in the form of <see cref="StoredJson"/>.</param>
public sealed record StoredState(string Key, string Json);

/// <summary>Some of a list.</summary>
/// <param name="Items">They; may be none although there is more.</param>
/// <param name="Next">After which place to continue; null at the end.</param>
public sealed record StoredSlice<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>
/// Lists what is stored of securables, for an export. What is written meanwhile may be in the list or not. Each method may throw
/// <see cref="SyncException"/> with <see cref="SyncErrorCode.Unavailable"/> when the storage does not answer.
/// </summary>
public interface IStoredRecords
{
    /// <summary>Lists states in the order of their keys.</summary>
    /// <param name="prefix">What their keys begin with, up to a colon.</param>
    /// <param name="after">Continues after this place; null to begin.</param>
    /// <param name="count">Most states.</param>
    /// <param name="cancellation">Stops reading.</param>
    Task<StoredSlice<StoredState>> ListStatesAsync(string prefix, string? after, int count, CancellationToken cancellation);

    /// <summary>Lists the states that are set aside, since another object has the name.</summary>
    /// <param name="after">Continues after this place; null to begin.</param>
    /// <param name="count">Most states.</param>
    /// <param name="cancellation">Stops reading.</param>
    Task<StoredSlice<ObjectName>> ListParkedAsync(string? after, int count, CancellationToken cancellation);
}
