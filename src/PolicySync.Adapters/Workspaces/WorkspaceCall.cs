using PolicySync.Core.Grants;

namespace PolicySync.Adapters.Workspaces;

/// <summary>What the handlers of one call need to know about it; travels in the request's options.</summary>
internal sealed class WorkspaceCall(CallMeter? meter)
{
    /// <summary>Where the call lies in the options of a request.</summary>
    public const string Key = "policysync.call";

    private static readonly HttpRequestOptionsKey<WorkspaceCall> OptionsKey = new(Key);

    /// <summary>
    /// True from the moment at which the server may have read the request until it is known that it did not act on it.
    /// A write that fails while this is false was certainly not applied.
    /// </summary>
    public bool MayHaveActed { get; set; }

    /// <summary>Who counts the call; null when nobody does.</summary>
    public CallMeter? Meter { get; } = meter;

    /// <summary>The call that <paramref name="request"/> belongs to.</summary>
    public static WorkspaceCall? Of(HttpRequestMessage request) => request.Options.TryGetValue(OptionsKey, out var call) ? call : null;

    /// <summary>Notes that the request goes out now, once more.</summary>
    public void Sending()
    {
        Meter?.Count();
        MayHaveActed = true;
    }
}
