namespace PolicySync.Host.Tests.Support;

/// <summary>The files that a good configuration names, and that configuration.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder(string keys)
    {
        Path = Directory.CreateTempSubdirectory("policysync-host-").FullName;
        KeyFile = System.IO.Path.Combine(Path, "keys.pem");
        File.WriteAllText(KeyFile, keys);
        File.WriteAllText(System.IO.Path.Combine(Path, "policies.json"), "{}");
    }

    public string Path { get; }

    public string KeyFile { get; }

    public Dictionary<string, string> Settings => new(StringComparer.OrdinalIgnoreCase)
    {
        ["PolicySync:Workspace:Host"] = "https://workspace.example",
        ["PolicySync:Workspace:Token"] = "dapi-not-to-be-seen",
        ["PolicySync:Policies:Folder"] = Path,
        ["PolicySync:Storage:Provider"] = "Memory",
        ["PolicySync:Auth:PublicKeyFile"] = KeyFile,
    };

    /// <summary>Command-line arguments of the good configuration; <paramref name="changes"/> override it, null takes away.</summary>
    public string[] Arguments(params IEnumerable<(string Key, string Value)> changes)
    {
        var settings = Settings;
        foreach (var (key, value) in changes)
        {
            settings[key] = value;
        }

        return [.. settings.Select(pair => $"--{pair.Key}={pair.Value}")];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
