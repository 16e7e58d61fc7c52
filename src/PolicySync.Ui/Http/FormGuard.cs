using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Ui.Hosting;

namespace PolicySync.Ui.Http;

/// <summary>
/// Refuses a POST that no form of this service has sent. A browser that says where a request comes from must name this origin; the seal
/// of the form must be that of the browser's cookie, which no other site can read or set.
/// </summary>
internal static class FormGuard
{
    /// <summary>Name of the hidden field.</summary>
    public const string Field = "seal";

    /// <summary>Largest form without a file, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    public static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!IsFromHere(http.Request))
        {
            return Refused("The request was sent by a page of another site.").ToResult();
        }

        if (!http.Request.HasFormContentType)
        {
            return new PageProblem(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type")
            {
                Detail = "The pages take forms only.",
                Remedy = "Programs use the API.",
            }.ToResult();
        }

        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException e)
        {
            return PageProblem.Invalid($"The form cannot be read: {e.Message}").ToResult();
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            return PageProblem.Invalid("The form cannot be read: its transfer encoding is damaged.").ToResult();
        }

        var host = http.RequestServices.GetRequiredService<IPageHost>();
        return host.IsOurForm(http.Request, form[Field])
            ? await next(context)
            : Refused("This form is too old, or cookies are switched off.").ToResult();
    }

    private static PageProblem Refused(string detail) => new(StatusCodes.Status400BadRequest, "FORM_REFUSED", "Form refused")
    {
        Detail = detail, Remedy = "Nothing was changed. Open the page again and repeat the action.",
    };

    // With `Referrer-Policy: no-referrer` a browser sends `Origin: null` with our own forms; it then says the same by Sec-Fetch-Site.
    private static bool IsFromHere(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is [] or ["same-origin"]
        && (request.Headers.Origin is [] or ["null"]
            || (request.Headers.Origin is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsSameHost(from, request.Host)));

    // By host and port. The scheme may differ: an ingress that ends TLS need not be trusted.
    private static bool IsSameHost(Uri from, HostString here) => from.Authority.Equals(here.Value, StringComparison.OrdinalIgnoreCase);
}
