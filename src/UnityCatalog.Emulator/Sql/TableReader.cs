using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Sql;

/// <summary>A request to read a table as a principal.</summary>
/// <param name="Principal">An e-mail or application id.</param>
/// <param name="Table">Full name.</param>
/// <param name="Columns">Names; absent is all.</param>
internal sealed record QueryRequest(string Principal = "", string Table = "", IReadOnlyList<string>? Columns = null);

/// <summary>The answer to the request.</summary>
/// <param name="Allowed">Whether they may read at all.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Columns">Names.</param>
/// <param name="Rows">Values as text.</param>
internal sealed record QueryAnswer(
    bool Allowed, string? Reason, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows);

/// <summary>Reads a table as a principal: checks its grants, then applies row filter and masks.</summary>
internal static class TableReader
{
    public static QueryAnswer Read(Workspace workspace, QueryRequest request)
    {
        var principal = workspace.Principals.FindForGrant(request.Principal) is { IsGroup: false } found
            ? found : throw Errors.NoSuchPrincipal(request.Principal);
        var table = workspace.Metastore.Require(SecurableFamily.Table, request.Table);
        var columns = Columns(table, request.Columns);
        if (new Caller(workspace, principal).WhyUnreadable(table) is { } refusal)
        {
            return Refuse(columns, refusal.Message);
        }

        try
        {
            return new QueryAnswer(
                Allowed: true, Reason: null, [.. columns.Select(column => column.Name)],
                [.. ReadRows(workspace, principal, table).Select(row => (IReadOnlyList<string?>)[.. columns.Select(column => SqlValues.Show(row[column.Name]))])]);
        }
        catch (SqlException e)
        {
            return Refuse(columns, e.Message);
        }
    }

    private static QueryAnswer Refuse(List<Column> columns, string reason) => new(Allowed: false, reason, [.. columns.Select(column => column.Name)], []);

    private static List<Column> Columns(Securable table, IReadOnlyList<string>? names)
    {
        var all = table.Details.Columns ?? [];
        return names is null ? [.. all] : [.. names.Select(name =>
            all.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw Errors.InvalidParameter($"`{table.FullName}` has no column `{name}`"))];
    }

    /// <summary>
    /// The rows that a principal sees, by column, with masks applied. Neither filter nor masks apply to metastore admins.
    /// </summary>
    public static IEnumerable<Dictionary<string, object?>> ReadRows(Workspace workspace, Principal principal, Securable table)
    {
        var session = SessionOf(workspace, principal);
        var bypasses = new Caller(workspace, principal).IsMetastoreAdmin;
        var columns = table.Details.Columns ?? [];
        var types = columns.ToDictionary(column => column.Name, column => SqlType.Of(column.Type), StringComparer.OrdinalIgnoreCase);
        foreach (var row in table.Details.Rows ?? [])
        {
            var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < columns.Count; i++)
            {
                values[columns[i].Name] = SqlValues.Cast(row.ElementAtOrDefault(i), types[columns[i].Name], tries: false);
            }

            if (bypasses)
            {
                yield return values;
            }
            else if (table.Details.RowFilter is not { } filter
                || SqlValues.Truth(Call(workspace, session, filter, values, masked: null)) == true)
            {
                yield return columns.ToDictionary(
                    column => column.Name,
                    column => column.Mask is { } mask
                        ? SqlValues.Cast(Call(workspace, session, mask, values, column), types[column.Name], tries: false)
                        : values[column.Name],
                    StringComparer.OrdinalIgnoreCase);
            }
        }
    }

    /// <summary>The session of a principal.</summary>
    public static Session SessionOf(Workspace workspace, Principal principal)
    {
        var identities = principal.Identities(workspace.Principals.Version);
        return new Session(
            principal.Name,
            group => workspace.Principals.Find(PrincipalKind.Group, group) is { } found && identities.Contains(found.Id),
            group => workspace.Principals.Find(PrincipalKind.WorkspaceGroup, group) is { } local && principal.Groups.Contains(local),
            name => Functions.Find(workspace, name));
    }

    private static object? Call(Workspace workspace, Session session, Guard guard, Dictionary<string, object?> values, Column? masked)
    {
        var function = Functions.Find(workspace, guard.Function)
            ?? throw SqlException.Missing("ROUTINE_NOT_FOUND", "42883", $"The routine `{guard.Function}` cannot be found.");
        var arguments = guard.Arguments.Select(argument => argument.Column is { } column ? values[column] : argument.Constant);
        return new Evaluator(session).Call(function, [.. masked is null ? arguments : arguments.Prepend(values[masked.Name])]);
    }
}
