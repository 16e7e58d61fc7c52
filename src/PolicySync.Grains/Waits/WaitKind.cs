namespace PolicySync.Grains.Waits;

/// <summary>What work waits for. It travels as a number, so new members are added at the end.</summary>
public enum WaitKind
{
    /// <summary>Nothing, as far as is known.</summary>
    Nothing,

    /// <summary>The workspace, which does not answer, answers with errors, or refuses the credential.</summary>
    Workspace,

    /// <summary>A turn in the workspace's budget, or the end of a <c>Retry-After</c>.</summary>
    Budget,

    /// <summary>The policy source.</summary>
    Policies,

    /// <summary>The service's own storage.</summary>
    Storage,

    /// <summary>Other work of the service on the same object.</summary>
    Turn,

    /// <summary>Another process of the service.</summary>
    Silo,
}
