using System.Security.Cryptography;
using System.Text.Json;
using PolicySync.Core.Options;

namespace PolicySync.Core.Tasks;

/// <summary>
/// A name that a caller or an event gives to a task, so that a request that is sent twice makes one task. Keys of different scopes
/// are different.
/// </summary>
public sealed record TaskKey
{
    /// <summary>Longest time that a key names its task.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private TaskKey(string hash, string fingerprint) => (Hash, Fingerprint) = (hash, fingerprint);

    /// <summary>SHA-256 of scope and name, in hexadecimal. Names may be long and secret; only this is stored.</summary>
    public string Hash { get; }

    /// <summary>SHA-256 of what is asked for, in hexadecimal. A request with the same key and another fingerprint is another request.</summary>
    public string Fingerprint { get; }

    /// <summary>The key that the subject of a token gave to a request.</summary>
    public static TaskKey OfCaller(string? subject, string name, SyncRequest request) => Of($"subject {subject}", name, request);

    /// <summary>The key of an event: its source and its id there.</summary>
    public static TaskKey OfEvent(string source, string id, SyncRequest request) => Of($"event {source}", id, request);

    /// <summary>How long a key names its task: 24 hours, or as long as tasks are kept.</summary>
    public static TimeSpan KeptFor(TasksOptions options) => options.Retention < Longest ? options.Retention : Longest;

    private static TaskKey Of(string scope, string name, SyncRequest request) =>
        new(HashOf(JsonSerializer.SerializeToUtf8Bytes((string[])[scope, name])), HashOf(Canonical(request)));

    // The order of members and the white space of a body make no other request.
    private static byte[] Canonical(SyncRequest request) => JsonSerializer.SerializeToUtf8Bytes(request with
    {
        Resources = [.. request.Resources.Select(static resource =>
            resource with { Values = new SortedDictionary<string, string>(resource.Values.ToDictionary(), StringComparer.Ordinal) })],
    });

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>Which task a key names.</summary>
/// <param name="Task">The task, which may not be stored yet.</param>
/// <param name="Fingerprint">What the task was asked for.</param>
/// <param name="IsNew">Whether this call made the claim.</param>
/// <param name="Version">Which of its stored states this is, in the store's own form.</param>
public sealed record TaskKeyClaim(TaskId Task, string Fingerprint, bool IsNew, string? Version);

/// <summary>
/// Remembers durably which task a key names. Each method may throw <see cref="Errors.SyncException"/> with
/// <see cref="Errors.SyncErrorCode.Unavailable"/> when the storage does not answer.
/// </summary>
public interface ITaskKeys
{
    /// <summary>Claims the key for <paramref name="task"/>, unless it was claimed before and is still kept (<see cref="TaskKey.KeptFor"/>). Returns the valid claim.</summary>
    Task<TaskKeyClaim> ClaimAsync(TaskKey key, TaskId task, CancellationToken cancellation);

    /// <summary>Replaces a claim by one of <paramref name="task"/>, if it is still valid. Returns the valid claim.</summary>
    Task<TaskKeyClaim> ReplaceAsync(TaskKey key, TaskKeyClaim claim, TaskId task, CancellationToken cancellation);
}
