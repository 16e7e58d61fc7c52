using PolicySync.Ranger.Acls;
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
    private readonly EngineParts _parts;

    private RangerEngine(EngineParts parts) => _parts = parts;

    /// <summary>The service definition.</summary>
    public RangerServiceDef ServiceDef => _parts.Service.Def;

    /// <summary>The roles.</summary>
    public RoleGraph Roles => _parts.Roles;

    /// <summary>Names of the access types of the service definition.</summary>
    public IReadOnlyList<string> AccessTypes => _parts.Service.AccessTypes.Names;

    /// <summary>Whether any tag policy is enabled, so that tags can make a difference.</summary>
    public bool HasTagPolicies => _parts.HasTagPolicies;

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

    /// <summary>The access types that come with this one, as the service definition lists them. What those imply is not followed.</summary>
    public IReadOnlySet<string> ImpliedBy(string accessType) =>
        _parts.Service.AccessTypes.ImpliedBy(accessType).ToHashSet(JavaText.IgnoringCase);

    /// <summary>Decides whether access is allowed, as Ranger does.</summary>
    public AccessResult Evaluate(AccessRequest request)
    {
        var evaluation = new RequestEvaluation(request, _parts);
        return Result(evaluation.Evaluate(RangerPolicy.AccessType, evaluation.AccessQuestion), item: null);
    }

    /// <summary>Finds the mask of a column, as Ranger does.</summary>
    public AccessResult EvaluateDataMask(AccessRequest request) => EvaluateItem(RangerPolicy.DataMaskType, request);

    /// <summary>Finds the row filter of a table, as Ranger does.</summary>
    public AccessResult EvaluateRowFilter(AccessRequest request) => EvaluateItem(RangerPolicy.RowFilterType, request);

    /// <summary>Lists the principals that policies name for an access, for any subject.</summary>
    public ResourceAccessInfo AccessInfoOf(AccessRequest request) => new RequestEvaluation(request, _parts).AccessInfo();

    /// <summary>The ACL of a resource, by name: Ranger's published contract, which is not its decision.</summary>
    /// <param name="resource">The resource; levels that form no hierarchy give an empty ACL.</param>
    /// <param name="at">The time: a tag that does not hold then is not a tag of the resource.</param>
    /// <param name="includesDescendants">Whether policies for what lies below the resource count too.</param>
    public ResourceAcls AclsOf(RangerResource resource, DateTimeOffset at, bool includesDescendants = false) =>
        AclPolicies.Build(_parts, resource, at, includesDescendants);

    /// <summary>The policies that match a resource: enabled, and valid at a time.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="at">The time at which schedules are evaluated.</param>
    /// <param name="otherTags">Tags that concern the resource, in addition to those of the tag download; null without such tags.</param>
    public PolicyView ViewOf(RangerResource resource, DateTimeOffset at, IReadOnlyList<ResourceTag>? otherTags = null) =>
        PolicyViewBuilder.Build(_parts, resource, at, otherTags ?? []);

    /// <summary>
    /// The policies of one security zone that match at or below a resource, whether the resource is in it or not: what can
    /// hold for a part of it.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="zone">The zone; null for the policies outside zones.</param>
    /// <param name="at">The time at which schedules are evaluated.</param>
    /// <param name="otherTags">Tags that concern the resource, in addition to those of the tag download; null without such tags.</param>
    public PolicyView ViewOfZone(RangerResource resource, string? zone, DateTimeOffset at, IReadOnlyList<ResourceTag>? otherTags = null) =>
        PolicyViewBuilder.OfZone(_parts, resource, zone, at, otherTags ?? []);

    /// <summary>
    /// Every tag policy of a security zone, shown as one for something below: the policies that apply to a part of any resource
    /// there once that part is tagged. The view's zone is the one whose tag policies these are.
    /// </summary>
    /// <param name="zone">The zone; null outside zones.</param>
    /// <param name="at">The time at which schedules are evaluated.</param>
    public PolicyView ViewOfTags(string? zone, DateTimeOffset at) => PolicyViewBuilder.OfTags(_parts, zone, at);

    /// <summary>The security zone that contains the whole resource; null when it is in no zone, or in several.</summary>
    public string? ZoneOf(RangerResource resource) => _parts.Zones.ZoneOf(resource);

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
        PolicyViewBuilder.NextChange(_parts, resource, after, otherTags ?? [], whateverTagged);

    private AccessResult EvaluateItem(int policyType, AccessRequest request)
    {
        var evaluation = new RequestEvaluation(request, _parts);
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
