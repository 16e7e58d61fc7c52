using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Client.Http;

/// <summary>Reads and writes the models, by generated code.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(SyncTask))]
[JsonSerializable(typeof(SecurableState))]
[JsonSerializable(typeof(PolicyPage))]
[JsonSerializable(typeof(PlanRequest))]
[JsonSerializable(typeof(Plan))]
[JsonSerializable(typeof(PlanResourcePage))]
[JsonSerializable(typeof(PolicyDetail))]
[JsonSerializable(typeof(PolicyDiffRequest))]
[JsonSerializable(typeof(PolicyDiff))]
[JsonSerializable(typeof(AccessPage))]
[JsonSerializable(typeof(PrincipalAccessPage))]
[JsonSerializable(typeof(PolicyEffectsPage))]
[JsonSerializable(typeof(ServiceChecks))]
[JsonSerializable(typeof(WorkspaceBudget))]
[JsonSerializable(typeof(CatalogPage))]
[JsonSerializable(typeof(SecurablePage))]
[JsonSerializable(typeof(DriftItem))]
[JsonSerializable(typeof(DriftPage))]
[JsonSerializable(typeof(IgnoreRequest))]
[JsonSerializable(typeof(Suspension))]
[JsonSerializable(typeof(SuspensionRequest))]
[JsonSerializable(typeof(SuspensionPage))]
[JsonSerializable(typeof(StoredRecordPage))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ImportResult))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(TaskPage))]
[JsonSerializable(typeof(TaskResourcePage))]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class ClientJson : JsonSerializerContext;
