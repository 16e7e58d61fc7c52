using System.Security.Cryptography;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Adapters.Policies;

/// <summary>The four documents of one consistent download.</summary>
internal sealed class RangerDocuments
{
    public const string PoliciesName = "policies.json";
    public const string RolesName = "roles.json";
    public const string UserStoreName = "userstore.json";
    public const string TagsName = "tags.json";

    /// <summary>In the order of <see cref="All"/>.</summary>
    public static readonly IReadOnlyList<string> Names = [PoliciesName, RolesName, UserStoreName, TagsName];

    public RangerDocuments(PolicyDocument policies, PolicyDocument roles, PolicyDocument userStore, PolicyDocument tags)
    {
        All = [policies, roles, userStore, tags];
        Stamp = StampOf(All.Select(DigestOf));
    }

    /// <summary>Policies, roles, user store, tags.</summary>
    public IReadOnlyList<PolicyDocument> All { get; }

    /// <summary>
    /// A digest of all contents. Versions, times and sizes are not trusted: a file may be replaced within the same second by
    /// one of the same size, and a restored database may reuse a version.
    /// </summary>
    public string Stamp { get; }

    /// <summary>The cached documents in the order of <see cref="All"/>; null when some are missing.</summary>
    public static RangerDocuments? Of(IReadOnlyList<PolicyDocument> documents) =>
        documents.Select(document => document.Name).SequenceEqual(Names, StringComparer.Ordinal)
            ? new RangerDocuments(documents[0], documents[1], documents[2], documents[3])
            : null;

    /// <summary>Identifies a content; a missing document differs from an empty one.</summary>
    public static byte[] DigestOf(PolicyDocument document) =>
        document.Content is { } content ? SHA256.HashData(content) : NoDocument;

    /// <summary>The digest of a missing document.</summary>
    public static byte[] NoDocument { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>The stamp of four digests, in the order of <see cref="All"/>.</summary>
    public static string StampOf(IEnumerable<byte[]> digests) =>
        Convert.ToHexStringLower(SHA256.HashData([.. digests.SelectMany(digest => digest)]));

    /// <summary>Reads the documents.</summary>
    /// <exception cref="Core.Errors.SyncException">One of them is incomplete, or there are no policies.</exception>
    public PolicyDownload ToDownload() => new(
        Stamp,
        Parse(All[0], RangerDocument.Whole<ServicePolicies>(PoliciesName)) ?? throw PolicyFiles.Unavailable($"{PoliciesName} does not exist"),
        Parse(All[1], RangerJson.Read<RangerRoles>),
        Parse(All[2], RangerJson.Read<RangerUserStore>),
        Parse(All[3], RangerDocument.Whole<ServiceTags>(TagsName)) is { } tags && !RangerDocument.SaysNothing(tags) ? tags : null)
    {
        DocumentsFrom = () => All,
    };

    private static T? Parse<T>(PolicyDocument document, Func<Stream, T> read)
        where T : class =>
        document.Content is { } content ? RangerDocument.Parse(document.Name, new MemoryStream(content, writable: false), read) : null;
}
