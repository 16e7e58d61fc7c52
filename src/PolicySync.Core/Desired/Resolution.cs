using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>Who should hold a privilege on behalf of a named principal, and what of it is withheld.</summary>
/// <param name="Holders">Who holds it, each with the policy that gives it.</param>
/// <param name="Withheld">From whom it is withheld, and why.</param>
internal sealed record Resolution(
    IReadOnlyList<(Candidate Holder, Decision Decision)> Holders, IReadOnlyList<Withholding> Withheld)
{
    public static readonly Resolution Nobody = new([], []);

    public static Resolution Whole(Candidate holder, Decision decision) => new([(holder, decision)], []);

    public static Resolution Without(Withholding withholding) => new([], [withholding]);
}

/// <summary>Something that policy gives to a principal and no grant does.</summary>
internal readonly record struct Withholding(Candidate Principal, GapCode Code, string Reason, long? PolicyId)
{
    /// <summary>What a <see cref="DecisionKind.Withheld"/> decision says of a principal.</summary>
    public static Withholding Of(Candidate principal, Decision decision) =>
        new(principal, decision.Code, decision.Reason ?? "", decision.PolicyId);
}
