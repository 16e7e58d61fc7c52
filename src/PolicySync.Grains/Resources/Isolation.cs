using PolicySync.Core.Errors;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Applies what it can of a change that the server refused as a whole, and finds out what it was refused for: by the name
/// in the refusal where there is one, else by halves. Revokes come first, as no grant may hold them back (docs/adr/0002).
/// </summary>
/// <param name="findings">Takes what is found out.</param>
/// <param name="directory">Tells whom the workspace knows.</param>
/// <param name="sendAsync">
/// Plans from a fresh read, sends the given parts of it and waits until they show. Null when they stand; else the refusal.
/// </param>
internal sealed class Isolation(
    RunFindings findings, PrincipalSnapshot directory, Func<IReadOnlyList<PlanPart>, Task<SyncException?>> sendAsync)
{
    /// <summary>Named principals after which the rest is tried as a whole; after more of them, by halves.</summary>
    private const int FewNames = 3;

    /// <summary>
    /// Principals that the directory does not list, refused one after the other with none taken in between: the others that
    /// it does not list are then taken for the like, for a while.
    /// </summary>
    private const int ManyUnknown = 12;

    /// <summary>So many parts, tried singly, speak for more than twice as many that were refused in both halves.</summary>
    private const int Witnesses = 3;

    private int _applied;
    private int _named;
    private int _unknownInARow;

    /// <summary>Applies and isolates.</summary>
    /// <param name="parts">What was refused.</param>
    /// <param name="refusal">How.</param>
    /// <exception cref="SyncException">Everything is refused, for a cause that no part has to itself.</exception>
    public async Task RunAsync(IReadOnlyList<PlanPart> parts, SyncException refusal)
    {
        findings.CountRefusal();
        await RefusedAsync(parts, refusal);
        if (_applied == 0 && findings is { Changes.Count: 0, RefusedForAll: { } everybodys })
        {
            findings.ForgetParts();
            throw everybodys;
        }
    }

    private async Task TryAsync(IReadOnlyList<PlanPart> parts)
    {
        var sent = await SendAsync(parts);
        if (sent.Refusal is { } refusal)
        {
            await RefusedAsync(parts, refusal);
        }
    }

    private async Task<(bool IsTaken, SyncException? Refusal)> SendAsync(IReadOnlyList<PlanPart> all)
    {
        List<PlanPart> parts = [.. all.Where(part => !findings.IsOut(part))];
        if (parts.Count == 0)
        {
            return (false, null);
        }

        if (_unknownInARow >= ManyUnknown && parts.TrueForAll(IsDoubtful))
        {
            findings.TakeForUnknown(parts.Select(part => part.Principal));
            return (false, null);
        }

        if (findings.IsSpent)
        {
            findings.PutOff(parts);
            return (false, null);
        }

        if (await sendAsync(parts) is { } refusal)
        {
            findings.CountRefusal();
            return (false, refusal);
        }

        _applied++;
        _unknownInARow = 0;
        return (parts.Count == all.Count, null);
    }

    // Takes apart what was refused, or what must be by what was taken of the whole.
    private async Task RefusedAsync(IReadOnlyList<PlanPart> all, SyncException refusal)
    {
        List<PlanPart> parts = [.. all.Where(part => !findings.IsOut(part))];
        if (parts.Count == 0)
        {
            return;
        }

        if (findings.Learn(refusal, parts))
        {
            await TryRestAsync(parts, refusal);
            return;
        }

        if (IsOne(parts, refusal))
        {
            Refuse(parts, refusal);
            return;
        }

        var (first, second) = Halves(parts, refusal);
        var one = await SendAsync(first);
        if (one.IsTaken)
        {
            await RefusedAsync(second, refusal);
            return;
        }

        var other = await SendAsync(second);
        if (one.Refusal is not null && other.Refusal is not null && parts.Count > 2 * Witnesses && await AreAllRefusedAsync(parts))
        {
            Refuse(parts, refusal);
            return;
        }

        foreach (var (half, answer) in new[] { (first, one.Refusal), (second, other.Refusal) })
        {
            if (answer is not null)
            {
                await RefusedAsync(half, answer);
            }
        }
    }

    // What is left when a name was taken out. Whom the directory lists goes first: it is not held up by who nobody knows.
    private async Task TryRestAsync(IReadOnlyList<PlanPart> parts, SyncException refusal)
    {
        List<PlanPart> rest = [.. parts.Where(part => !findings.IsOut(part))];
        if (!IsUnknownPrincipal(refusal))
        {
            await TryAsync(rest);
            return;
        }

        _named++;
        _unknownInARow++;
        foreach (var group in new[] { rest.Where(part => !IsDoubtful(part)).ToList(), [.. rest.Where(IsDoubtful)] })
        {
            if (_named <= FewNames || group.Count < 2)
            {
                await TryAsync(group);
                continue;
            }

            var (first, second) = Halves(group, refusal);
            await TryAsync(first);
            await TryAsync(second);
        }
    }

    // Each by itself, far apart. False as soon as one is taken.
    private async Task<bool> AreAllRefusedAsync(List<PlanPart> parts)
    {
        foreach (var witness in new[] { parts[0], parts[^1], parts[parts.Count / 2] })
        {
            var sent = await SendAsync([witness]);
            if (sent.Refusal is not { } refusal)
            {
                return false;
            }

            Refuse([witness], refusal);
        }

        return true;
    }

    private void Refuse(IReadOnlyList<PlanPart> parts, SyncException refusal)
    {
        foreach (var part in parts)
        {
            if (IsUnknownPrincipal(refusal))
            {
                findings.RefusePrincipal(part.Principal);
            }
            else
            {
                findings.Refuse(part, refusal);
            }
        }
    }

    private static bool IsOne(IReadOnlyList<PlanPart> parts, SyncException refusal) =>
        parts.Count == 1 || (IsUnknownPrincipal(refusal) && parts.All(part => part.Principal == parts[0].Principal));

    // Apart goes what is likely to be refused from what is not; then privilege from privilege, as most refusals are for one;
    // then principal from principal.
    private (IReadOnlyList<PlanPart> First, IReadOnlyList<PlanPart> Second) Halves(IReadOnlyList<PlanPart> parts, SyncException refusal)
    {
        var isUnknown = IsUnknownPrincipal(refusal);
        return Apart(parts, part => part.Grants)
            ?? Apart(parts, part => isUnknown ? IsDoubtful(part) : IsBeyondManage(part))
            ?? (isUnknown ? null : Cut(parts, part => part.Privilege))
            ?? Cut(parts, part => part.Principal)
            ?? (parts.Take(parts.Count / 2).ToList(), parts.Skip(parts.Count / 2).ToList());
    }

    private static (IReadOnlyList<PlanPart>, IReadOnlyList<PlanPart>)? Apart(IReadOnlyList<PlanPart> parts, Func<PlanPart, bool> isLater)
    {
        var later = parts.ToLookup(isLater);
        return later.Count < 2 ? null : ([.. later[false]], [.. later[true]]);
    }

    private static (IReadOnlyList<PlanPart>, IReadOnlyList<PlanPart>)? Cut(IReadOnlyList<PlanPart> parts, Func<PlanPart, string> nameOf)
    {
        var names = parts.Select(nameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var first = names.Take(names.Count / 2).ToHashSet(StringComparer.Ordinal);
        return first.Count == 0 ? null : Apart(parts, part => !first.Contains(nameOf(part)));
    }

    private static bool IsBeyondManage(PlanPart part) => part.Grants && Privilege.NeedsMoreThanManage(part.Privilege);

    private bool IsDoubtful(PlanPart part) =>
        part.Grants && directory.KindOf(part.Principal) is PrincipalKind.Unknown or PrincipalKind.WorkspaceGroup;

    private static bool IsUnknownPrincipal(SyncException refusal) => refusal.ServerCode == RunFindings.UnknownPrincipal;
}
