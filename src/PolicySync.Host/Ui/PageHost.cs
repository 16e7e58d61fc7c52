using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Security.Claims;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Auth;
using PolicySync.Host.Auth.SignIn;
using PolicySync.Host.Configuration;
using PolicySync.Ui.Hosting;

namespace PolicySync.Host.Ui;

/// <inheritdoc cref="IPageHost"/>
internal sealed class PageHost(Settings settings) : IPageHost
{
    // A code may be of a problem and of a task; the words for the task say more about the securable.
    private static readonly FrozenDictionary<string, CodeHelp> Help = ProblemKind.All
        .Select(static kind => (kind.Code, new CodeHelp(kind.Meaning, kind.Remedy)))
        .Concat(TaskCodes.Errors.Concat(TaskCodes.Gaps).Select(static code => (code.Name, new CodeHelp(code.Meaning, code.Remedy))))
        .DistinctBy(static pair => pair.Item1)
        .ToFrozenDictionary(static pair => pair.Item1, static pair => pair.Item2, StringComparer.Ordinal);

    public string Version => ProductVersion.Text;

    public Uri? MetricsPage => settings.Metrics.DashboardUrl;

    public string? TokenOf(HttpRequest request) => BrowserToken.Of(request)
        ?? (AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null);

    public Viewer ViewerOf(HttpContext http) => http.User.Identity?.IsAuthenticated != true
        ? Viewer.SignedOut
        : new Viewer(
            http.User.FindFirstValue("sub") ?? "a token without a name",
            Access.Opens(http.User, Access.Read),
            Access.Opens(http.User, Access.Api),
            Access.Opens(http.User, Access.Operations),
            Access.SecurablesOf(http.User).AreLimited);

    public string SealOf(HttpContext http) => FormSeal.Set(http);

    public bool IsOurForm(HttpRequest request, string? seal) => FormSeal.Holds(request, seal);

    public CodeHelp? HelpOn(string code) => Help.GetValueOrDefault(code);

    public string TargetOf(string? address) => BrowserToken.IsTarget(address) ? address : SignInPage.DefaultTarget;

    public string SignInFor(HttpRequest request) => SignInEndpoints.AddressFor(request);
}
