using System.Text.Json.Nodes;

namespace UnityCatalog.Emulator.Tests;

/// <summary>Statements as somebody's.</summary>
internal static class Statements
{
    /// <summary>The answer of a statement that ended, whichever way.</summary>
    public static async Task<JsonNode> StatementAsync(this Emulator emulator, string statement, string token = Emulator.Admin)
    {
        var body = new JsonObject { ["statement"] = statement, ["warehouse_id"] = "emulator-warehouse" };
        var answer = await emulator.SendAsync("POST", "/api/2.0/sql/statements", body.ToJsonString(), token);
        Assert.True(answer.Status == 200, $"{statement}: {answer.Status} {answer.Text}");
        return answer.Json;
    }

    /// <summary>Runs a statement that must succeed.</summary>
    public static async Task<JsonNode> RunAsync(this Emulator emulator, string statement, string token = Emulator.Admin)
    {
        var answer = await emulator.StatementAsync(statement, token);
        Assert.True((string?)answer["status"]!["state"] == "SUCCEEDED", $"{statement}: {answer.ToJsonString()}");
        return answer;
    }

    /// <summary>What a statement that must fail says.</summary>
    public static async Task<string> FailAsync(this Emulator emulator, string statement, string token = Emulator.Admin)
    {
        var answer = await emulator.StatementAsync(statement, token);
        Assert.True((string?)answer["status"]!["state"] == "FAILED", $"{statement}: {answer.ToJsonString()}");
        return (string)answer["status"]!["error"]!["message"]!;
    }

    /// <summary>The rows of an answer: <c>a|b / c|NULL</c>.</summary>
    public static string Rows(JsonNode answer) => string.Join(" / ", answer["result"]!["data_array"]!.AsArray()
        .Select(row => string.Join('|', row!.AsArray().Select(value => (string?)value ?? "NULL"))));
}
