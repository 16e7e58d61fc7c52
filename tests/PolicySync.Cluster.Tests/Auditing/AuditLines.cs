using System.Text.Json.Nodes;

namespace PolicySync.Cluster.Tests.Auditing;

/// <summary>The changes that lines of the audit stream tell of. Of events with one source and id the first counts.</summary>
/// <param name="Changes">The changes.</param>
/// <param name="Contradictions">Events that have the source and id of an earlier one and tell of something else.</param>
/// <param name="Events">Events of changes, with repeats.</param>
/// <param name="Repeats">Those of them that were told before.</param>
/// <param name="Recovered">Changes that another process than the one that made them told of.</param>
internal sealed record AuditLines(ChangeCounts Changes, IReadOnlyList<string> Contradictions, int Events, int Repeats, int Recovered)
{
    public static AuditLines Read(IEnumerable<string> lines)
    {
        var (changes, contradictions) = (new ChangeCounts(), new List<string>());
        var told = new Dictionary<(string Source, string Id), string>();
        var (events, recovered) = (0, 0);
        foreach (var line in lines)
        {
            var one = JsonNode.Parse(line)!;
            if ((string?)one["type"] is not ("policysync.grant.changed" or "policysync.guard.changed"))
            {
                continue;
            }

            events++;
            var (key, what) = (((string)one["source"]!, (string)one["id"]!), What(one));
            if (told.TryAdd(key, what))
            {
                recovered += (bool)one["data"]!["recovered"]! ? 1 : 0;
                Count(changes, one);
            }
            else if (told[key] != what)
            {
                contradictions.Add($"{key} tells of {told[key]}, and then of {what}");
            }
        }

        return new AuditLines(changes, contradictions, events, events - told.Count, recovered);
    }

    private static void Count(ChangeCounts changes, JsonNode one)
    {
        var data = one["data"]!;
        if ((string?)one["type"] == "policysync.grant.changed")
        {
            changes.AddGrant(
                (string)data["action"]!, $"{data["securable"]!["type"]} {data["securable"]!["fullName"]}", (string)data["principal"]!, (string)data["privilege"]!);
        }
        else if ((string?)data["before"] != (string?)data["after"]) // else its function was made again, which sets nothing
        {
            changes.AddGuard((string)data["securable"]!["fullName"]!, (string?)data["column"], (string?)data["after"]);
        }
    }

    // What a repeat has in common with the first.
    private static string What(JsonNode one)
    {
        var copy = (JsonObject)one["data"]!.DeepClone();
        foreach (var member in (string[])["verifiedAt", "recovered", "principalId", "task"])
        {
            copy.Remove(member);
        }

        return copy.ToJsonString();
    }
}
