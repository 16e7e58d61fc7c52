using Microsoft.AspNetCore.Http;

namespace PolicySync.Ui.Hosting;

/// <summary>What the pages need of the service around them: who asks, and the words for codes.</summary>
public interface IPageHost
{
    /// <summary>The version of the service, for people.</summary>
    string Version { get; }

    /// <summary>The address of the dashboard with the metrics, an http or https URL; null when none is set.</summary>
    Uri? MetricsPage { get; }

    /// <summary>The token of a request, from the cookie of the sign-in or the header; null without one.</summary>
    string? TokenOf(HttpRequest request);

    /// <summary>Who asks, and what the token allows.</summary>
    Viewer ViewerOf(HttpContext http);

    /// <summary>Returns the seal for forms of this answer and sets its cookie. Called before the answer starts.</summary>
    string SealOf(HttpContext http);

    /// <summary>Whether a form with this seal was shown to this browser by the service.</summary>
    bool IsOurForm(HttpRequest request, string? seal);

    /// <summary>What a code of a problem, gap or error means, and what to do; null for an unknown code.</summary>
    CodeHelp? HelpOn(string code);

    /// <summary>The address of a page of the service, or the overview when <paramref name="address"/> is not one.</summary>
    string TargetOf(string? address);

    /// <summary>The address of the sign-in that leads back to this request, if it was for a page.</summary>
    string SignInFor(HttpRequest request);
}

/// <summary>Who looks at a page.</summary>
/// <param name="Name">The subject of the token; null without a valid token.</param>
/// <param name="MayRead">Whether it may ask the API.</param>
/// <param name="MayAct">Whether it may create tasks and plans, and decide about drift.</param>
/// <param name="MayOperate">Whether it may set suspensions and see the dashboard.</param>
/// <param name="IsLimited">Whether it is limited to some securables, so that it sees neither policies nor checks.</param>
public sealed record Viewer(string? Name, bool MayRead, bool MayAct, bool MayOperate, bool IsLimited)
{
    /// <summary>No one is signed in.</summary>
    public static Viewer SignedOut { get; } = new(null, false, false, false, false);
}

/// <summary>What a code means and what to do about it, for people.</summary>
/// <param name="Meaning">What happened.</param>
/// <param name="Remedy">What to do.</param>
public sealed record CodeHelp(string Meaning, string Remedy);
