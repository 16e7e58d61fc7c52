using System.Text.Json.Nodes;

namespace PolicySync.Cluster.Tests;

/// <summary>The audit stream of all silos of a cluster on this machine, in files of their own, compared with what the workspace recorded.</summary>
internal sealed class AuditTrailFiles : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("audit-");

    /// <summary>The settings of the cluster.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Audit:Sinks:0:Kind", "File"), ("Audit:Sinks:0:Path", Path.Combine(_home.FullName, "audit.log")), ("Audit:Spool", Path.Combine(_home.FullName, "spool")),
        ("Audit:Required", "true"),
    ];

    /// <summary>
    /// Asserts that each change which a recorded PATCH made has an event, and each event a change: as many of each kind, events with one id
    /// counted once. Silos that were killed leave events in their spools for those that start after them.
    /// </summary>
    public async Task<string> AssertTellsOfAsync(IReadOnlyList<Call> patches)
    {
        var made = Made(patches);
        var told = await Wait.ForAsync(
            () => Task.FromResult(Told()), told => made.All(change => told.Changes.GetValueOrDefault(change.Key) >= change.Value), TimeSpan.FromSeconds(30),
            last => string.Join('\n', made.Where(change => last.Changes.GetValueOrDefault(change.Key) < change.Value)
                .Select(change => $"{change.Key}: made {change.Value} times, told {last.Changes.GetValueOrDefault(change.Key)} times").Take(10)));
        Assert.Equal(made.Order(), told.Changes.Order());
        return $"{made.Values.Sum()} changes made, each told; {told.Lines} events, of which {told.Repeats} were repeats and {told.Recovered} recovered";
    }

    public void Dispose() => _home.Delete(recursive: true);

    // Replays the PATCHes: one that adds what is there changes nothing.
    private static SortedDictionary<string, int> Made(IReadOnlyList<Call> patches)
    {
        var (held, made) = (new HashSet<string>(StringComparer.Ordinal), new SortedDictionary<string, int>(StringComparer.Ordinal));
        foreach (var patch in patches.Where(patch => patch is { Status: null or < 300, Body: not null } && patch.Path.Contains("/permissions/", StringComparison.Ordinal)))
        {
            var on = string.Join(' ', patch.Path.Split('?')[0].Split('/')[^2..]);
            foreach (var change in JsonNode.Parse(patch.Body!)!["changes"]!.AsArray())
            {
                Note(change!, "remove", "REVOKE", held.Remove);
                Note(change!, "add", "GRANT", held.Add);
            }

            void Note(JsonNode change, string member, string action, Func<string, bool> changes)
            {
                foreach (var privilege in change[member]?.AsArray() ?? [])
                {
                    var grant = $"{on} {(string?)change["principal"]} {(string?)privilege}";
                    if (changes(grant))
                    {
                        made[$"{action} {grant}"] = made.GetValueOrDefault($"{action} {grant}") + 1;
                    }
                }
            }
        }

        return made;
    }

    private (SortedDictionary<string, int> Changes, int Lines, int Repeats, int Recovered) Told()
    {
        var changes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var (lines, recovered) = (0, 0);
        foreach (var line in _home.EnumerateFiles("audit*.log*").SelectMany(Lines))
        {
            var told = JsonNode.Parse(line)!;
            if ((string?)told["type"] != "policysync.grant.changed")
            {
                continue;
            }

            lines++;
            if (ids.Add((string)told["id"]!))
            {
                var data = told["data"]!;
                recovered += (bool)data["recovered"]! ? 1 : 0;
                var key = $"{(string?)data["action"]} {(string?)data["securable"]!["type"]} {(string?)data["securable"]!["fullName"]} {(string?)data["principal"]} {(string?)data["privilege"]}";
                changes[key] = changes.GetValueOrDefault(key) + 1;
            }
        }

        return (changes, lines, lines - ids.Count, recovered);
    }

    // A process may be writing the last line, and a killed one may have left half of it.
    private static string[] Lines(FileInfo file)
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n')[..^1];
    }
}
