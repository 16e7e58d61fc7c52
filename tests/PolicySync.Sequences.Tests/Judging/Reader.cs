using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.Sql;
using UnityCatalog.Emulator.State;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>Asks the emulator what somebody reads. A guard whose function they could rewrite is none to them.</summary>
internal static class Reader
{
    public static Reading Read(Workspace workspace, string user, Securable table)
    {
        lock (workspace.Gate)
        {
            var principal = workspace.Principals.FindForGrant(user)!;
            var caller = new Caller(workspace, principal);
            if (caller.WhyUnreadable(table) is not null)
            {
                return Reading.Nothing;
            }

            var details = table.Details;
            try
            {
                var seen = Without(workspace, caller, details);
                return new Reading([.. details.Rows!.Select(row => ReadRow(workspace, principal, table, seen with { Rows = [row] }))]);
            }
            catch (SqlException)
            {
                return Reading.Nothing; // the query as a whole is refused
            }
            finally
            {
                table.Details = details;
            }
        }
    }

    private static string?[]? ReadRow(Workspace workspace, Principal principal, Securable table, SecurableDetails details)
    {
        table.Details = details;
        return TableReader.ReadRows(workspace, principal, table).FirstOrDefault() is { } row
            ? [.. People.Columns.Select(column => SqlValues.Show(row[column.Name]))] : null;
    }

    private static SecurableDetails Without(Workspace workspace, Caller caller, SecurableDetails details)
    {
        if (details.RowFilter is null && details.Columns!.All(column => column.Mask is null))
        {
            return details;
        }

        bool Holds(Guard? guard) => guard is not null && !CanRewrite(workspace, caller, guard.Function);
        return details with
        {
            RowFilter = Holds(details.RowFilter) ? details.RowFilter : null,
            Columns = [.. details.Columns!.Select(column => Holds(column.Mask) ? column : column with { Mask = null })],
        };
    }

    // Who owns a catalog owns what is in it, as everywhere; who owns only the guards' schema or functions owns the guards.
    private static bool CanRewrite(Workspace workspace, Caller caller, string function) =>
        Functions.Locate(workspace, function) is { } found
        && new[] { found, found.Parent! }.Any(level => caller.Owns(level) || HoldsManage(caller, level));

    private static bool HoldsManage(Caller caller, Securable level) =>
        level.Grants.Current.ByPrincipal.Any(grants => caller.Is(grants.Key) && grants.Value.Contains(PrivilegeNames.Manage));
}
