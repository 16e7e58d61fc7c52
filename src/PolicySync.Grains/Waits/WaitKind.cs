namespace PolicySync.Grains.Waits;

/// <summary>What work waits for. Travels as a number: new ones go to the end.</summary>
public enum WaitKind
{
    /// <summary>Nothing that is known.</summary>
    Nothing,

    /// <summary>The workspace: it does not answer, answers with errors, or refuses the credential.</summary>
    Workspace,

    /// <summary>Its turn in the workspace's budget, or the time after which the workspace asked to be called again.</summary>
    Budget,

    /// <summary>The policy source.</summary>
    Policies,

    /// <summary>The service's own storage.</summary>
    Storage,

    /// <summary>Its turn: something else of the service is at work on the same.</summary>
    Turn,

    /// <summary>Another process of the service.</summary>
    Silo,
}
