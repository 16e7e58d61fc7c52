using System.Text.Json.Nodes;
using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck.Probes;

/// <summary>Who reads what through ownership and ALL_PRIVILEGES. They need a warehouse.</summary>
internal static class AccessProbes
{
    private const string Raw = "in the clear";
    private const string Masked = "masked";

    public static IReadOnlyList<Probe> All =>
    [
        new(new("owner-guarded", "What the owner of a table reads in a masked column", Masked,
            "owners count as restricted by row filters and masks; if they are not, every owner of a guarded table reads it in the clear, as metastore and account admins do"), OwnerAsync),
        new(new("all-privileges-guarded", "What a holder of ALL_PRIVILEGES on another principal's table reads in a masked column", Masked,
            "the same for holders of ALL_PRIVILEGES"), AllPrivilegesAsync),
        new(new("container-owner-reads", "SELECT by the owner of a schema on another principal's table in it", "refused",
            "owners of catalogs and schemas do not count as readers of the tables below; if they can read, they have access that policy does not give"), ContainerOwnerAsync),
    ];

    private static async Task<Answer> OwnerAsync(Scene scene, CancellationToken stop) =>
        IsMasked(await ReadAsync(scene, await MaskedAsync(scene, "owner_guarded", stop), stop));

    private static async Task<Answer> AllPrivilegesAsync(Scene scene, CancellationToken stop)
    {
        var table = await MaskedAsync(scene, "all_privileges_guarded", stop);
        await HandOverAsync(scene, table, stop);
        await scene.GrantAsync(table, stop, Change.Add(scene.Cast.Self, "ALL_PRIVILEGES"));
        return IsMasked(await ReadAsync(scene, table, stop));
    }

    private static async Task<Answer> ContainerOwnerAsync(Scene scene, CancellationToken stop)
    {
        var table = await FilledAsync(scene, "container_owner_reads", stop);
        await HandOverAsync(scene, table, stop);
        var seen = await ReadAsync(scene, table, stop);
        return Answer.If(seen.StartsWith("refused", StringComparison.Ordinal), seen);
    }

    private static Answer IsMasked(string seen) =>
        seen is Masked or Raw ? Answer.If(seen == Masked, seen) : throw new NotAskedException(seen);

    private static async Task<Securable> MaskedAsync(Scene scene, string name, CancellationToken stop)
    {
        var mask = scene.Named(SecurableType.Function, name);
        await scene.MakeBySqlAsync(mask, $"CREATE FUNCTION {Sql.Name(mask)}(ssn STRING) RETURNS STRING COMMENT '{scene.Made.Mark}' RETURN '{Masked}'", stop);
        var table = await FilledAsync(scene, name + "_t", stop);
        await scene.SqlAsync($"ALTER TABLE {Sql.Name(table)} ALTER COLUMN ssn SET MASK {Sql.Name(mask)}", stop);
        return table;
    }

    private static async Task<Securable> FilledAsync(Scene scene, string name, CancellationToken stop)
    {
        var table = await scene.MakeAsync(scene.Named(SecurableType.Table, name), stop);
        await scene.SqlAsync($"INSERT INTO {Sql.Name(table)} VALUES (1, 'EU', '{Raw}')", stop);
        return table;
    }

    // The check owns the schema, so it can still drop the table.
    private static async Task HandOverAsync(Scene scene, Securable table, CancellationToken stop)
    {
        var other = scene.Cast.Others.Count > 0 ? scene.Cast.Others[0] : throw new NotAskedException("needs another principal in the directory");
        await scene.SqlAsync($"ALTER TABLE {Sql.Name(table)} SET OWNER TO {Sql.Name(other)}", stop);
    }

    private static async Task<string> ReadAsync(Scene scene, Securable table, CancellationToken stop)
    {
        var answer = (await scene.Raw.PostAsync(Routes.Statements, new()
        {
            ["statement"] = $"SELECT ssn FROM {Sql.Name(table)}", ["warehouse_id"] = scene.Options.WarehouseId, ["wait_timeout"] = "50s", ["on_wait_timeout"] = "CANCEL",
        }, stop)).Required("a query of a table of the check");
        return (string?)answer.Body?["status"]?["state"] switch
        {
            "SUCCEEDED" => Value(answer.Body) ?? throw new NotAskedException("the table of the check has no rows"),
            "FAILED" => $"refused: {(string?)answer.Body["status"]?["error"]?["error_code"]}",
            var state => throw new NotAskedException($"the query ended as {state ?? "nothing"}"),
        };
    }

    private static string? Value(JsonObject answer) =>
        answer["result"]?["data_array"] is JsonArray { Count: > 0 } rows && rows[0] is JsonArray { Count: > 0 } row ? (string?)row[0] : null;
}
