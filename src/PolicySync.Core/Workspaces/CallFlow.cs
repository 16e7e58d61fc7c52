namespace PolicySync.Core.Workspaces;

/// <summary>
/// Whose calls wait together for their turn in the workspace's budget. Turns alternate between the two kinds of work,
/// and within a kind between tasks, so that a task of one table does not wait for the thousands of calls of a walk.
/// </summary>
/// <param name="Task">The task; 0 for what every task waits for, such as the directory of principals.</param>
/// <param name="IsBulk">True for what a walk through a container makes.</param>
public readonly record struct CallFlow(long Task, bool IsBulk);
