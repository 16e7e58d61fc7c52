using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Executes statements with the rights of the caller.</summary>
internal sealed class StatementRunner(Workspace workspace, Caller caller)
{
    // Kinds of table that ALTER calls by another word than TABLE.
    private static readonly Dictionary<string, string> WordOf = new(StringComparer.Ordinal)
    {
        ["MATERIALIZED_VIEW"] = "MATERIALIZED VIEW",
        ["STREAMING_TABLE"] = "STREAMING TABLE",
    };

    /// <summary>Executes the statement; returns its result, or null when it has none.</summary>
    /// <exception cref="SqlException">The statement fails.</exception>
    public SqlRows? Run(string text)
    {
        try
        {
            return Run(StatementParser.Parse(text));
        }
        catch (ApiException e)
        {
            // What REST refuses, SQL refuses: same reason, other form.
            throw e.Status switch
            {
                403 => SqlException.Bad("INSUFFICIENT_PERMISSIONS", "42501", e.Message),
                404 when e.Code == "PRINCIPAL_DOES_NOT_EXIST" => SqlException.Missing(e.Code, "42704", e.Message),
                404 => SqlException.Missing(e.Code.Replace("_DOES_NOT_EXIST", "_NOT_FOUND", StringComparison.Ordinal), "42704", e.Message),
                _ => SqlException.Bad(e.Code, "42000", e.Message),
            };
        }
    }

    private SqlRows? Run(Statement statement)
    {
        switch (statement)
        {
            case Select select: return new SelectRunner(workspace, caller).Run(select);
            case ShowGrants show: return new GrantStatements(workspace, caller).Run(show);
            case ChangeGrants change: new GrantStatements(workspace, caller).Run(change); break;
            case InsertRows insert: Run(insert); break;
            case DropObject drop: new ObjectStatements(workspace, caller).Run(drop); break;
            case SetOwner set: new ObjectStatements(workspace, caller).Run(set); break;
            case RenameTable rename: new ObjectStatements(workspace, caller).Run(rename); break;
            case CreateSchema create: Run(create); break;
            case CreateTable create: Run(create); break;
            case CreateFunction create: Run(create); break;
            case DropFunction drop: Run(drop); break;
            case SetRowFilter set: Run(set); break;
            case DropRowFilter drop: Change(Table(drop), details => details with { RowFilter = null }); break;
            case SetMask set: Run(set); break;
            case DropMask drop: Run(drop); break;
            default: throw SqlException.Unsupported(statement.GetType().Name);
        }

        return null;
    }

    private void Run(CreateSchema create)
    {
        var name = Joined(create.Name);
        var catalog = workspace.Metastore.RequireParent(SecurableFamily.Schema, name.Split('.'));
        if (catalog.Children(SecurableFamily.Schema).Find(create.Name[1].ToLowerInvariant()) is { } existing)
        {
            if (!create.IfNotExists)
            {
                throw Errors.AlreadyExists(SecurableFamily.Schema, existing.FullName);
            }

            return;
        }

        Make(catalog, SecurableFamily.Schema, "CREATE_SCHEMA", new SecurableState { Name = create.Name[1], Comment = create.Comment });
    }

    private void Run(CreateTable create)
    {
        var schema = workspace.Metastore.RequireParent(SecurableFamily.Table, Joined(create.Name).Split('.'));
        var state = new SecurableState
        {
            Name = create.Name[2],
            Comment = create.Comment,
            Columns = [.. create.Columns.Select(column => new ColumnState(column.Name, column.Type.Text))],
        };
        if (schema.Children(SecurableFamily.Table).Find(create.Name[2].ToLowerInvariant()) is { } existing)
        {
            if (create.Replaces)
            {
                caller.RequireManage(existing);
                Change(existing, former => Replaced(former, StateReader.ReadDetails(state)));
            }
            else if (!create.IfNotExists)
            {
                throw SqlException.Bad("TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", $"Cannot create table or view `{existing.FullName}` because it already exists.");
            }

            return;
        }

        Make(schema, SecurableFamily.Table, "CREATE_TABLE", state);
    }

