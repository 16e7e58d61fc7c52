namespace PolicySync.Testing;

/// <summary>Bodies in the form of the vendor's page.</summary>
public static class Payload
{
    public static object Table(string fullName) => Sync(Resource("table", fullName));

    public static object View(string fullName) => Sync(Resource("view", fullName));

    public static object Schema(string fullName) => Sync(Resource("schema", fullName));

    public static object Catalog(string name) => Sync(Resource("catalog", name));

    public static object Sync(params object[] resources) => new { type = "RESOURCE_SYNC", requestInfo = new { resources } };

    public static object Resource(string type, string fullName)
    {
        var names = fullName.Split('.');
        var own = type == "view" ? "table" : type;
        string[] levels = names.Length switch { 1 => [own], 2 => ["catalog", own], _ => ["catalog", "schema", own] };
        return new { type, values = levels.Zip(names).ToDictionary(pair => pair.First, pair => pair.Second) };
    }

    /// <summary>The same body with another task type, or as a dry run.</summary>
    public static object As(object sync, string type = "RESOURCE_SYNC", bool dryRun = false)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(sync)!;
        body["type"] = type;
        body["requestInfo"]!["dryRun"] = dryRun;
        return body;
    }
}
