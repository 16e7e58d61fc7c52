using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>Users that the policies cannot tell apart.</summary>
/// <param name="Subject">One of them.</param>
/// <param name="Users">Keys of all.</param>
internal sealed record MemberClass(Subject Subject, IReadOnlySet<string> Users);

/// <summary>
/// Sorts principals into classes that some items cannot tell apart. Each class is decided once, which makes groups of
/// thousands cheap.
/// </summary>
internal sealed class SubjectClasses
{
    // Separates names; each name is prefixed with its kind, because a group and a role may have the same name.
    private const char Separator = '\0';

    private readonly HashSet<string> _users = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _roles = new(StringComparer.Ordinal);
    private readonly Dictionary<Subject, int> _classes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> _signatures = new(StringComparer.Ordinal);

    /// <param name="items">All items that may be asked about.</param>
    /// <param name="owner">The owner, which <c>{OWNER}</c> distinguishes from others.</param>
    public SubjectClasses(IEnumerable<RangerPolicyItem> items, string? owner)
    {
        foreach (var item in items)
        {
            _users.UnionWith(item.Users);
            _groups.UnionWith(item.Groups);
            _roles.UnionWith(item.Roles);
        }

        if (owner is not null)
        {
            _users.Add(owner);
        }
    }

    /// <summary>Members in classes, of users who have the same groups and roles.</summary>
    public IReadOnlyList<MemberClass> Of(IEnumerable<MemberClass> alike, Func<string, Subject> subjectOf) =>
    [
        .. alike.SelectMany(same => Split(same, subjectOf)).GroupBy(same => Of(same.Subject)).Select(same => same.ToList()).Select(same =>
            same.Count == 1 ? same[0] : new MemberClass(same[0].Subject, same.SelectMany(part => part.Users).ToHashSet(StringComparer.Ordinal))),
    ];

    /// <summary>The class of a principal.</summary>
    public int Of(Subject subject)
    {
        if (!_classes.TryGetValue(subject, out var number))
        {
            var signature = SignatureOf(subject);
            if (!_signatures.TryGetValue(signature, out number))
            {
                _signatures[signature] = number = _signatures.Count;
            }

            _classes[subject] = number;
        }

        return number;
    }

    // Items may name some members of a class individually.
    private IEnumerable<MemberClass> Split(MemberClass alike, Func<string, Subject> subjectOf)
    {
        var named = (_users.Count < alike.Users.Count ? _users.Where(alike.Users.Contains) : alike.Users.Where(_users.Contains)).ToList();
        if (named.Count == 0)
        {
            return [alike];
        }

        var others = alike.Users.Except(named).ToHashSet(StringComparer.Ordinal);
        return named.Select(user => new MemberClass(subjectOf(user), new HashSet<string>(StringComparer.Ordinal) { user }))
            .Concat(others.Count == 0 ? [] : [new MemberClass(subjectOf(others.First()), others)]);
    }

    private string SignatureOf(Subject subject)
    {
        var user = subject.User is null ? (subject.IsAnyUser ? "*" : "-") : _users.Contains(subject.User) ? "u" + subject.User : "u";
        return string.Join(Separator, subject.Groups.Where(_groups.Contains).Order(StringComparer.Ordinal).Select(group => "g" + group)
            .Concat(subject.Roles.Where(_roles.Contains).Order(StringComparer.Ordinal).Select(role => "r" + role))
            .Prepend(user));
    }
}
