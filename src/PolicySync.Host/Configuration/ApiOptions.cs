using System.ComponentModel.DataAnnotations;

namespace PolicySync.Host.Configuration;

/// <summary>Settings of the API. Section <c>PolicySync:Api</c>.</summary>
internal sealed class ApiOptions
{
    public const string Section = "PolicySync:Api";

    /// <summary>
    /// What becomes of members of a request that the service does not know. <c>Ignore</c> names them in the answer and in the task;
    /// <c>Refuse</c> answers 400. Near misses of known names are refused in any case. Default: Ignore.
    /// </summary>
    public UnknownMembers UnknownMembers { get; set; } = UnknownMembers.Ignore;

    /// <summary>
    /// Streams of events that one subject of tokens may have open at this process. Further ones are answered 429. A process has at
    /// most 1,000 of all subjects. Default: 10.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxStreamsPerSubject { get; set; } = 10;
}

/// <summary>What becomes of members of a request that the service does not know.</summary>
internal enum UnknownMembers
{
    Ignore,
    Refuse,
}
