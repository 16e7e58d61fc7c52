using Scalar.AspNetCore;

namespace PolicySync.Host.Http;

/// <summary>
/// The reference of the API for people, made of the OpenAPI document by Scalar: without its fonts, agent, client and developer tools, which
/// ask other hosts. Its requests use the sign-in of the browser.
/// </summary>
internal static class ApiReference
{
    /// <summary>The address of the page.</summary>
    public const string Path = "/scalar";

    public static void Map(WebApplication app) => app.MapScalarApiReference(Path, static options =>
    {
        options.WithTitle("PolicySync API").WithNonce();
        options.DisableDefaultFonts().DisableAgent().DisableMcp().DisableTelemetry().HideDeveloperTools().HideClientButton();
    }).RequireAuthorization();
}
