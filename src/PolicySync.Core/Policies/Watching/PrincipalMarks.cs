using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Options;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Json;

namespace PolicySync.Core.Policies.Watching;

/// <summary>
/// What the directory said at one time of the principals that policies and roles name: a short digest of who each is, and of its
/// members. Immutable.
/// </summary>
public sealed class PrincipalMarks
{
    private const string OfUser = "u ";
    private const string OfGroup = "g ";

    private readonly Dictionary<string, Mark> _marks;
    private readonly HashSet<string> _unreached;

    private PrincipalMarks(Dictionary<string, Mark> marks, IEnumerable<string> unreached) =>
        (_marks, _unreached) = (marks, unreached.ToHashSet(StringComparer.Ordinal));

    /// <summary>Takes the marks.</summary>
    /// <param name="policies">The policies and roles whose names count.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="map">Rewriting of user names.</param>
    public static PrincipalMarks Of(WatchedPolicies policies, PrincipalSnapshot directory, IEnumerable<NameMapping> map)
    {
        var names = new NameMapper(map);
        var members = new MemberDigests(directory);
        var marks = new Dictionary<string, Mark>(StringComparer.Ordinal);
        foreach (var user in policies.Named.Users)
        {
            AddUser(user);
        }

        // With `Sync:RolesAsGroups` a role is a group of its name.
        foreach (var group in policies.Named.Groups.Concat(policies.Named.Roles))
        {
            AddGroup(group);
        }

        return new PrincipalMarks(
            marks,
            [
                .. policies.RangerMembers.Where(group => group.Value.Exists(user => IsUnreached(user, group.Key))).Select(group => group.Key),
                .. policies.Named.Roles.Where(role => directory.KindOfGroup(role) != PrincipalKind.Unknown),
            ]);

        bool IsUnreached(string name, string group) => PrincipalKey.Of(names.MappedOrSame(name)) is var user
            && directory.Everyone.Contains(user) && !directory.GroupsOfUser(user).Contains(group);

        void AddUser(string name)
        {
            if (name is NameMapper.UserMacro)
            {
                AddGroup(NameMapper.Public);
            }
            else if (name is not NameMapper.OwnerMacro && UserKey(name) is var key && !marks.ContainsKey(key))
            {
                var mapped = names.MappedOrSame(name);
                marks.Add(key, new Mark(Digest($"{directory.KindOfUser(mapped)} {directory.StoredName(mapped)} {directory.IdOfUser(mapped)}"), 0));
            }
        }

        void AddGroup(string name)
        {
            if (GroupKey(name) is var key && !marks.ContainsKey(key))
            {
                var group = name is NameMapper.Public ? PrincipalKey.AccountUsers : name;
                marks.Add(key, new Mark(Digest($"{directory.KindOfGroup(group)} {directory.IdOfGroup(group)}"), members.Of(group)));
            }
        }
    }

    /// <summary>The stored form.</summary>
    public byte[] Write() => RangerJson.Write(new Stored
    {
        Marks = _marks.ToDictionary(
            mark => mark.Key, mark => new List<long> { unchecked((long)mark.Value.Identity), unchecked((long)mark.Value.Members) }, StringComparer.Ordinal),
        Unreached = [.. _unreached.Order(StringComparer.Ordinal)],
    });

    /// <summary>Reads a stored form.</summary>
    /// <exception cref="RangerFormatException">It is not one.</exception>
    public static PrincipalMarks Read(byte[] stored)
    {
        var read = RangerJson.ReadPart<Stored>(stored);
        return new PrincipalMarks(
            read.Marks.ToDictionary(
                mark => mark.Key,
                mark => mark.Value is [var identity, var members]
                    ? new Mark(unchecked((ulong)identity), unchecked((ulong)members)) : throw new RangerFormatException("a mark has two numbers", "$"),
                StringComparer.Ordinal),
            read.Unreached);
    }

    /// <summary>Whether both say the same.</summary>
    public bool AreAs(PrincipalMarks other) => _marks.Count == other._marks.Count && _unreached.SetEquals(other._unreached)
        && _marks.All(mark => other._marks.TryGetValue(mark.Key, out var same) && mark.Value == same);

    /// <summary>Principals that came, went, or are others of their name now.</summary>
    internal static NamedPrincipals Others(PrincipalMarks before, PrincipalMarks after) => before.Differing(after, static mark => mark.Identity);

    /// <summary>Groups with other members.</summary>
    internal static NamedPrincipals OtherMembers(PrincipalMarks before, PrincipalMarks after) => before.Differing(after, static mark => mark.Members);

    /// <summary>
    /// Groups, and roles that may be granted to as groups, in which Ranger puts a user that Databricks does not: what such a user has
    /// depends on every other group that it is in.
    /// </summary>
    internal static IReadOnlySet<string> Unreached(PrincipalMarks before, PrincipalMarks after) =>
        before._unreached.Union(after._unreached, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);

    // A principal that only one of them has is named by a policy, or role, that differs itself.
    private NamedPrincipals Differing<T>(PrincipalMarks other, Func<Mark, T> part)
        where T : IEquatable<T>
    {
        var found = new NamedPrincipals();
        foreach (var (key, mark) in _marks)
        {
            if (other._marks.TryGetValue(key, out var now) && !part(mark).Equals(part(now)))
            {
                (key.StartsWith(OfUser, StringComparison.Ordinal) ? found.Users : found.Groups).Add(key[OfUser.Length..]);
            }
        }

        // Who is any user is who is in the group of all of them.
        if (found.Groups.Contains(NameMapper.Public))
        {
            found.Users.Add(NameMapper.UserMacro);
        }

        found.Roles.UnionWith(found.Groups);
        return found;
    }

    private static string UserKey(string name) => OfUser + name;

    private static string GroupKey(string name) => OfGroup + name;

    private static ulong Digest(string text) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Member names never change.</summary>
    private sealed class Stored
    {
        public Dictionary<string, List<long>> Marks { get; set; } = [];

        public List<string> Unreached { get; set; } = [];
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Mark(ulong Identity, ulong Members);

    // Who is known to be in a group counts also where the directory does not list all of its members. The sum of the members' digests does
    // not depend on their order.
    private sealed class MemberDigests
    {
        private const ulong Unknown = 1;
        private const ulong Open = 2;

        private readonly PrincipalSnapshot _directory;
        private readonly Dictionary<string, ulong> _sums = new(StringComparer.Ordinal);
        private readonly ulong _everyone;

        public MemberDigests(PrincipalSnapshot directory)
        {
            _directory = directory;
            foreach (var user in directory.Everyone)
            {
                var digest = Digest(user);
                _everyone = unchecked(_everyone + digest);
                Add(digest, directory.GroupsOfUser(user));
            }

            foreach (var group in directory.GroupNames)
            {
                Add(Digest(OfGroup + group), directory.GroupsOfGroup(group));
            }
        }

        public ulong Of(string group) => group == PrincipalKey.AccountUsers ? _everyone : unchecked(
            _sums.GetValueOrDefault(group) + (_directory.MembersOf(group) is null ? Unknown : 0) + (_directory.HasUnknownMembers(group) ? Open : 0));

        private void Add(ulong digest, IReadOnlySet<string> groups)
        {
            foreach (var group in groups)
            {
                _sums[group] = unchecked(_sums.GetValueOrDefault(group) + digest);
            }
        }
    }
}
