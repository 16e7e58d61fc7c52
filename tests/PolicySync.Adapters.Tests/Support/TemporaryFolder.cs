namespace PolicySync.Adapters.Tests.Support;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("policysync-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Replaces a file by rename, as policies are replaced.</summary>
    public string Write(string name, string text)
    {
        var next = this[$"{name}.next"];
        File.WriteAllText(next, text);
        File.Move(next, this[name], overwrite: true);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
