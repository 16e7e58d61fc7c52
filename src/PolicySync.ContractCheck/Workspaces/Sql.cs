using System.Text.Json.Nodes;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck.Workspaces;

/// <summary>What little SQL the check writes itself. Its names are its own; other names are in back-ticks.</summary>
internal static class Sql
{
    public static string Name(Securable securable) => string.Join('.', securable.Parts.Select(Name));

    /// <summary>One name, for example of a principal.</summary>
    public static string Name(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>A function that returns its argument, as POST /functions wants it.</summary>
    public static JsonObject FunctionBody() => new()
    {
        ["input_params"] = new JsonObject
        {
            ["parameters"] = new JsonArray(new JsonObject
            {
                ["name"] = "x", ["type_text"] = "string", ["type_name"] = "STRING", ["position"] = 0,
                ["type_json"] = """{"name":"x","type":"string","nullable":true,"metadata":{}}""",
            }),
        },
        ["data_type"] = "STRING",
        ["full_data_type"] = "STRING",
        ["routine_body"] = "SQL",
        ["routine_definition"] = "x",
        ["parameter_style"] = "S",
        ["is_deterministic"] = true,
        ["sql_data_access"] = "CONTAINS_SQL",
        ["is_null_call"] = false,
        ["security_type"] = "DEFINER",
        ["specific_name"] = "x",
    };
}
