using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using UnityCatalog.Emulator.Admin;
using UnityCatalog.Emulator.Faults;
using UnityCatalog.Emulator.Recording;
using UnityCatalog.Emulator.Sql;

namespace UnityCatalog.Emulator.State;

/// <summary>The emulator's own JSON, camel case: the state file and everything below <c>/_emulator</c>.</summary>
[JsonSerializable(typeof(StateDocument))]
[JsonSerializable(typeof(EmulatorSettings))]
[JsonSerializable(typeof(SecurableState))]
[JsonSerializable(typeof(SecurableUpdate))]
[JsonSerializable(typeof(GrantsDocument))]
[JsonSerializable(typeof(PrincipalChanges))]
[JsonSerializable(typeof(GenerateRequest))]
[JsonSerializable(typeof(GenerateResult))]
[JsonSerializable(typeof(TokenState))]
[JsonSerializable(typeof(ClientState))]
[JsonSerializable(typeof(FaultDefinition))]
[JsonSerializable(typeof(FaultView))]
[JsonSerializable(typeof(FaultList))]
[JsonSerializable(typeof(CallList))]
[JsonSerializable(typeof(CallSummary))]
[JsonSerializable(typeof(OverlapReport))]
[JsonSerializable(typeof(QueryRequest))]
[JsonSerializable(typeof(QueryAnswer))]
[JsonSerializable(typeof(WatchDefinition))]
[JsonSerializable(typeof(WatchView))]
[JsonSerializable(typeof(WatchList))]
[JsonSerializable(typeof(WarehouseState))]
[JsonSerializable(typeof(AdminStatus))]
[JsonSerializable(typeof(AdminError))]
internal sealed partial class EmulatorJson : JsonSerializerContext
{
    /// <summary>Indented, because people read it; a misspelt or missing member is refused rather than ignored.</summary>
    public static readonly EmulatorJson Shared = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<FaultMode>(JsonNamingPolicy.CamelCase) },
    });
}
