using PolicySync.Core.Errors;
using PolicySync.Core.Guards;

namespace PolicySync.RowFiltersAndMasks.Tests.Support;

/// <summary>A case's table in the emulator, before and after a decision is carried out.</summary>
internal sealed class Stage(Lab lab, Case @case)
{
    private const string Owner = "boss@x.com";

    /// <summary>What stands before anything else is decided; null for an ungoverned table that its owner alone reads.</summary>
    public Decision? Stands { get; set; }

    /// <summary>Functions of ours that exist then.</summary>
    public IReadOnlyList<MadeFunction> Made => Stands is null ? [] : Stands.Plan.Kept;

    /// <summary>Puts everything back.</summary>
    public async Task ResetAsync()
    {
        await lab.PrepareAsync(@case, Data.People);
        await lab.GrantAsync(@case, [Owner]);
        if (Stands is not null)
        {
            await CarryOutAsync(Stands);
        }
    }

    /// <summary>What is shown when the decision is carried out.</summary>
    public async Task<IReadOnlySet<string>> ShownAfterAsync(Decision decision)
    {
        await ResetAsync();
        await CarryOutAsync(decision);
        return await ShownAsync();
    }

    /// <summary>What each user sees in the clear: user, column and row.</summary>
    public async Task<IReadOnlySet<string>> ShownAsync()
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var user in @case.Account.Users.Append(Owner))
        {
            foreach (var row in await lab.ReadAsync(@case, user) ?? [])
            {
                var clear = Data.People.Rows.Single(known => known[0] == row[0]);
                shown.UnionWith(Data.People.Columns.Select((column, i) => (column.Name, i))
                    .Where(column => row[column.i] is { } value && value == clear[column.i])
                    .Select(column => $"{user} sees {column.Name} of {row[0]}"));
            }
        }

        return shown;
    }

    private async Task CarryOutAsync(Decision decision)
    {
        foreach (var statement in decision.Plan.Statements)
        {
            try
            {
                await lab.Guards.ExecuteAsync(statement.Sql, TimeSpan.FromSeconds(30), lab.Meter, default);
            }
            catch (SyncException) when (statement.Tidies is not null)
            {
                // a function that is in use stays, as in a run
            }
        }

        await lab.GrantAsync(@case, decision.Readers);
    }
}
