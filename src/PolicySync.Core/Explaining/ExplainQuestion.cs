namespace PolicySync.Core.Explaining;

/// <summary>A question about a securable: why does this principal have, or not have, this privilege?</summary>
/// <param name="Principal">An e-mail, an application id or a group's name; a name of a Ranger policy is understood too.</param>
/// <param name="Privilege">Upper case with underscores.</param>
public sealed record ExplainQuestion(string Principal, string Privilege);
