using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>Damages an answer in one of the ways that tell themselves: what is left is no answer that the server could have meant.</summary>
internal static class Damage
{
    public static byte[] Of(byte[] body, int way)
    {
        var text = Encoding.UTF8.GetString(body);
        if (!IsObject(text))
        {
            return body;
        }

        var all = AnswerDamage.Of(text).Where(TellsItself).ToList();
        return Encoding.UTF8.GetBytes(all[new Random(way).Next(all.Count)].Body);
    }

    // A list with an element less, or with other elements, may be true.
    private static bool TellsItself(AnswerDamage damage) => damage.Name.Split(' ') switch
    {
        ["swap", ..] => false,
        ["empty", _] => false,
        ["drop" or "null", var path] => !path.EndsWith(']'),
        _ => true,
    };

    private static bool IsObject(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
