using PolicySync.Core.Policies.Sets;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>Makes differences of parts out of their words.</summary>
internal static class PartWords
{
    /// <summary>Most elements that only one side has.</summary>
    public const int MaxElements = 50;

    private const string OfForm = " (differs in its form only)";

    /// <summary>A part that is one text; null on a side without it.</summary>
    public static PolicyPartDifference Of(PolicyPart part, string? old, string? @new)
    {
        var (before, after) = Texts(old, @new, isSame: old == @new);
        return new PolicyPartDifference(part, before, after, [], []);
    }

    /// <summary>A part that is a list; empty on a side without it.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="olds">The elements in the current policies.</param>
    /// <param name="news">The elements in the candidate policies.</param>
    /// <param name="old">The whole list in other words than its elements.</param>
    /// <param name="new">The whole list in other words than its elements.</param>
    public static PolicyPartDifference Of(
        PolicyPart part, IReadOnlyList<string> olds, IReadOnlyList<string> news, string? old = null, string? @new = null)
    {
        var (removed, added) = (Only(olds, news), Only(news, olds));
        var (before, after) = Texts(old ?? Joined(olds), @new ?? Joined(news), isSame: olds.SequenceEqual(news, StringComparer.Ordinal));
        return new PolicyPartDifference(part, before, after, removed, added);
    }

    /// <summary>The first elements that one list has more often than the other.</summary>
    public static IReadOnlyList<string> Only(IEnumerable<string> list, IEnumerable<string> other)
    {
        var counts = other.CountBy(element => element, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return [.. list.Where(IsLeft).Take(MaxElements).Select(PolicyWords.Cut)];

        bool IsLeft(string element)
        {
            var count = counts.GetValueOrDefault(element);
            counts[element] = count - 1;
            return count <= 0;
        }
    }

    // Ranger's JSON may differ where its words do not, as in an empty text in place of none.
    private static (string? Old, string? New) Texts(string? old, string? @new, bool isSame) =>
        (Cut(old), isSame ? $"{Cut(@new)}{OfForm}".TrimStart() : Cut(@new));

    private static string? Joined(IReadOnlyList<string> elements) => elements is [] ? null : string.Join(", ", elements);

    private static string? Cut(string? text) => text is null ? null : PolicyWords.Cut(text);
}
