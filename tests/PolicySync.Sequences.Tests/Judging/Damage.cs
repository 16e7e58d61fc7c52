using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>
/// Damages an answer in one of many ways: a member that is missing, another type of value, a body that is cut off or is none.
/// What is left may be well-formed, but it is not an answer that the server could have meant.
/// </summary>
internal static class Damage
{
    public static byte[] Of(byte[] body, int way)
    {
        var random = new Random(way);
        switch (random.Next(8))
        {
            case 0: return body[..random.Next(body.Length + 1)];
            case 1: return "<html><body>Sign in</body></html>"u8.ToArray();
            case 2: return "{}"u8.ToArray();
            default: return Changed(body, random);
        }
    }

    private static byte[] Changed(byte[] body, Random random)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return body;
        }

        var members = Members(root).ToList();
        if (members.Count == 0)
        {
            return body;
        }

        var (parent, name) = members[random.Next(members.Count)];
        if (random.Next(2) == 0)
        {
            parent.Remove(name);
        }
        else
        {
            parent[name] = parent[name] is JsonArray or JsonObject ? "text" : new JsonObject { ["a"] = 1 };
        }

        return Encoding.UTF8.GetBytes(root!.ToJsonString());
    }

    private static IEnumerable<(JsonObject Parent, string Name)> Members(JsonNode? node) => node switch
    {
        JsonObject parent => parent.SelectMany(pair => Members(pair.Value).Prepend((parent, pair.Key))),
        JsonArray list => list.SelectMany(Members),
        _ => [],
    };
}
