using PolicySync.Core.Errors;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Resources.Isolating;

/// <summary>
/// Applies what it can of a change that Unity Catalog refused as a whole, and finds out which parts it was refused for: by the
/// name in the refusal where there is one, else by halves. Revokes come first, as no grant may hold them back (docs/adr/0002).
/// </summary>
/// <param name="progress">Takes what is found out.</param>
/// <param name="directory">Tells which principals the workspace lists.</param>
/// <param name="tryAsync">Plans from a fresh read, sends the given parts of the plan and waits until they show.</param>
internal sealed class Isolation(
    RunProgress progress, PrincipalSnapshot directory, Func<IReadOnlyList<PlanPart>, Task<WriteResult>> tryAsync)
{
    /// <summary>Up to so many named principals the rest is tried as a whole; after more, by halves.</summary>
    private const int FewNames = 3;

    /// <summary>
    /// After so many unlisted principals that were refused in a row, the other unlisted ones are assumed to be unknown for a
    /// while.
    /// </summary>
    private const int ManyUnknown = 12;

    /// <summary>When so many single parts are refused, so are the others of a change that was refused in both halves.</summary>
    private const int Witnesses = 3;

    private readonly RunRefusals _refusals = progress.Refusals;
    private int _applied;
    private int _named;
    private int _unknownInARow;

    /// <summary>Applies what it can.</summary>
    /// <param name="parts">What was refused as a whole.</param>
    /// <param name="refusal">The refusal.</param>
    /// <exception cref="SyncException">Everything is refused, for a cause that lies in no single part.</exception>
    public async Task RunAsync(IReadOnlyList<PlanPart> parts, SyncException refusal)
    {
        _refusals.Count();
        await TakeApartAsync(parts, refusal);
        if (_applied == 0 && progress.Changes.Made.Count == 0 && _refusals.RefusedForAll is { } commonCause)
        {
            _refusals.ForgetParts();
            throw commonCause;
        }
    }

    private async Task TryAsync(IReadOnlyList<PlanPart> parts)
    {
        var sent = await SendAsync(parts);
        if (sent.Refusal is { } refusal)
        {
            await TakeApartAsync(parts, refusal);
        }
    }

    private async Task<(bool IsTaken, SyncException? Refusal)> SendAsync(IReadOnlyList<PlanPart> all)
    {
        List<PlanPart> parts = [.. all.Where(part => !_refusals.IsLeftOut(part))];
        if (parts.Count == 0)
        {
            return (false, null);
        }

        if (_unknownInARow >= ManyUnknown && parts.TrueForAll(IsDoubtful))
        {
            _refusals.AssumeUnknown(parts.Select(part => part.Principal));
            return (false, null);
        }

        if (_refusals.IsExhausted)
        {
            _refusals.Postpone(parts);
            return (false, null);
        }

        if (await tryAsync(parts) is WriteResult.Refused { Refusal: var refusal })
        {
            _refusals.Count();
            return (false, refusal);
        }

        _applied++;
        _unknownInARow = 0;
        return (parts.Count == all.Count, null);
    }

    // The parts were refused as a whole, or must contain what is refused, since the other parts were taken.
    private async Task TakeApartAsync(IReadOnlyList<PlanPart> all, SyncException refusal)
    {
        List<PlanPart> parts = [.. all.Where(part => !_refusals.IsLeftOut(part))];
        if (parts.Count == 0)
        {
            return;
        }

        if (_refusals.Learn(refusal, parts))
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
            await TakeApartAsync(second, refusal);
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
                await TakeApartAsync(half, answer);
            }
        }
    }

    // What is left without a named principal. Listed principals go first, so that unknown ones do not hold them up.
    private async Task TryRestAsync(IReadOnlyList<PlanPart> parts, SyncException refusal)
    {
        List<PlanPart> rest = [.. parts.Where(part => !_refusals.IsLeftOut(part))];
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

    // Tries single parts that lie far apart; false as soon as one is taken.
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
                _refusals.RefusePrincipal(part.Principal);
            }
            else
            {
                _refusals.Refuse(part, refusal);
            }
        }
    }

    private static bool IsOne(IReadOnlyList<PlanPart> parts, SyncException refusal) =>
        parts.Count == 1 || (IsUnknownPrincipal(refusal) && parts.All(part => part.Principal == parts[0].Principal));

    // Separates what is likely to be refused from the rest; then privileges, as most refusals concern one; then principals.
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

    private static bool IsUnknownPrincipal(SyncException refusal) => refusal.ServerCode == RunRefusals.UnknownPrincipal;
}
