using System.Buffers.Binary;
using System.Security.Cryptography;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Json;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>What is kept of each policy to match two sets; the policies themselves are read again for a page.</summary>
/// <param name="Index">Its number in the set, from 0.</param>
/// <param name="IsOfTags">Whether it belongs to the tag service.</param>
/// <param name="Zone">The security zone; null outside zones.</param>
/// <param name="Id">The id.</param>
/// <param name="Name">The name.</param>
/// <param name="Content">Begins the digest of what is evaluated of it, and of whether it is enabled.</param>
/// <param name="Whole">Begins the digest of all of it.</param>
internal sealed record PolicyMark(int Index, bool IsOfTags, string? Zone, long? Id, string? Name, PolicyDigest Content, PolicyDigest Whole)
{
    /// <summary>A disabled policy decides nothing.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>Where its name is unique, with the name; null without a name.</summary>
    public object? Named => string.IsNullOrEmpty(Name) ? null : (IsOfTags, Zone ?? "", Name);

    /// <summary>Its id, which a resource policy and a tag policy may share; null without one.</summary>
    public object? Identity => Id is { } id ? (IsOfTags, id) : null;

    public static IReadOnlyList<PolicyMark> Of(PolicySet set) => [.. set.ReadEntries().Select(static (entry, index) =>
    {
        var whole = PolicyDigest.Of(SHA256.HashData(RangerJson.Write(entry.Policy))); // before its form is made normal
        var policy = entry.Policy;
        var (id, name, isEnabled) = (policy.Id, policy.Name, policy.IsEnabled);
        return new PolicyMark(index, entry.IsOfTags, entry.Zone, id, name, PolicyDigest.Of(PolicyContent.DigestOf(entry)), whole) { IsEnabled = isEnabled };
    })];
}

/// <summary>The first 128 bits of a digest.</summary>
internal readonly record struct PolicyDigest(UInt128 Bits)
{
    public static PolicyDigest Of(ReadOnlySpan<byte> digest) => new(BinaryPrimitives.ReadUInt128BigEndian(digest));
}
