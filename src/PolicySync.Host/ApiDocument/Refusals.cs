using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Http;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the refusals of an operation. Each is a problem document.</summary>
internal static class Refusals
{
    /// <summary>Those of every operation: token, method, rate, defect, outage.</summary>
    private static readonly int[] OfAll = [400, 401, 403, 405, 429, 500, 503];

    /// <summary>Adds the refusals of every operation and <paramref name="others"/>.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder operation, params int[] others)
    {
        foreach (var status in OfAll.Concat(others).Order())
        {
            operation.Produces<ProblemAnswer>(status, Problem.ContentType);
        }

        return operation.AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            foreach (var (status, answer) in document.Responses ?? [])
            {
                if (int.TryParse(status, out var code) && code >= 400)
                {
                    answer.Description = (code == ProblemKind.NotAnswered.Status ? ProblemKind.NotAnswered : ProblemKind.Of(code)).Meaning;
                }
            }

            foreach (var (status, _) in (document.Responses ?? []).Where(answer => answer.Key != "401"))
            {
                document.Header(status, RateHeaders.Policy, "The limit of the token's subject: `q` requests within `w` seconds.");
                document.Header(status, RateHeaders.Limit, "What is left of it: `r` requests now, all of them in `t` seconds.");
            }

            document.Header("401", "WWW-Authenticate", "`Bearer`, and what is wrong with the token that was sent (RFC 6750).");
            document.Header("403", "WWW-Authenticate", "`Bearer`, and the scope that the token lacks; absent where it does not lack one.");
            document.Header("405", "Allow", "The methods that the address supports.");
            document.Header("429", "Retry-After", "Seconds after which to send the request again.", Seconds());
            document.Header("503", "Retry-After", "Seconds after which to send the request again. It may have had its effect nevertheless.", Seconds());
            return Task.CompletedTask;
        });
    }

    /// <summary>Adds a refusal whose status another one has too.</summary>
    public static RouteHandlerBuilder RefusesAlso(this RouteHandlerBuilder operation, ProblemKind kind) =>
        operation.AddOpenApiOperationTransformer((document, _, _) =>
        {
            if (document.Responses is { } responses && responses.TryGetValue(kind.Status.ToString(CultureInfo.InvariantCulture), out var answer))
            {
                answer.Description += $" Or `{kind.Code}`: {kind.Meaning}";
            }

            return Task.CompletedTask;
        });

    /// <summary>Documents a header of an answer.</summary>
    public static void Header(this OpenApiOperation operation, string status, string name, string description, OpenApiSchema? schema = null)
    {
        if (operation.Responses is { } responses && responses.TryGetValue(status, out var answer) && answer is OpenApiResponse response)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
            response.Headers[name] = new OpenApiHeader { Description = description, Schema = schema ?? new OpenApiSchema { Type = JsonSchemaType.String } };
        }
    }

    /// <summary>A whole number of seconds.</summary>
    public static OpenApiSchema Seconds() => new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "0" };
}
