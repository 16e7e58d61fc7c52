using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.Sql;
using UnityCatalog.Emulator.Tags;

namespace UnityCatalog.Emulator.Http;

/// <summary>The JSON of Unity Catalog: snake case, absent instead of null.</summary>
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ObjectInfo))]
[JsonSerializable(typeof(ObjectList))]
[JsonSerializable(typeof(ObjectRequest))]
[JsonSerializable(typeof(TableSummaryList))]
[JsonSerializable(typeof(TableExistence))]
[JsonSerializable(typeof(MetastoreSummary))]
[JsonSerializable(typeof(MetastoreList))]
[JsonSerializable(typeof(MetastoreAssignment))]
[JsonSerializable(typeof(PermissionsList))]
[JsonSerializable(typeof(PermissionsUpdate))]
[JsonSerializable(typeof(EffectivePermissionsList))]
[JsonSerializable(typeof(AbacPolicy))]
[JsonSerializable(typeof(AbacPolicyList))]
[JsonSerializable(typeof(StatementRequest))]
[JsonSerializable(typeof(StatementAnswer))]
[JsonSerializable(typeof(StatementResult))]
[JsonSerializable(typeof(WarehouseAnswer))]
[JsonSerializable(typeof(WarehouseList))]
[JsonSerializable(typeof(EntityTagAssignment))]
[JsonSerializable(typeof(EntityTagAssignmentList))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenRefusal))]
[JsonSerializable(typeof(OidcConfiguration))]
[JsonSerializable(typeof(HostConfiguration))]
[JsonSerializable(typeof(BindingsAnswer))]
[JsonSerializable(typeof(BindingsChange))]
[JsonSerializable(typeof(CatalogBindingsAnswer))]
[JsonSerializable(typeof(CatalogBindingsChange))]
[JsonSerializable(typeof(ModelVersionInfo))]
[JsonSerializable(typeof(ModelVersionList))]
[JsonSerializable(typeof(ModelVersionRequest))]
[JsonSerializable(typeof(ModelAliasRequest))]
[JsonSerializable(typeof(ModelAlias))]
internal sealed partial class WireJson : JsonSerializerContext
{
    public static readonly WireJson Shared = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
