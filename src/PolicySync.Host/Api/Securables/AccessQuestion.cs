using PolicySync.Core.Privileges;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api.Securables;

/// <summary>The query of a question about access to a securable.</summary>
/// <param name="Source">From where the answer is taken.</param>
/// <param name="Query">Which part is asked for.</param>
/// <param name="Filter">A text that is equal for equal lists only, to which page tokens are bound.</param>
internal sealed record AccessQuestion(AccessSource Source, AccessQuery Query, string Filter)
{
    private const int MaxPrincipal = 256;

    public static IReadOnlyList<string> Names { get; } = ["source", "principal", "privilege", "holders", Page.SizeName, Page.TokenName];

    public static (AccessQuestion Question, IReadOnlyList<Fault> Faults) Read(IQueryCollection query, Securable securable)
    {
        var reader = new QueryReader(query, Names);
        var page = Page.Read(reader);
        var source = reader.Named<AccessSource>("source") ?? AccessSource.Live;
        var asked = new AccessQuery
        {
            Principal = reader.Of("principal", static text => text.Length <= MaxPrincipal && !text.Any(char.IsControl) ? text : null,
                $"must be a name of at most {MaxPrincipal} characters, without control characters"),
            Privilege = reader.Of("privilege", static text => PrivilegeOf(text), "must be a privilege, for example `SELECT`"),
            HoldersOnly = reader.Flag("holders") ?? false,
            Count = page.Size,
        };
        var filter = $"access {securable} {source} {asked.Principal} {asked.Privilege} {asked.HoldersOnly}";
        var after = page.Token is { } token ? ListToken.Read(token, filter) : null;
        IReadOnlyList<Fault> faults = page.Token is not null && after is null
            ? [.. reader.Faults, Page.WrongToken] : reader.Faults;
        return (new AccessQuestion(source, asked with { After = after }, filter), faults);
    }

    private static string? PrivilegeOf(string text) => Privilege.Normalise(text) is { Length: > 0 and <= 100 } name
        && name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c)) ? name : null;
}
