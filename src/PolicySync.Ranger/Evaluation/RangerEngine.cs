using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Roles;
using PolicySync.Ranger.Tags;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Evaluates Ranger policies. Immutable and safe to share; compiled once for each version of the policies.</summary>
public sealed class RangerEngine
{
    private RangerEngine(EngineParts parts) => Parts = parts;

    internal EngineParts Parts { get; }

    /// <summary>The service definition.</summary>
    public RangerServiceDef ServiceDef => Parts.Service.Def;

    /// <summary>The roles.</summary>
    public RoleGraph Roles => Parts.Roles;

    /// <summary>Names of the access types of the service definition.</summary>
    public IReadOnlyList<string> AccessTypes => Parts.Service.AccessTypes.Names;

    /// <summary>Whether any tag policy is enabled, so that tags can make a difference.</summary>
    public bool HasTagPolicies => Parts.HasTagPolicies;

    /// <summary>Prepares an engine for resources without tags.</summary>
    /// <inheritdoc cref="Compile(ServicePolicies, RangerRoles?, RangerUserStore?, ServiceTags?, EngineOptions)"/>
    public static RangerEngine Compile(
        ServicePolicies policies, RangerRoles? roles, RangerUserStore? userStore, EngineOptions options) =>
        Compile(policies, roles, userStore, tags: null, options);

    /// <summary>Prepares an engine.</summary>
    /// <param name="policies">A whole policy download, with its service definition.</param>
    /// <param name="roles">Role download; null without roles.</param>
    /// <param name="userStore">User-store download; null without one.</param>
    /// <param name="tags">Tag download; null without one.</param>
    /// <param name="options">How to evaluate.</param>
    /// <exception cref="RangerFormatException">
    /// The service definition is missing or contradicts itself, the policies are missing, or the tags are a delta.
    /// </exception>
    public static RangerEngine Compile(
        ServicePolicies policies, RangerRoles? roles, RangerUserStore? userStore, ServiceTags? tags, EngineOptions options) =>
        new(new EngineParts(policies, roles, userStore, tags, options));

    /// <summary>Prepares an engine of other policies, for the roles, users and tags of this one. This engine stays as it is.</summary>
    /// <param name="policies">A whole policy download, with its service definition.</param>
    /// <exception cref="RangerFormatException">The service definition is missing or contradicts itself, or the policies are missing.</exception>
    public RangerEngine With(ServicePolicies policies) => new(new EngineParts(policies, Parts));

    /// <summary>The access types that come with this one, as the service definition lists them. What those imply is not followed.</summary>
    public IReadOnlySet<string> ImpliedBy(string accessType) =>
        Parts.Service.AccessTypes.ImpliedBy(accessType).ToHashSet(JavaText.IgnoringCase);

    /// <summary>Decides whether access is allowed, as Ranger does.</summary>
    /// <remarks>
    /// The service evaluates views. Requests in Ranger's own form are for Ranger's conformance suites, which hold this engine
    /// against Ranger; both share policies, items, conditions and the order of policies.
    /// </remarks>
    public AccessResult Evaluate(AccessRequest request)
    {
        var evaluation = new RequestEvaluation(request, Parts);
        return Result(evaluation.Evaluate(RangerPolicy.AccessType, evaluation.AccessQuestion), item: null);
    }

    /// <summary>Finds the mask of a column, as Ranger does.</summary>
    public AccessResult EvaluateDataMask(AccessRequest request) => EvaluateItem(RangerPolicy.DataMaskType, request);

    /// <summary>Finds the row filter of a table, as Ranger does.</summary>
    public AccessResult EvaluateRowFilter(AccessRequest request) => EvaluateItem(RangerPolicy.RowFilterType, request);

    /// <summary>Lists the principals that policies name for an access, for any subject.</summary>
    public ResourceAccessInfo AccessInfoOf(AccessRequest request) => new RequestEvaluation(request, Parts).AccessInfo();

