using PolicySync.Core.Grants;

namespace PolicySync.Adapters.Workspaces;

/// <summary>The state of one call that its handlers share, in the request's options.</summary>
internal sealed class WorkspaceCall(CallMeter? meter)
{
    /// <summary>The key of the call in a request's options.</summary>
    public const string Key = "policysync.call";

    private static readonly HttpRequestOptionsKey<WorkspaceCall> OptionsKey = new(Key);

    /// <summary>
    /// True from the moment the server may have read the request until it is known that it did not act on it. A write that
    /// fails while this is false was not applied.
    /// </summary>
    public bool MayHaveActed { get; set; }

    /// <summary>Counts the call; null when it is not counted.</summary>
    public CallMeter? Meter { get; } = meter;

    /// <summary>The call that <paramref name="request"/> belongs to.</summary>
    public static WorkspaceCall? Of(HttpRequestMessage request) => request.Options.TryGetValue(OptionsKey, out var call) ? call : null;

    /// <summary>Records that the request is sent now.</summary>
    public void RecordSend()
    {
        Meter?.Count();
        MayHaveActed = true;
    }
}
