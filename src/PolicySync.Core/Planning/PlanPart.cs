namespace PolicySync.Core.Planning;

/// <summary>The smallest part of a plan that a server can refuse: one privilege of one principal.</summary>
/// <param name="Principal">A <see cref="Principals.PrincipalKey"/>.</param>
/// <param name="Privilege">Upper case with underscores.</param>
/// <param name="Grants">True for a grant, false for a revoke.</param>
public readonly record struct PlanPart(string Principal, string Privilege, bool Grants);
