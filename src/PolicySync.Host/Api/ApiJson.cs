using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Core.Explaining;
using PolicySync.Host.Api.Catalogs;
using PolicySync.Host.Api.Checks;
using PolicySync.Host.Api.Plans;
using PolicySync.Host.Api.Drift;
using PolicySync.Host.Api.Policies;
using PolicySync.Host.Api.Principals;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api.Records;
using PolicySync.Host.Api.Securables;
using PolicySync.Host.Api.Suspensions;

namespace PolicySync.Host.Api;

/// <summary>Serializes the answers.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TaskAccepted))]
[JsonSerializable(typeof(TaskDetail))]
[JsonSerializable(typeof(ProgressDetail))]
[JsonSerializable(typeof(ResourceDetail))]
[JsonSerializable(typeof(TaskList))]
[JsonSerializable(typeof(SecurableDetail))]
[JsonSerializable(typeof(CatalogPage))]
[JsonSerializable(typeof(SecurablePage))]
[JsonSerializable(typeof(PolicyPageDetail))]
[JsonSerializable(typeof(PolicyDetail))]
[JsonSerializable(typeof(PolicyDiffDetail))]
[JsonSerializable(typeof(PolicyDiffBody))]
[JsonSerializable(typeof(PlanDetail))]
[JsonSerializable(typeof(PlanResourcePage))]
[JsonSerializable(typeof(PlanBody))]
[JsonSerializable(typeof(AccessPage))]
[JsonSerializable(typeof(PrincipalAccessPage))]
[JsonSerializable(typeof(PolicyEffectsPage))]
[JsonSerializable(typeof(ServiceChecks))]
[JsonSerializable(typeof(BudgetDetail))]
[JsonSerializable(typeof(DriftPage))]
[JsonSerializable(typeof(DriftDetail))]
[JsonSerializable(typeof(IgnoreBody))]
[JsonSerializable(typeof(RecordPage))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(ImportBody))]
[JsonSerializable(typeof(SuspensionPage))]
[JsonSerializable(typeof(SuspensionDetail))]
[JsonSerializable(typeof(SuspensionBody))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(ExplainBody))]
[JsonSerializable(typeof(ResourcePage))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(TaskBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
