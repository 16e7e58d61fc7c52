
namespace PolicySync.Deploy.Tests.Support;

/// <summary>A deployment folder as the vendor lays it out, and the scripts run on it.</summary>
internal sealed class DeploymentFolder : IDisposable
{
    /// <summary>The four variables of the vendor's page, as it shows them.</summary>
    public const string Sample = """
        # Enable the API server
        CONNECTOR_DATABRICKS_UNITY_CATALOG_API_SERVER_ENABLED: "true"
        CONNECTOR_DATABRICKS_UNITY_CATALOG_ON_DEMAND_V2_ENABLED: "true"
        CONNECTOR_DATABRICKS_UNITY_CATALOG_EXTERNAL_ACCESS_ENABLED: "true"
        CONNECTOR_DATABRICKS_UNITY_CATALOG_K8S_NGINX_INGRESS_ENABLE: "false"
        """;

    /// <summary>Values with which nothing is open but `config`.</summary>
    public const string Complete = """
        image: {repository: registry.example/policy-sync, tag: "1.0.0"}
        secrets:
          workspaceToken: {existingSecret: databricks, key: token}
          rangerPassword: {existingSecret: ranger, key: password}
          storageConnectionString: {existingSecret: storage, key: connection-string}
        tls: {secretName: policy-sync-tls}
        """;

    private const string Variables = "vars.connector.databricks.unity.catalog.yml";

    private readonly string _folder = Directory.CreateTempSubdirectory("policysync-deploy-").FullName;

    public string Root => _folder;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public DeploymentFolder With(string instance, string variables, string? values = null, string root = "config/custom-vars")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, root, "connectors", "databricks-unity-catalog", instance)).FullName;
        File.WriteAllText(Path.Combine(folder, Variables), variables);
        if (values is not null)
        {
            File.WriteAllText(Path.Combine(folder, "policy-sync.values.yaml"), values);
        }

        return this;
    }

    public Task<Ended> SetupAsync(params string[] options) => RunAsync("setup.sh", options);

    /// <summary>The same with an umask, in octal.</summary>
    public Task<Ended> SetupUnderAsync(string umask) => Command.RunAsync(
        "bash", ["-c", "umask \"$0\" && exec \"$@\"", umask, Path.Combine(Repository.Root, "deploy", "setup.sh"), "--folder", _folder]);

    public Task<Ended> RunAsync(string script, string[] options, IReadOnlyDictionary<string, string>? environment = null) => Command.RunAsync(
        Path.Combine(Repository.Root, "deploy", script), ["--folder", _folder, .. options], environment);

    /// <summary>Writes a script of bash that can be started, and returns its path.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public string Script(string name, string text)
    {
        var file = At(name);
        File.WriteAllText(file, $"#!/usr/bin/env bash\n{text}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    public string Token(string instance, string kind = "jwt") => Read(
        $"config/api-server-keys/connector/databricks-unity-catalog/{instance}/jwt/connector-databricks-unity-catalog-{instance}-{kind}-token.txt").Trim();

    public string PublicKeys(string instance) => Read($"config/api-server-keys/connector/databricks-unity-catalog/{instance}/public.pem");

    public string ValuesFile(string instance) => At($"output/policy-sync/{instance}/values.yaml");

    public IReadOnlyList<string> ValueFiles(string instance) =>
        [.. new[] { ValuesFile(instance), At($"config/custom-vars/connectors/databricks-unity-catalog/{instance}/policy-sync.values.yaml") }.Where(File.Exists)];

    public string Read(string file) => File.ReadAllText(At(file));

    public string At(string file) => Path.Combine(_folder, file);

    public IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file)).Order(StringComparer.Ordinal)];
}