    /// <summary>The policies that match a resource: enabled, and valid at a time.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="at">The time at which schedules are evaluated.</param>
    /// <param name="otherTags">Tags that concern the resource, in addition to those of the tag download; null without such tags.</param>
    public PolicyView ViewOf(RangerResource resource, DateTimeOffset at, IReadOnlyList<ResourceTag>? otherTags = null) =>
        PolicyViewBuilder.Build(Parts, resource, at, otherTags ?? []);

    /// <summary>
    /// The policies of one security zone that match at or below a resource, whether the resource is in it or not: what can
    /// hold for a part of it.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="zone">The zone; null for the policies outside zones.</param>
    /// <param name="at">The time at which schedules are evaluated.</param>
    /// <param name="otherTags">Tags that concern the resource, in addition to those of the tag download; null without such tags.</param>
    public PolicyView ViewOfZone(RangerResource resource, string? zone, DateTimeOffset at, IReadOnlyList<ResourceTag>? otherTags = null) =>
        PolicyViewBuilder.OfZone(Parts, resource, zone, at, otherTags ?? []);

    /// <summary>
    /// Every tag policy of a security zone, shown as one for something below: the policies that apply to a part of any resource
    /// there once that part is tagged. The view's zone is the one whose tag policies these are.
    /// </summary>
    /// <param name="zone">The zone; null outside zones.</param>
    /// <param name="at">The time at which schedules are evaluated.</param>
    public PolicyView ViewOfTags(string? zone, DateTimeOffset at) => PolicyViewBuilder.OfTags(Parts, zone, at);

    /// <summary>The security zone that contains the whole resource; null when it is in no zone, or in several.</summary>
    public string? ZoneOf(RangerResource resource) => Parts.Zones.ZoneOf(resource);

    /// <summary>
    /// When a schedule of a policy or tag that concerns the resource, or something below it, starts or ends next; null when none
    /// does. The change at that time need not affect a decision.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="after">The time after which to look.</param>
    /// <param name="otherTags">Tags that concern the resource, in addition to those of the tag download; null without such tags.</param>
    /// <param name="whateverTagged">Whether every tag policy counts, since any object below may be tagged later.</param>
    public DateTimeOffset? NextChange(
        RangerResource resource, DateTimeOffset after, IReadOnlyList<ResourceTag>? otherTags = null, bool whateverTagged = false) =>
        PolicyViewBuilder.NextChange(Parts, resource, after, otherTags ?? [], whateverTagged);

    /// <summary>
    /// The access policies that name a resource and are not asked about it, because they are disabled, their schedule or that of the
    /// tag does not include the time, or they are of another security zone.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="at">The time at which schedules are evaluated.</param>
    /// <param name="otherTags">Tags that concern the resource, in addition to those of the tag download; null without such tags.</param>
    public IReadOnlyList<UnaskedPolicy> UnaskedFor(RangerResource resource, DateTimeOffset at, IReadOnlyList<ResourceTag>? otherTags = null) =>
        UnaskedPolicies.Find(Parts, resource, at, otherTags ?? []);

    private AccessResult EvaluateItem(int policyType, AccessRequest request)
    {
        var evaluation = new RequestEvaluation(request, Parts);
        ItemQuestion? question = null;
        var decision = evaluation.Evaluate(policyType, () => question = evaluation.ItemQuestion(policyType));
        var result = Result(decision, question?.Found);
        return result with { DataMask = evaluation.Fill(result.DataMask), RowFilter = evaluation.Fill(result.RowFilter) };
    }

    private static AccessResult Result(Decision decision, RangerPolicyItem? item) => new()
    {
        IsAllowed = decision.IsAllowed,
        PolicyId = decision.Policy?.Policy.Id,
        PolicyName = decision.Policy?.Policy.Name,
        DataMask = (item as RangerDataMaskPolicyItem)?.DataMaskInfo,
        RowFilter = (item as RangerRowFilterPolicyItem)?.RowFilterInfo,
    };
}