    // Grants, filter and masks stay with the table, as its id does; masks with the columns that are still there.
    private static SecurableDetails Replaced(SecurableDetails former, SecurableDetails present) => present with
    {
        RowFilter = former.RowFilter,
        Columns = [.. present.Columns!.Select(column => column with { Mask = former.Columns?.FirstOrDefault(old => Same(old.Name, column.Name))?.Mask })],
    };

    /// <summary>Takes MODIFY, and SELECT beside it (Databricks' page on privileges).</summary>
    private void Run(InsertRows insert)
    {
        var table = workspace.Metastore.Require(SecurableFamily.Table, Joined(insert.Name));
        if (caller.WhyUnreadable(table) is { } refusal)
        {
            throw refusal;
        }

        if (!caller.Holds(table, "MODIFY"))
        {
            throw Errors.Lacks("MODIFY", table);
        }

        var columns = table.Details.Columns ?? [];
        if (insert.Rows.Any(row => row.Count != columns.Count))
        {
            throw SqlException.Bad("INSERT_COLUMN_ARITY_MISMATCH", "21S01", $"`{table.FullName}` has {columns.Count} columns.");
        }

        var evaluator = new Evaluator(TableReader.SessionOf(workspace, caller.Principal));
        var nothing = new Dictionary<string, object?>();
        var rows = insert.Rows.Select(row => (IReadOnlyList<string?>)[.. row.Select((value, i) =>
            SqlValues.Show(SqlValues.Cast(evaluator.Evaluate(value, nothing), SqlType.Of(columns[i].Type), tries: false)))]).ToList();
        Change(table, details => details with { Rows = [.. details.Rows ?? [], .. rows] });
    }

    private void Run(CreateFunction create)
    {
        new BodyCheck(create.Parameters, name => Functions.Find(workspace, name)).Check(create.Body);
        var schema = workspace.Metastore.RequireParent(SecurableFamily.Function, Joined(create.Name).Split('.'));
        var state = new SecurableState
        {
            Name = create.Name[2],
            Comment = create.Comment,
            DataType = create.Returns.Text,
            Definition = create.BodyText,
            Parameters = [.. create.Parameters.Select(parameter => new ParameterState(parameter.Name, parameter.Type.Text))],
        };
        if (schema.Children(SecurableFamily.Function).Find(create.Name[2].ToLowerInvariant()) is not { } existing)
        {
            Make(schema, SecurableFamily.Function, "CREATE_FUNCTION", state);
        }
        else if (create.Replaces)
        {
            caller.RequireManage(existing);
            Change(existing, _ => StateReader.ReadDetails(state));
        }
        else if (!create.IfNotExists)
        {
            throw SqlException.Bad("ROUTINE_ALREADY_EXISTS", "42723", $"Cannot create the routine `{existing.FullName}` because it exists.");
        }
    }

    private void Run(DropFunction drop)
    {
        var name = Joined(drop.Name);
        if (Functions.Locate(workspace, name) is not { } function)
        {
            if (!drop.IfExists)
            {
                throw SqlException.Missing("ROUTINE_NOT_FOUND", "42883", $"The routine `{name}` cannot be found.");
            }

            return;
        }

        caller.RequireManage(function);
        if (Functions.TablesUsing(workspace, name).FirstOrDefault() is { } table)
        {
            throw SqlException.Bad("ROUTINE_IN_USE", "2BP01", $"The routine `{name}` is a row filter or column mask of `{table}`.");
        }

        ObjectLifecycle.Drop(function, force: true);
    }

    private void Run(SetRowFilter set)
    {
        var table = Table(set);
        Change(table, details => details with { RowFilter = Guard(table, set.Function, set.Arguments, masked: null) });
    }

    private void Run(SetMask set)
    {
        var table = Table(set);
        var column = ColumnOf(table, set.Column);
        if (set.Arguments.Any(argument => Same(argument.Column, set.Column)))
        {
            throw SqlException.Bad("COLUMN_MASKS_DUPLICATE_USING_COLUMN_NAME", "42734", $"The masked column `{set.Column}` is given a second time.");
        }

        Mask(table, column, Guard(table, set.Function, set.Arguments, column));
    }

