using System.IO.Compression;
using System.Text;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Watching;

/// <summary>
/// Everything of one accepted version that decides about securables, packed, to be compared with a later version. Immutable.
/// </summary>
public sealed class WatchedPolicies
{
    /// <summary>The first byte of the packed form.</summary>
    private const byte Form = 1;

    private readonly byte[]? _roles;
    private readonly byte[]? _users;
    private readonly byte[]? _tags;
    private readonly Lazy<(NamedPrincipals Named, Dictionary<string, List<string>> Members)> _named;

    private WatchedPolicies(PolicySet policies, byte[]? roles, byte[]? users, byte[]? tags, string settings,
        Lazy<(NamedPrincipals Named, Dictionary<string, List<string>> Members)>? named = null)
    {
        (Policies, _roles, _users, _tags, Settings) = (policies, roles, users, tags, settings);
        _named = named ?? new(FindNamed);
    }

    /// <summary>The policies, as their authors wrote them.</summary>
    public PolicySet Policies { get; }

    /// <summary>The digest of the settings that decide with them.</summary>
    public string Settings { get; }

    /// <summary>What the directory said of the principals that policies name; null when membership was not watched.</summary>
    public PrincipalMarks? Principals { get; private init; }

    /// <summary>Everybody whom an item of a policy names, or a role as a member. Found once.</summary>
    internal NamedPrincipals Named => _named.Value.Named;

    /// <summary>The users that Ranger's user store puts in the groups of <see cref="Named"/>, as it spells them. Found once.</summary>
    internal IReadOnlyDictionary<string, List<string>> RangerMembers => _named.Value.Members;

    /// <summary>Whether there was a tag download.</summary>
    internal bool HasTags => _tags is not null;

    private (NamedPrincipals Named, Dictionary<string, List<string>> Members) FindNamed()
    {
        var named = NamedPrincipals.Of(Policies.ReadEntries(), ReadRoles().Roles);
        var members = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (user, groups) in ReadUserStore().UserGroupMapping)
        {
            foreach (var group in groups.Where(named.Groups.Contains))
            {
                if (!members.TryGetValue(group, out var users))
                {
                    members.Add(group, users = []);
                }

                users.Add(user);
            }
        }

        return (named, members);
    }

    /// <summary>Packs a download and leaves it as it is. To be called before it is compiled, as that rewrites its names.</summary>
    /// <param name="download">The download.</param>
    /// <param name="policies">Its policies, packed.</param>
    /// <param name="settings">The digest of the settings that decide with it.</param>
    public static WatchedPolicies Of(PolicyDownload download, PolicySet policies, string settings) =>
        new(policies, Pack(download.Roles), Pack(download.UserStore), Pack(download.Tags), settings);

    /// <summary>The same version with what the directory says.</summary>
    public WatchedPolicies With(PrincipalMarks? principals) => new(Policies, _roles, _users, _tags, Settings, _named) { Principals = principals };

    /// <summary>Whether roles, user store or tags are the same in both, byte for byte.</summary>
    internal (bool Roles, bool Users, bool Tags) SameParts(WatchedPolicies other) =>
        (AreSame(_roles, other._roles), AreSame(_users, other._users), AreSame(_tags, other._tags));

    /// <summary>The roles; empty when there was no download of them.</summary>
    internal RangerRoles ReadRoles() => Unpack<RangerRoles>(_roles);

    /// <summary>The user store; empty when there was none.</summary>
    internal RangerUserStore ReadUserStore() => Unpack<RangerUserStore>(_users);

    /// <summary>The tags; empty when there was no download of them.</summary>
    internal ServiceTags ReadTags() => Unpack<ServiceTags>(_tags);

    /// <summary>The stored form.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Form);
        writer.Write(Settings);
        foreach (var part in new[] { Policies.Packed, _roles, _users, _tags, Principals?.Write() })
        {
            writer.Write(part?.Length ?? -1);
            writer.Write(part ?? []);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads a stored form. What it holds is read later, part by part.</summary>
    /// <exception cref="RangerFormatException">It is not one.</exception>
    public static WatchedPolicies Read(byte[] stored)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(stored, writable: false), Encoding.UTF8);
            if (reader.ReadByte() != Form)
            {
                throw new RangerFormatException("the stored policies are of another form", "$");
            }

            var settings = reader.ReadString();
            var (policies, roles, users, tags, principals) = (Part(reader), Part(reader), Part(reader), Part(reader), Part(reader));
            return new WatchedPolicies(PolicySet.OfPacked(policies ?? []), roles, users, tags, settings)
            {
                Principals = principals is null ? null : PrincipalMarks.Read(principals),
            };
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or InvalidDataException)
        {
            throw new RangerFormatException("the stored policies are damaged", "$", e);
        }
    }

    private static byte[]? Part(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        return length < 0 ? null : reader.ReadBytes(length) is { } part && part.Length == length ? part : throw new EndOfStreamException();
    }

    private static bool AreSame(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);

    private static byte[]? Pack<T>(T? document)
        where T : class
    {
        if (document is null)
        {
            return null;
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            RangerJson.Write(document, gzip);
        }

        return packed.ToArray();
    }

    private static T Unpack<T>(byte[]? packed)
        where T : class, new()
    {
        if (packed is null)
        {
            return new T();
        }

        using var gzip = new GZipStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        return RangerJson.Read<T>(gzip);
    }
}
