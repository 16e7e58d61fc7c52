namespace PolicySync.Grains;

/// <summary>Writes of a grain's state.</summary>
internal static class GrainStates
{
    /// <summary>
    /// Writes another state. After a failed write the state is unknown, as it may have been written nevertheless: the grain is deactivated, so
    /// that its next activation reads it.
    /// </summary>
    /// <param name="state">The state of the grain.</param>
    /// <param name="next">The state to write.</param>
    /// <param name="deactivate">Deactivates the grain when it is idle.</param>
    public static async Task ReplaceAsync<T>(this IPersistentState<T> state, T next, Action deactivate)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            deactivate();
            throw;
        }
    }
}
