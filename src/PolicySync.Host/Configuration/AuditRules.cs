using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>Rules about the audit stream.</summary>
internal static class AuditRules
{
    public static IEnumerable<ConfigurationFault> Validate(AuditOptions options)
    {
        if (options.Sinks.Count == 0)
        {
            if (options.Required)
            {
                yield return new($"{AuditOptions.Section}:Required", $"needs a sink: without `{AuditOptions.Section}:Sinks` no event is made");
            }

            yield break;
        }

        if (options.Spool is not { Length: > 0 } spool)
        {
            yield return new($"{AuditOptions.Section}:Spool", "is required with a sink: a folder in which events wait until every sink has them");
        }
        else if (FaultOfFolder(spool) is { } fault)
        {
            yield return new($"{AuditOptions.Section}:Spool", fault);
        }

        for (var i = 0; i < options.Sinks.Count; i++)
        {
            foreach (var fault in FaultsOfSink(options, i))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<ConfigurationFault> FaultsOfSink(AuditOptions options, int index)
    {
        var (key, sink) = ($"{AuditOptions.Section}:Sinks:{index}", options.Sinks[index]);
        if (sink.Kind is { } kind && kind != AuditSinkKind.File && sink.Path is not null)
        {
            yield return new($"{key}:Path", "is for sinks of kind `File`; remove it");
        }

        if (sink.Kind is { } other && other != AuditSinkKind.EventHub && KeyOfHub(sink) is { } name)
        {
            yield return new($"{key}:{name}", "is for sinks of kind `EventHub`; remove it");
        }

        if (sink.Kind == AuditSinkKind.File && FaultOfFile(options, index) is { } problem)
        {
            yield return new($"{key}:Path", problem);
        }
        else if (sink.Kind == AuditSinkKind.Stdout && options.Sinks.Take(index).Any(earlier => earlier.Kind == AuditSinkKind.Stdout))
        {
            yield return new($"{key}:Kind", "there is another sink `Stdout`");
        }
        else if (sink.Kind == AuditSinkKind.EventHub && Hub(key, sink).Fault() is { } fault)
        {
            yield return fault;
        }
    }

    private static string? KeyOfHub(AuditSink sink) => sink.ConnectionString is not null ? nameof(sink.ConnectionString)
        : sink.ConnectionStringFile is not null ? nameof(sink.ConnectionStringFile)
        : sink.Namespace is not null ? nameof(sink.Namespace)
        : sink.Name is not null ? nameof(sink.Name)
        : sink.WebSockets ? nameof(sink.WebSockets)
        : null;

    private static HubRules Hub(string key, AuditSink sink) => new(
        key, "`ConnectionString`, `ConnectionStringFile` and `Namespace` is required of a sink of kind `EventHub`",
        sink.ConnectionString, sink.ConnectionStringFile, sink.Namespace, sink.Name);

    private static string? FaultOfFile(AuditOptions options, int index)
    {
        if (options.Sinks[index].Path is not { Length: > 0 } path)
        {
            return "is required of a sink of kind `File`";
        }

        return options.Sinks.Take(index).Any(other => other is { Kind: AuditSinkKind.File, Path: { } earlier } && Path.GetFullPath(earlier) == Path.GetFullPath(path))
            ? "another sink writes the same file"
            : FaultOfFolder(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path);
    }

    // It is made and written to when the process starts, so a fault that can be seen now is told now.
    // As the stream makes it: for the service's user only.
    private static string Create(string folder) => (OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder)
        : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)).FullName;

    private static string? FaultOfFolder(string folder)
    {
        try
        {
            var probe = Path.Combine(Create(folder), $".policysync-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"events cannot be written there: {e.Message}";
        }
    }
}
