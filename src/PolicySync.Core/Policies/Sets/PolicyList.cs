using System.Buffers.Binary;
using PolicySync.Core.Policies.Ignored;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Policies.Sets;

/// <summary>A policy of a list, with what of it has no effect.</summary>
/// <param name="Entry">The policy.</param>
/// <param name="Warnings">Its parts without effect, each with the reason; none of a disabled policy.</param>
public sealed record ListedPolicy(PolicyEntry Entry, IReadOnlyList<string> Warnings);

/// <summary>A page of policies.</summary>
/// <param name="Policies">The policies of this page.</param>
/// <param name="NextPageToken">The token of the next page; null on the last one.</param>
public sealed record PolicyPage(IReadOnlyList<ListedPolicy> Policies, string? NextPageToken);

/// <summary>
/// Reads pages of a set: resource policies before tag policies, each by id. A set that changes between two pages leaves out no policy that
/// is in both, and shows none twice.
/// </summary>
public sealed class PolicyList
{
    private const int PlaceBytes = 1 + (2 * sizeof(long));

    private readonly PolicySet _set;
    private readonly HashSet<string> _levels;
    private readonly IgnoredElements _ofResources;
    private readonly IgnoredElements? _ofTags;

    /// <summary>Prepares reading.</summary>
    public PolicyList(PolicySet set)
    {
        _set = set;
        var header = set.ReadHeader();
        _levels = (header.ServiceDef?.Resources ?? []).Select(level => level.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        _ofResources = new IgnoredElements(header.ServiceDef, ofTags: false);
        _ofTags = header.TagPolicies?.ServiceDef is { } tags ? new IgnoredElements(tags, ofTags: true) : null;
    }

    /// <summary>Reads a page.</summary>
    /// <param name="filter">Which policies.</param>
    /// <param name="size">Most policies of the page.</param>
    /// <param name="token">The token of the page; null for the first.</param>
    /// <exception cref="ArgumentException">The token was not issued for this list.</exception>
    public PolicyPage Read(PolicyFilter filter, int size, string? token)
    {
        Place? after = token is null ? null : PlaceOf(token, filter);

        // The smallest places so far, the largest first: one more than the page, which tells whether there is a next one.
        var kept = new PriorityQueue<PolicyEntry, Place>(Comparer<Place>.Create(static (left, right) => right.CompareTo(left)));
        foreach (var (index, entry) in _set.ReadEntries().Index())
        {
            var place = new Place(entry.IsOfTags, entry.Policy.Id ?? long.MaxValue, index);
            if ((after is not { } passed || place.CompareTo(passed) > 0) && filter.Matches(entry, _levels))
            {
                kept.Enqueue(entry, place);
                if (kept.Count > size + 1)
                {
                    kept.Dequeue();
                }
            }
        }

        var found = new List<(PolicyEntry Entry, Place Place)>();
        while (kept.TryDequeue(out var entry, out var place))
        {
            found.Insert(0, (entry, place));
        }

        return new PolicyPage(
            [.. found.Take(size).Select(each => Listed(each.Entry))], found.Count > size ? TokenOf(found[size - 1].Place, filter) : null);
    }

    /// <summary>The policy of an id; of several, a resource policy before a tag policy. Null when there is none.</summary>
    /// <param name="id">The id.</param>
    /// <param name="kind">What it is about; null for any.</param>
    public ListedPolicy? Find(long id, PolicyKind? kind) =>
        _set.ReadEntries().Where(entry => entry.Policy.Id == id && (kind is null || entry.Kind == kind)).OrderBy(entry => entry.IsOfTags).FirstOrDefault() is { } found
            ? Listed(found)
            : null;

    private ListedPolicy Listed(PolicyEntry entry) => new(
        entry,
        entry.Policy.IsEnabled && (entry.IsOfTags ? _ofTags : _ofResources) is { } elements
            ? [.. elements.Of(entry.Policy).Distinct(StringComparer.Ordinal)]
            : []);

    private static string TokenOf(Place place, PolicyFilter filter)
    {
        Span<byte> bytes = stackalloc byte[PlaceBytes];
        bytes[0] = place.IsOfTags ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], place.Id);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + sizeof(long))..], place.Index);
        return ListToken.Write(null, $"policies\n{filter}", bytes);
    }

    private static Place PlaceOf(string token, PolicyFilter filter)
    {
        Span<byte> bytes = stackalloc byte[PlaceBytes];
        return ListToken.TryRead(token, null, $"policies\n{filter}", bytes)
            ? new Place(bytes[0] == 1, BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + sizeof(long))..]))
            : throw new ArgumentException("the token was not issued for this list", nameof(token));
    }

    // Policies of one id, and those without, keep their order by their number in the download.
    private readonly record struct Place(bool IsOfTags, long Id, long Index) : IComparable<Place>
    {
        public int CompareTo(Place other) => (IsOfTags, Id, Index).CompareTo((other.IsOfTags, other.Id, other.Index));
    }
}
