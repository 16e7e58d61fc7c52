namespace PolicySync.Core.Workspaces;

/// <summary>
/// Whose calls wait together for their turn in the workspace's budget. Turns alternate between the two kinds of work,
/// within a kind they go round the shares, and within a share round its tasks: so a task of one table waits neither for
/// the thousands of calls of a walk nor for the thousands of tasks of another caller.
/// </summary>
/// <param name="Task">The task; 0 for what every task waits for, for example the directory of principals.</param>
/// <param name="IsBulk">True for what a walk through a container makes.</param>
/// <param name="Share">Whose share it is done from (<see cref="Tasks.TaskShare"/>); null for the common one.</param>
public readonly record struct CallFlow(long Task, bool IsBulk, string? Share = null);
