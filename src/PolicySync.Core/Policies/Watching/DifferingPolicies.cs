using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Policies.Comparing;
using PolicySync.Core.Policies.Sets;

namespace PolicySync.Core.Policies.Watching;

/// <summary>
/// The enabled policies that one of two sets has and the other has not, as they are evaluated: without ids, versions and descriptions. Names
/// count, as Ranger orders equal policies by them. Policies with equal texts are not parsed.
/// </summary>
internal static class DifferingPolicies
{
    /// <summary>Finds them: those of the old set, then those of the new one.</summary>
    public static IReadOnlyList<PolicyEntry> Between(PolicySet before, PolicySet after)
    {
        var olds = Count(before.ReadLines());
        var news = new List<string>();
        foreach (var line in after.ReadLines())
        {
            if (!Take(olds, KeyOf(line)))
            {
                news.Add(line);
            }
        }

        if (news.Count == 0 && olds.Count == 0)
        {
            return [];
        }

        var gone = before.ReadLines().Where(line => Take(olds, KeyOf(line)));
        return Evaluated(Parsed(gone), Parsed(news));
    }

    // What differs in its text may be evaluated alike.
    private static List<PolicyEntry> Evaluated(List<PolicyEntry> olds, List<PolicyEntry> news)
    {
        var known = new Dictionary<PolicyDigest, List<PolicyEntry>>();
        foreach (var old in olds)
        {
            var key = PolicyDigest.Of(PolicyContent.DigestOf(old));
            if (!known.TryGetValue(key, out var same))
            {
                known.Add(key, same = []);
            }

            same.Add(old);
        }

        var found = new List<PolicyEntry>();
        foreach (var added in news)
        {
            if (known.TryGetValue(PolicyDigest.Of(PolicyContent.DigestOf(added)), out var same) && same.Count > 0)
            {
                same.RemoveAt(same.Count - 1);
            }
            else
            {
                found.Add(added);
            }
        }

        return [.. known.Values.SelectMany(static same => same), .. found];
    }

    private static List<PolicyEntry> Parsed(IEnumerable<string> lines) =>
        [.. PolicySet.Parse(lines).Where(static entry => entry.Policy.IsEnabled)];

    private static Dictionary<UInt128, int> Count(IEnumerable<string> lines)
    {
        var counts = new Dictionary<UInt128, int>();
        foreach (var line in lines)
        {
            var key = KeyOf(line);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return counts;
    }

    private static bool Take(Dictionary<UInt128, int> counts, UInt128 key)
    {
        if (!counts.TryGetValue(key, out var count))
        {
            return false;
        }

        if (count == 1)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count - 1;
        }

        return true;
    }

    private static UInt128 KeyOf(string line) => PolicyDigest.Of(SHA256.HashData(Encoding.UTF8.GetBytes(line))).Bits;
}
