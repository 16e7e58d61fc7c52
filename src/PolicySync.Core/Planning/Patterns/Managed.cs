using PolicySync.Core.Options;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Planning.Patterns;

/// <summary>
/// What the service may touch, and in which mode: <see cref="SyncOptions.Managed"/> and <see cref="SyncOptions.Scopes"/>
/// made ready for use. Excludes win over includes; no includes are everything (specification §4).
/// </summary>
public sealed class Managed
{
    private readonly NamePattern[] _included;
    private readonly NamePattern[] _excluded;
    private readonly ManagedSet _principals;
    private readonly ManagedSet _privileges;
    private readonly (NamePattern Pattern, SyncMode Mode)[] _scopes;
    private readonly SyncMode _mode;

    /// <summary>Compiles the patterns.</summary>
    /// <exception cref="ArgumentException">A pattern has a <see cref="NamePattern.Fault"/>.</exception>
    public Managed(SyncOptions options)
    {
        _included = [.. options.Managed.Securables.Include.Select(NamePattern.Parse)];

        // Guard functions decide who sees which row: granting on them is never a policy's business (specification §8).
        _excluded = [.. options.Managed.Securables.Exclude.Append($"*.{options.GuardSchema}").Select(NamePattern.Parse)];
        _principals = options.Managed.Principals;
        _privileges = options.Managed.Privileges;
        _scopes = [.. options.Scopes.Select(scope => (NamePattern.Parse(scope.Pattern), scope.Mode))];
        _mode = options.Mode;
    }

    /// <summary>Everything, in mode <c>Owned</c>.</summary>
    public static Managed Everything { get; } = new(new SyncOptions());

    /// <summary>Whether <paramref name="securable"/> may be touched.</summary>
    public bool Covers(Securable securable) =>
        (_included.Length == 0 || _included.Any(pattern => pattern.Covers(securable)))
        && !_excluded.Any(pattern => pattern.Covers(securable));

    /// <summary>
    /// Whether a walk has a reason to enter <paramref name="container"/>: it or something below it may be managed. The
    /// container itself need not be.
    /// </summary>
    public bool CouldCoverBelow(Securable container) =>
        (_included.Length == 0 || _included.Any(pattern => pattern.CouldCoverBelow(container)))
        && !_excluded.Any(pattern => pattern.Covers(container));

    /// <summary>
    /// Whether grants of <paramref name="principal"/> may be touched. Groups match with case; e-mails and application ids
    /// without, as Unity Catalog compares them. One pattern is the whole name: dots have no meaning in it.
    /// </summary>
    public bool CoversPrincipal(string principal) => Covers(_principals, pattern => MatchesPrincipal(pattern, principal));

    /// <summary>
    /// Whether grants of a deleted principal may be touched whose name nobody knows any more: only where principals are
    /// not told apart at all, as it could be one of those to be left alone.
    /// </summary>
    public bool CoversNameless => _principals.Include.Count == 0 && _principals.Exclude.Count == 0;

    /// <summary>Whether grants of <paramref name="privilege"/> may be touched.</summary>
    public bool CoversPrivilege(string privilege) => Covers(_privileges, pattern => Glob.Matches(
        Privilege.Normalise(pattern), Privilege.Normalise(privilege), StringComparison.OrdinalIgnoreCase));

    /// <summary>The mode there: the first scope whose pattern covers <paramref name="securable"/>, else the general one.</summary>
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

    private static bool Covers(ManagedSet set, Predicate<string> matches) =>
        (set.Include.Count == 0 || set.Include.Any(pattern => matches(pattern)))
        && !set.Exclude.Any(pattern => matches(pattern));

    private static bool MatchesPrincipal(string pattern, string principal) => Glob.Matches(
        pattern,
        principal,
        IsCaseless(principal) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    /// <summary>Whether two spellings of <paramref name="principal"/> are one principal.</summary>
    private static bool IsCaseless(string principal) =>
        PrincipalKey.Of(principal.ToUpperInvariant()) == PrincipalKey.Of(principal.ToLowerInvariant());
}
