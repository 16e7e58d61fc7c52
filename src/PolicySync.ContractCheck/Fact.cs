namespace PolicySync.ContractCheck;

/// <summary>An assumption of the service about a workspace.</summary>
/// <param name="Id">Its name, for <c>--only</c> and in reports; a promise.</param>
/// <param name="Question">What is asked.</param>
/// <param name="Assumed">The answer that the service, or the emulator, assumes.</param>
/// <param name="Matters">What in the service depends on it.</param>
internal sealed record Fact(string Id, string Question, string Assumed, string Matters);

/// <summary>The verdict on a fact.</summary>
internal enum Verdict
{
    /// <summary>The workspace does what is assumed.</summary>
    Holds,

    /// <summary>It does something else.</summary>
    Differs,

    /// <summary>It could not be asked.</summary>
    NotAsked,
}

/// <summary>What a probe found.</summary>
/// <param name="Verdict">The verdict on the fact.</param>
/// <param name="Seen">What the workspace did, or why it could not be asked.</param>
internal sealed record Answer(Verdict Verdict, string Seen)
{
    public static Answer If(bool holds, string seen) => new(holds ? Verdict.Holds : Verdict.Differs, seen);

    public static Answer NotAsked(string why) => new(Verdict.NotAsked, why);
}

/// <summary>A fact and its answer.</summary>
internal sealed record Finding(Fact Fact, Answer Answer);

/// <summary>A fact and how it is asked.</summary>
internal sealed record Probe(Fact Fact, Func<Scene, CancellationToken, Task<Answer>> AskAsync);

/// <summary>A probe is not possible on this workspace; the message gives the reason.</summary>
internal sealed class NotAskedException(string why) : Exception(why);