    private void Run(DropMask drop)
    {
        var table = Table(drop);
        Mask(table, ColumnOf(table, drop.Column), mask: null);
    }

    private Securable Table(AlterTable alter)
    {
        var table = workspace.Metastore.Require(SecurableFamily.Table, Joined(alter.Name));
        caller.RequireManage(table);
        var word = WordOf.GetValueOrDefault(table.Kind, "TABLE");
        return table.Kind is "VIEW" or "METRIC_VIEW" or "FOREIGN" or "MANAGED_SHALLOW_CLONE" or "EXTERNAL_SHALLOW_CLONE"
            ? throw SqlException.Bad("EXPECT_TABLE_NOT_VIEW", "42809", $"`{table.FullName}` is {table.Kind}, which takes no row filter and no mask.")
            : word != alter.Kind
                ? throw SqlException.Bad("EXPECT_TABLE_NOT_VIEW", "42809", $"`{table.FullName}` is a {word}, not a {alter.Kind}.")
                : table;
    }

    private Guard Guard(Securable table, string[] name, IReadOnlyList<GuardArgument> arguments, Column? masked)
    {
        var fullName = Joined(name);
        var located = Functions.Locate(workspace, fullName)
            ?? throw SqlException.Missing("ROUTINE_NOT_FOUND", "42883", $"The routine `{fullName}` cannot be found.");
        if (!caller.Holds(located, "EXECUTE"))
        {
            throw Errors.Lacks("EXECUTE", located);
        }

        var function = Functions.Find(workspace, fullName)!;
        var columns = arguments.Select(argument => argument with
        {
            Column = argument.Column is { } column ? ColumnOf(table, column).Name : null,
        }).ToList();
        if (columns.Where(argument => argument.Column is not null).GroupBy(argument => argument.Column).Any(same => same.Count() > 1))
        {
            throw SqlException.Bad("DUPLICATE_USING_COLUMN_NAME", "42734", "A column is given twice.");
        }

        if (function.Parameters.Count != columns.Count + (masked is null ? 0 : 1))
        {
            throw SqlException.Bad("ROW_COLUMN_ACCESS.WRONG_NUMBER_OF_COLUMNS", "42605",
                $"`{fullName}` takes {function.Parameters.Count} arguments, not {columns.Count + (masked is null ? 0 : 1)}.");
        }

        return masked is not null || function.Returns.Family == TypeFamily.Boolean ? new Guard(fullName, columns)
            : throw SqlException.Bad("ROW_COLUMN_ACCESS.FILTER_NOT_BOOLEAN", "42809", $"`{fullName}` returns {function.Returns.Text}, not boolean.");
    }

    private static Column ColumnOf(Securable table, string name) =>
        table.Details.Columns?.FirstOrDefault(column => Same(column.Name, name))
        ?? throw SqlException.Missing("UNRESOLVED_COLUMN", "42703", $"`{table.FullName}` has no column `{name}`.");

    private void Mask(Securable table, Column column, Guard? mask) => Change(table, details => details with
    {
        Columns = [.. details.Columns!.Select(other => Same(other.Name, column.Name) ? other with { Mask = mask } : other)],
    });

    private void Make(Securable parent, SecurableFamily family, string privilege, SecurableState state)
    {
        if (caller.WhyHidden(parent) is { } refusal)
        {
            throw refusal;
        }

        if (parent.BuiltIn || !caller.Holds(parent, privilege))
        {
            throw Errors.Lacks(privilege, parent);
        }

        var creator = caller.Principal.Name;
        ObjectLifecycle.Create(workspace, parent, family, state with { Owner = creator }, workspace.NextTime(), creator);
    }

    private void Change(Securable item, Func<SecurableDetails, SecurableDetails> change)
    {
        item.Details = change(item.Details);
        item.UpdatedAt = workspace.NextTime();
        item.UpdatedBy = caller.Principal.Name;
    }

    private static string Joined(string[] names) => string.Join('.', names).ToLowerInvariant();

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
