using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>The principals that should hold a privilege for a named principal, and what of it is withheld.</summary>
/// <param name="Holders">Each holder with the decision that gives it the privilege.</param>
/// <param name="Withheld">Each principal that does not get it, with the reason.</param>
internal sealed record Resolution(
    IReadOnlyList<(Candidate Holder, Decision Decision)> Holders, IReadOnlyList<Withholding> Withheld)
{
    public static readonly Resolution None = new([], []);

    public static Resolution Whole(Candidate holder, Decision decision) => new([(holder, decision)], []);

    public static Resolution Without(Withholding withholding) => new([], [withholding]);
}

/// <summary>A privilege that policy gives to a principal and no grant does.</summary>
internal readonly record struct Withholding(Candidate Principal, GapCode Code, string Reason, long? PolicyId)
{
    /// <summary>The withholding that a <see cref="DecisionKind.Withheld"/> decision means for a principal.</summary>
    public static Withholding Of(Candidate principal, Decision decision) =>
        new(principal, decision.Code, decision.Reason ?? "", decision.PolicyId);
}
