using System.Text;
using System.Text.Encodings.Web;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api.Problems;

/// <summary>
/// Serves a page for each kind of problem at the address that problem documents name as <c>type</c>. The pages need no
/// token, since a caller without a token gets problems too. They hold nothing of the instance.
/// </summary>
internal static class ProblemPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ProblemKind.Pages, static () => Page("Problems", List())).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet(ProblemKind.Pages + "/{slug}", static (string slug) =>
            ProblemKind.All.FirstOrDefault(kind => kind.Slug == slug) is { } kind ? Page(kind.Title, Text(kind)) : Problem.Of(ProblemKind.NotFound))
            .AllowAnonymous().ExcludeFromDescription();
    }

    private static string List()
    {
        var list = new StringBuilder("<ul>\n");
        foreach (var kind in ProblemKind.All)
        {
            list.Append("<li><a href=\"").Append(kind.Page).Append("\">").Append(kind.Code).Append("</a>: ").Append(Html(kind.Meaning)).Append("</li>\n");
        }

        list.Append("</ul>\n<p>Tasks have codes of their own:</p>\n");
        Append(list, "Error codes", TaskCodes.Errors);
        Append(list, "Gap codes", TaskCodes.Gaps);
        return list.ToString();
    }

    private static void Append(StringBuilder list, string title, IReadOnlyList<TaskCode> codes)
    {
        list.Append("<h2>").Append(title).Append("</h2>\n<dl>\n");
        foreach (var code in codes)
        {
            list.Append("<dt>").Append(code.Name).Append("</dt>\n<dd>").Append(Html(code.Meaning)).Append(' ').Append(Html(code.Remedy)).Append("</dd>\n");
        }

        list.Append("</dl>\n");
    }

    private static string Text(ProblemKind kind) =>
        $"""
        <p><code>{kind.Code}</code>, HTTP status {kind.Status}</p>
        <p>{Html(kind.Meaning)}</p>
        <p>{Html(kind.Remedy)}</p>
        <p><a href="{ProblemKind.Pages}">All problems</a></p>
        """;

    private static IResult Page(string title, string content) => Results.Content(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title} - PolicySync</title></head>
        <body>
        <h1>{title}</h1>
        {content}
        </body>
        </html>
        """,
        "text/html; charset=utf-8");

    // Words in backquotes are names.
    private static string Html(string text)
    {
        var parts = HtmlEncoder.Default.Encode(text).Split("&#x60;");
        return string.Concat(parts.Select((part, n) => n % 2 == 0 ? part : $"<code>{part}</code>"));
    }
}
