using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Json;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>A page of differences.</summary>
/// <param name="Policies">The policies that differ.</param>
/// <param name="NextPageToken">The token of the next page; null on the last one.</param>
public sealed record PolicyDiffPage(IReadOnlyList<PolicyDifference> Policies, string? NextPageToken);

/// <summary>
/// What of two sets of policies is evaluated differently. It has no differences exactly when <see cref="PolicyContent"/> gives both sets
/// one digest. Time and memory are in proportion to the number of policies.
/// </summary>
public sealed class PolicyDiff
{
    /// <summary>Most differences besides policies.</summary>
    public const int MaxSetParts = 100;

    private readonly PolicySet _current;
    private readonly PolicySet _candidate;
    private readonly List<PolicyMatch> _differing;

    private PolicyDiff(PolicySet current, PolicySet candidate)
    {
        (_current, _candidate) = (current, candidate);
        var matches = PolicyMatching.Match(PolicyMark.Of(current), PolicyMark.Of(candidate));
        _differing = [.. matches.Where(static match => match.Differs)];
        var unchanged = matches.Count(static match => match.IsSame);
        Counts = new PolicyDiffCounts(
            Count(PolicyChange.Added), Count(PolicyChange.Removed), Count(PolicyChange.Changed), matches.Count - _differing.Count - unchanged, unchanged);
        var parts = SetComparison.Of(PolicyContent.Normal(current.ReadHeader()), PolicyContent.Normal(candidate.ReadHeader()));
        (SetParts, SetPartCount) = ([.. parts.Take(MaxSetParts)], parts.Count);

        int Count(PolicyChange change) => _differing.Count(match => match.Change == change);
    }

    /// <summary>How many policies differ.</summary>
    public PolicyDiffCounts Counts { get; }

    /// <summary>What differs besides policies, up to <see cref="MaxSetParts"/>.</summary>
    public IReadOnlyList<PolicySetPartDifference> SetParts { get; }

    /// <summary>The number of such differences.</summary>
    public int SetPartCount { get; }

    /// <summary>Whether anything that is evaluated differs.</summary>
    public bool Differs => _differing.Count > 0 || SetPartCount > 0;

    /// <summary>The result in a sentence, for people.</summary>
    public string Statement
    {
        get
        {
            var rest = Counts.NotEvaluated == 0 ? "" : $"; {Policies(Counts.NotEvaluated)} in what is not evaluated";
            var parts = SetPartCount == 0 ? ""
                : string.Create(CultureInfo.InvariantCulture, $", and {SetPartCount} {(SetPartCount == 1 ? "part" : "parts")} of the set besides policies");
            return Differs
                ? string.Create(CultureInfo.InvariantCulture, $"{Counts.Added} added, {Counts.Removed} removed, {Counts.Changed} changed{parts}{rest}")
                : $"nothing that is evaluated differs{rest}";
        }
    }

    /// <summary>Compares two sets.</summary>
    /// <param name="current">The policies that are in force.</param>
    /// <param name="candidate">The policies to compare them with.</param>
    public static PolicyDiff Of(PolicySet current, PolicySet candidate) => new(current, candidate);

    /// <summary>Reads a page of the policies that differ: resource policies before tag policies, each by id.</summary>
    /// <param name="size">Most policies of the page.</param>
    /// <param name="token">The token of the page; null for the first.</param>
    /// <exception cref="ArgumentException">The token was not issued for these two sets.</exception>
    public PolicyDiffPage Read(int size, string? token)
    {
        var start = token is null ? 0 : PlaceOf(token);
        var shown = _differing.Skip(start).Take(size).ToList();
        var olds = Entries(_current, shown.Select(static match => match.Old));
        var news = Entries(_candidate, shown.Select(static match => match.New));
        return new PolicyDiffPage(
            [.. shown.Select(match => PolicyComparison.Of(
                match, match.Old is null ? null : olds[match.Old.Index], match.New is null ? null : news[match.New.Index]))],
            start + shown.Count < _differing.Count ? TokenOf(start + shown.Count) : null);
    }

    private static Dictionary<int, PolicyEntry> Entries(PolicySet set, IEnumerable<PolicyMark?> marks) =>
        set.ReadEntries(marks.OfType<PolicyMark>().Select(static mark => mark.Index).ToHashSet()).ToDictionary();

    private static string Policies(int count) => count == 1 ? "1 policy differs" : string.Create(CultureInfo.InvariantCulture, $"{count} policies differ");

    // Both sets are part of the filter, so a place stays what it was.
    private string Filter => $"policies diff\n{HashOf(_current)}\n{HashOf(_candidate)}";

    private static string HashOf(PolicySet set) => Convert.ToHexStringLower(SHA256.HashData(set.Packed));

    private string TokenOf(int place)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, place);
        return ListToken.Write(null, Filter, bytes);
    }

    private int PlaceOf(string token)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        return ListToken.TryRead(token, null, Filter, bytes) && BinaryPrimitives.ReadInt32BigEndian(bytes) is >= 0 and var place
            ? place
            : throw new ArgumentException("the token was not issued for the difference of these policies", nameof(token));
    }
}
