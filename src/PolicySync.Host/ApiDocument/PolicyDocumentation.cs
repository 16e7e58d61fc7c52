using Microsoft.OpenApi;
using PolicySync.Host.Api.Policies;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the operations on policies.</summary>
internal static class PolicyDocumentation
{
    public static RouteHandlerBuilder DocumentPolicies(this RouteHandlerBuilder operation) => operation
        .WithSummary("List policies")
        .WithDescription("The policies that a silo accepted last, as their authors wrote them: resource policies before tag policies, each by id. "
            + "A token that is limited to securables may not read them.")
        .Produces<PolicyPageDetail>()
        .RefusesPolicies()
        .TakesText("text", "Only policies whose name or description has this text, in any case.")
        .TakesFilter("kind", "Only policies of this kind.", SchemaNames.PolicyKind)
        .TakesText("zone", "Only policies of this security zone.")
        .TakesFlag("enabled", "Only policies that are enabled, or that are not.")
        .TakesText("principal", "Only policies of which an item names this user, group or role, in any case and before names are mapped.")
        .TakesText("resource", "Only policies that concern this securable: its full name, with or without its type before it. No tag policies.")
        .TakesPage("policies")
        .Says("200", "A page of policies.");

    public static RouteHandlerBuilder DocumentPolicy(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read a policy")
        .WithDescription("As Ranger's JSON, with what of it has no effect. A token that is limited to securables may not read it.")
        .Produces<PolicyDetail>()
        .RefusesPolicies(404)
        .TakesFilter("kind", "The kind, where a resource policy and a tag policy have the same id. Without it, the resource policy is read.", SchemaNames.PolicyKind)
        .Says("200", "The policy.")
        .TakesPolicyId();

    public static RouteHandlerBuilder DocumentPolicyEffects(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read where a policy acts and what it could not do")
        .WithDescription("The grants, row filters and masks of the service that the policy asked for, and the differences that name it, by securable, "
            + "as the last sync of each recorded them. The workspace is not called, and the policy may have been deleted since. "
            + "A token that is limited to securables may not read it.")
        .Produces<PolicyEffectsPage>()
        .Refuses(404)
        .RefusesAlso(ProblemKind.SecurableNotAllowed)
        .TakesPage("securables")
        .Says("200", "A page of securables.")
        .TakesPolicyId();

    public static RouteHandlerBuilder DocumentPolicyDiff(this RouteHandlerBuilder operation) => operation
        .WithSummary("Compare policies with the current ones")
        .WithDescription("What is evaluated differently by candidate policies: a whole set, or the current policies with one policy changed. "
            + "Ids, versions, descriptions, labels, the order of names and disabled policies do not count. Nothing is stored, and Unity Catalog is not asked: "
            + "a plan shows what would change there. Send the body again for each page. A token that is limited to securables may not read it.")
        .Accepts<PolicyDiffBody>("application/json")
        .Produces<PolicyDiffDetail>()
        .RefusesPolicies(408, 413, 415)
        .TakesPage("policies")
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            document.RequestBody?.Description = "The policies to compare.";
            document.Says("200", "A page of the policies that differ.");
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentPlanPolicyDiff(this RouteHandlerBuilder operation) => operation
        .WithSummary("Compare the policies of a plan with the current ones")
        .WithDescription("What is evaluated differently by the candidate policies of a plan than by the current policies, as they are now. Of a plan of the "
            + "current policies only a digest is kept, so that is known only while they are evaluated as they were. A token that is limited to securables may not read it.")
        .Produces<PolicyDiffDetail>()
        .RefusesPolicies(404, 409)
        .TakesText("plan", "The id of the plan.")
        .TakesPage("policies")
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            document.Parameters?.OfType<OpenApiParameter>().Single(parameter => parameter.Name == "plan").Required = true;
            document.Says("200", "A page of the policies that differ.");
            document.Says("409", $"`{ProblemKind.PlanOutdated.Code}`: The policies of the plan are not known any more.");
            return Task.CompletedTask;
        });

    private static RouteHandlerBuilder TakesPolicyId(this RouteHandlerBuilder operation) => operation
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            if (document.Parameters?.FirstOrDefault(parameter => parameter.Name == "policyId") is OpenApiParameter id)
            {
                id.Description = "The id of the policy in Ranger.";
                id.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 19, Pattern = "^[0-9]{1,19}$" };
            }

            return Task.CompletedTask;
        });

    /// <summary>Adds the refusals of every operation that reads policies.</summary>
    public static RouteHandlerBuilder RefusesPolicies(this RouteHandlerBuilder operation, params int[] others) => operation
        .Refuses(others)
        .RefusesAlso(ProblemKind.SecurableNotAllowed)
        .RefusesAlso(ProblemKind.PoliciesUnavailable);
}
