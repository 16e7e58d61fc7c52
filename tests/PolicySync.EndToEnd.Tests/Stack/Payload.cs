namespace PolicySync.EndToEnd.Tests.Stack;

/// <summary>Bodies in the form of the vendor's page.</summary>
internal static class Payload
{
    public static object Table(string fullName) => Sync(Resource("table", fullName));

    public static object View(string fullName) => Sync(Resource("view", fullName));

    public static object Schema(string fullName) => Sync(Resource("schema", fullName));

    public static object Catalog(string name) => Sync(Resource("catalog", name));

    public static object Sync(params object[] resources) => new { type = "RESOURCE_SYNC", requestInfo = new { resources } };

    public static object Resource(string type, string fullName)
    {
        string[] levels = ["catalog", "schema", "table"];
        return new { type, values = levels.Zip(fullName.Split('.')).ToDictionary(pair => pair.First, pair => pair.Second) };
    }
}
