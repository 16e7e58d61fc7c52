using PolicySync.Core.Options;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Text;

namespace PolicySync.Core.Planning.Patterns;

/// <summary>
/// What the service may touch, and in which mode: <see cref="SyncOptions.Managed"/> and <see cref="SyncOptions.Scopes"/>
/// made ready for use. Excludes win over includes; no includes are everything (specification §4). Immutable.
/// </summary>
public sealed class Managed
{
    private readonly Patterns<NamePattern> _securables;
    private readonly Patterns<string> _principals;
    private readonly Patterns<string> _privileges;
    private readonly IReadOnlyList<(NamePattern Pattern, SyncMode Mode)> _scopes;
    private readonly SyncMode _mode;

    /// <summary>Compiles the patterns.</summary>
    /// <exception cref="ArgumentException">A pattern has a <see cref="NamePattern.Fault"/>.</exception>
    public Managed(SyncOptions options)
    {
        var sets = options.Managed;

        // Guard functions decide who sees which row: granting on them is never a policy's business (specification §8).
        var excluded = sets.Securables.Exclude.Append($"*.{options.GuardSchema}");
        _securables = new([.. sets.Securables.Include.Select(NamePattern.Parse)], [.. excluded.Select(NamePattern.Parse)]);
        _principals = new([.. sets.Principals.Include], [.. sets.Principals.Exclude]);
        _privileges = new(
            [.. sets.Privileges.Include.Select(Privilege.Normalise)], [.. sets.Privileges.Exclude.Select(Privilege.Normalise)]);
        _scopes = [.. options.Scopes.Select(scope => (NamePattern.Parse(scope.Pattern), scope.Mode))];
        _mode = options.Mode;
    }

    /// <summary>Everything, in mode <c>Owned</c>.</summary>
    public static Managed Everything { get; } = new(new SyncOptions());

    /// <summary>
    /// Whether deleted principals of unknown name may be changed: only where no pattern selects principals.
    /// </summary>
    public bool CoversNameless => _principals.AreNone;

    /// <summary>Whether <paramref name="securable"/> may be touched.</summary>
    public bool Covers(Securable securable) => _securables.Cover(pattern => pattern.Covers(securable));

    /// <summary>
    /// Whether a walk has a reason to enter <paramref name="container"/>: it or something below it may be managed. The
    /// container itself need not be.
    /// </summary>
    public bool CouldCoverBelow(Securable container) =>
        _securables.Includes(pattern => pattern.CouldCoverBelow(container))
        && !_securables.Excludes(pattern => pattern.Covers(container));

    /// <summary>
    /// Whether grants to <paramref name="principal"/> may be touched. Groups match with case, e-mails and application ids
    /// without, as Unity Catalog compares them. One pattern is for the whole name: dots mean nothing in it.
    /// </summary>
    public bool CoversPrincipal(string principal)
    {
        var isCaseless = IsCaseless(principal);
        var name = isCaseless ? principal.ToLowerInvariant() : principal;
        return _principals.Cover(pattern => Wildcard.IsGlobMatch(name, isCaseless ? pattern.ToLowerInvariant() : pattern));
    }

    /// <summary>Whether grants of <paramref name="privilege"/> may be touched.</summary>
    public bool CoversPrivilege(string privilege)
    {
        var name = Privilege.Normalise(privilege);
        return _privileges.Cover(pattern => Wildcard.IsGlobMatch(name, pattern));
    }

    /// <summary>The mode there: of the first scope whose pattern covers <paramref name="securable"/>, else the general one.</summary>
    public SyncMode ModeOf(Securable securable)
    {
        foreach (var (pattern, mode) in _scopes)
        {
            if (pattern.Covers(securable))
            {
                return mode;
            }
        }

        return _mode;
    }

    /// <summary>Whether any spelling of <paramref name="principal"/> is the same principal.</summary>
    private static bool IsCaseless(string principal) =>
        PrincipalKey.Of(principal.ToUpperInvariant()) == PrincipalKey.Of(principal.ToLowerInvariant());

    /// <summary>Includes and excludes of one kind.</summary>
    private sealed record Patterns<T>(IReadOnlyList<T> Included, IReadOnlyList<T> Excluded)
    {
        public bool AreNone => Included.Count == 0 && Excluded.Count == 0;

        public bool Includes(Func<T, bool> matches) => Included.Count == 0 || Included.Any(matches);

        public bool Excludes(Func<T, bool> matches) => Excluded.Any(matches);

        public bool Cover(Func<T, bool> matches) => Includes(matches) && !Excludes(matches);
    }
}
