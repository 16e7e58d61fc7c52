using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Sets;

/// <summary>Which policies to list. A member that is null selects all.</summary>
public sealed record PolicyFilter
{
    /// <summary>A part of the name or the description, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>What they are about.</summary>
    public PolicyKind? Kind { get; init; }

    /// <summary>Their security zone, compared exactly.</summary>
    public string? Zone { get; init; }

    /// <summary>Whether they are enabled.</summary>
    public bool? Enabled { get; init; }

    /// <summary>A user, group or role that one of their items names, compared in any case, before names are mapped.</summary>
    public string? Principal { get; init; }

    /// <summary>A securable that their resources match, or that is in what they match. Tag policies name none.</summary>
    public NamedSecurable? Resource { get; init; }

    /// <summary>Whether the policy is among those asked for.</summary>
    /// <param name="entry">The policy.</param>
    /// <param name="levels">The resource levels of the service definition.</param>
    public bool Matches(PolicyEntry entry, IReadOnlySet<string> levels) =>
        (Text is null || Contains(entry.Policy.Name, Text) || Contains(entry.Policy.Description, Text))
        && (Kind is null || entry.Kind == Kind)
        && (Zone is null || entry.Zone == Zone)
        && (Enabled is null || entry.Policy.IsEnabled == Enabled)
        && (Principal is null || entry.Items.Any(item => item.Users.Concat(item.Groups).Concat(item.Roles).Contains(Principal, StringComparer.OrdinalIgnoreCase)))
        && (Resource is null || (!entry.IsOfTags && SecurablesOf(Resource).Any(securable => PolicyReach.Concerns(entry.Policy, securable, levels))));

    /// <summary>A text that is equal for equal filters only.</summary>
    public override string ToString() => string.Join('\n', Text, Kind, Zone, Enabled, Principal, Resource);

    private static bool Contains(string? text, string part) => text?.Contains(part, StringComparison.OrdinalIgnoreCase) is true;

    // A name alone may be that of several types; a policy on any of them is meant.
    private static IEnumerable<Securable> SecurablesOf(NamedSecurable named)
    {
        var names = named.FullName.Split('.');
        return Enum.GetValues<SecurableType>().Where(type => (named.Type is null || named.Type == type) && type.Depth() == names.Length)
            .Select(type => Securable.Of(type, names));
    }
}
