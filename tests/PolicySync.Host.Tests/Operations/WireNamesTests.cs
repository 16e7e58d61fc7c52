using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Tests.Operations;

/// <summary>Words that clients and operators have written down. A change here breaks them; additions go at the end.</summary>
public sealed class WireNamesTests
{
    [Fact]
    public void Statuses_are_the_vendors_six() =>
        Assert.Equal(["NEW", "WAITING", "INPROGRESS", "SUCCESS", "FAILED", "SKIPPED"], WireNames.All<SyncTaskStatus>());

    [Fact]
    public void Task_types_are_fixed()
    {
        Assert.Equal(("RESOURCE_SYNC", "VERIFY"), (TaskTypes.ResourceSync, TaskTypes.Verify));
        Assert.Equal("verify", PolicySync.Core.Options.VerifyOptions.EventSource);
        Assert.False(TaskTypes.IsKnown("Verify"));
    }

    [Fact]
    public void Outcomes_are_fixed() => Assert.Equal(
        ["SUCCEEDED", "SUCCEEDED_WITH_GAPS", "PARTIAL", "FAILED", "SKIPPED", "DRIFTED", "CANCELLED"], WireNames.All<SyncTaskOutcome>());

    [Fact]
    public void Statuses_and_actions_of_securables_are_fixed()
    {
        Assert.Equal(["SUCCESS", "FAILED", "SKIPPED"], WireNames.All<ResourceStatus>());
        Assert.Equal(["GRANT", "REVOKE", "SET_FILTER", "DROP_FILTER", "SET_MASK", "DROP_MASK"], WireNames.All<ChangeAction>());
        Assert.Equal(["WITHHELD", "EXPOSED"], WireNames.All<GapDirection>());
    }

    [Fact]
    public void Error_codes_are_fixed() => Assert.Equal(
        [
            "THROTTLED", "UNAVAILABLE", "NOT_VERIFIED", "STORAGE_CONFLICT", "SECURABLE_NOT_FOUND", "NOT_MANAGED", "UNSUPPORTED",
            "PERMISSION_DENIED", "REVOKE_GUARD", "INVALID_PLAN", "POLICIES_UNAVAILABLE", "POLICIES_SHRANK", "CREDENTIALS_REFUSED", "TOO_OLD", "INTERNAL",
        ],
        WireNames.All<SyncErrorCode>());

    [Fact]
    public void Gap_codes_are_fixed() => Assert.Equal(
        [
            "GROUP_EXPANDED", "GROUP_WITHHELD", "MEMBERSHIP_UNKNOWN", "PRINCIPAL_UNKNOWN", "PRINCIPAL_LOCAL", "PRIVILEGE_NOT_APPLICABLE",
            "CONDITION_UNSUPPORTED", "POLICY_FEATURE_UNSUPPORTED", "COLUMN_NOT_EXPRESSIBLE", "OWNER_MACRO", "OWNER_ACCESS", "INHERITED_ACCESS",
            "CONTAINER_WITHHELD", "FOREIGN_GRANT", "GUARD_UNAVAILABLE", "PARENT_NOT_MANAGED", "GUARD_KEPT", "GRANT_REFUSED", "FOREIGN_POLICY",
        ],
        WireNames.All<GapCode>());

    [Fact]
    public void Configuration_keys_of_the_specification_are_all_there()
    {
        string[] keys =
        [
            "Role", "Instance",
            "Workspace:Host", "Workspace:Token", "Workspace:TokenFile", "Workspace:ClientId", "Workspace:ClientSecret", "Workspace:ClientSecretFile",
            "Workspace:RequestsPerSecond", "Workspace:MaxConcurrency", "Workspace:WriteTimeout", "Workspace:WarehouseId", "Workspace:StatementTimeout", "Workspace:Self",
            "Policies:RangerAdmin:Url", "Policies:RangerAdmin:ServiceName", "Policies:RangerAdmin:Username", "Policies:RangerAdmin:Password",
            "Policies:RangerAdmin:Token",
            "Policies:Source", "Policies:Folder", "Policies:MaxWait", "Policies:AllowStale", "Policies:AllowShrink", "Policies:CacheFolder", "Policies:TimeZone", "Tags:Source",
            "Principals:Map:N:Match", "Principals:Map:N:Replace", "Principals:MaxAge", "Principals:ExpandUpTo",
            "Sync:Mode", "Sync:Scopes:N:Pattern", "Sync:Scopes:N:Mode",
            "Sync:Managed:Securables:Include:N", "Sync:Managed:Securables:Exclude:N", "Sync:Managed:Principals:Include:N",
            "Sync:Managed:Principals:Exclude:N", "Sync:Managed:Privileges:Include:N", "Sync:Managed:Privileges:Exclude:N",
            "Sync:ParentUse", "Sync:AdoptExisting", "Sync:RolesAsGroups", "Sync:Protected:N", "Sync:MaxRevokeShare", "Sync:VerifyTimeout",
            "Sync:RetryFor", "Sync:GuardSchema", "Sync:MaskDeniedColumns", "Sync:AllowedFunctions:N",
            "Verify:Every", "Verify:Repair", "Verify:Scopes:N",
            "Tasks:Retention", "Tasks:MaxAge",
            "Storage:Provider", "Storage:ConnectionString", "Storage:ServiceUri",
            "Auth:PublicKeyFile", "Auth:Authority", "Auth:Issuer", "Auth:Audience",
            "Cluster:ClusterId", "Cluster:ServiceId", "Cluster:SiloPort", "Cluster:GatewayPort", "Cluster:AdvertisedAddress",
            "Metrics:Anonymous",
            "Http:TrustedProxies:N", "Http:RequestsPerSecondPerToken",
        ];

        Assert.Empty(keys.Select(key => $"PolicySync:{key}").Except(ConfigurationKeys.All.Select(key => key.Name), StringComparer.Ordinal));
    }
}
