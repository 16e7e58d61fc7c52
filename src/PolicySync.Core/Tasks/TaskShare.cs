using System.Security.Cryptography;
using System.Text;

namespace PolicySync.Core.Tasks;

/// <summary>
/// Whose share a task is done from. Wherever tasks or their calls wait, turns go round the shares, so that what one asks
/// for does not hold up another. A subject of tokens has a share, and each origin of tasks that the service creates.
/// Shares are stored with tasks: their names never change.
/// </summary>
public static class TaskShare
{
    /// <summary>
    /// Of what several shares wait for, and of tasks that were accepted before subjects were kept.
    /// </summary>
    public const string Common = "";

    private const string SourcePrefix = "source ";

    /// <summary>Longest subject that is kept as it is, in characters.</summary>
    public const int MaxSubject = 128;

    /// <summary>The share of a request: <c>source verify</c>, <c>subject ann</c>.</summary>
    public static string Of(SyncRequest request) => request switch
    {
        { Origin: { Length: > 0 } origin } => OfOrigin(origin),
        { DueAttempt: not null } => OfOrigin(TaskOrigins.Schedule), // accepted before origins were kept
        { Subject: { Length: > 0 } subject } => $"subject {subject}",
        _ => Common,
    };

    /// <summary>The share of tasks of an origin, and of the calls by which they are found: <c>source verify</c>.</summary>
    public static string OfOrigin(string origin) => $"{SourcePrefix}{origin}";

    /// <summary>Whether a share is a caller's, not that of tasks that the service makes by itself.</summary>
    public static bool IsOfCaller(string share) => share.Length > 0 && (share == OfOrigin(TaskOrigins.Events) || !share.StartsWith(SourcePrefix, StringComparison.Ordinal));

    /// <summary>A token's subject as it is kept with a task: unchanged, or a hash of a long one; null without a subject.</summary>
    public static string? SubjectOf(string? subject) => subject switch
    {
        null or "" => null,
        { Length: <= MaxSubject } => subject,
        _ => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject))),
    };
}

/// <summary>The origins of tasks that the service creates. The names are stored with tasks and never change.</summary>
public static class TaskOrigins
{
    /// <summary>A schedule of a policy began or ended.</summary>
    public const string Schedule = "schedule";

    /// <summary>An event of an event hub.</summary>
    public const string Events = "events";

    /// <summary>A round of verification.</summary>
    public const string Verify = "verify";

    /// <summary>The watch found new or recreated objects.</summary>
    public const string Watch = "watch";

    /// <summary>A change of policies, or of what decides with them.</summary>
    public const string PolicyWatch = "policy-watch";
}
