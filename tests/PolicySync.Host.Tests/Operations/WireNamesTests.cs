using PolicySync.Core.Tasks;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Tests.Operations;

/// <summary>Words that clients and operators have written down. A change here breaks them; additions go at the end.</summary>
public sealed class WireNamesTests
{
    [Fact]
    public void Task_types_are_fixed()
    {
        Assert.Equal(("RESOURCE_SYNC", "VERIFY", "PLAN", "APPLY"), (TaskTypes.ResourceSync, TaskTypes.Verify, TaskTypes.Plan, TaskTypes.Apply));
        Assert.Equal("verify", PolicySync.Core.Options.VerifyOptions.EventSource);
        Assert.Equal("watch", PolicySync.Core.Options.WatchOptions.EventSource);
        Assert.Equal("databricks-audit", PolicySync.Host.Events.AuditAcceptance.Source);
        Assert.False(TaskTypes.IsKnown(new SyncRequest { Type = "Verify", Resources = [] }));
    }

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
            "Auth:ClientId", "Auth:ClientSecret", "Auth:ClientSecretFile", "Auth:SignInScopes",
            "Cluster:ClusterId", "Cluster:ServiceId", "Cluster:SiloPort", "Cluster:GatewayPort", "Cluster:AdvertisedAddress",
            "Metrics:Anonymous",
            "Http:TrustedProxies:N", "Http:RequestsPerSecondPerToken",
        ];

        Assert.Empty(keys.Select(key => $"PolicySync:{key}").Except(ConfigurationKeys.All.Select(key => key.Name), StringComparer.Ordinal));
    }
}
