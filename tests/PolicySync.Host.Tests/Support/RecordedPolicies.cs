using System.Text;
using PolicySync.Core.Policies.Sets;
using PolicySync.Grains.Policies;
using PolicySync.Ranger.Json;

namespace PolicySync.Host.Tests.Support;

/// <summary>A silo with a few policies of each kind, version 41.</summary>
internal sealed class RecordedPolicies(Func<Task> before) : IPolicyReaderGrain
{
    public const string Json =
        """
        {"serviceName":"uc","policyVersion":41,"serviceDef":{"name":"databricks_unity_catalog",
          "resources":[{"name":"catalog"},{"name":"schema","parent":"catalog"},{"name":"table","parent":"schema"},{"name":"column","parent":"table"}],
          "accessTypes":[{"name":"select"},{"name":"modify"}],
          "dataMaskDef":{"resources":[{"name":"catalog"},{"name":"schema"},{"name":"table"},{"name":"column"}]},
          "rowFilterDef":{"resources":[{"name":"catalog"},{"name":"schema"},{"name":"table"}]}},
         "policies":[
          {"id":3,"name":"masks","policyType":1,"resources":{"catalog":{"values":["main"]},"schema":{"values":["sales"]},"table":{"values":["*"]}},
           "dataMaskPolicyItems":[{"accesses":[{"type":"select"}],"groups":["staff"],"dataMaskInfo":{"dataMaskType":"MASK_NULL"}}]},
          {"id":1,"name":"sales","description":"Read by analysts","policyPriority":1,
           "resources":{"catalog":{"values":["main"]},"schema":{"values":["sales"]},"table":{"values":["orders_*"],"isExcludes":true}},
           "additionalResources":[{"catalog":{"values":["other"]},"schema":{"values":["*"]}}],
           "validitySchedules":[{"startTime":"2026/01/01 00:00:00","timeZone":"CET","recurrences":[{"interval":{"days":1}}]}],
           "policyItems":[{"accesses":[{"type":"select"}],"users":["Ann@x.io"],"roles":["lead"]}],
           "denyPolicyItems":[{"accesses":[{"type":"modify"}],"groups":["temps"]}]},
          {"id":2,"name":"filters","isEnabled":false,"policyType":2,"resources":{"catalog":{"values":["main"]},"schema":{"values":["hr"]},"table":{"values":["t"]}},
           "rowFilterPolicyItems":[{"accesses":[{"type":"select"}],"groups":["staff"],"rowFilterInfo":{"filterExpr":"id = 1"}}]}],
         "securityZones":{"eu":{"zoneName":"eu","resources":[{"catalog":["eu"]}],"policies":[
          {"id":5,"name":"of the zone","resources":{"catalog":{"values":["eu"]}},"policyItems":[{"accesses":[{"type":"select"}],"groups":["staff"]}]}]}},
         "tagPolicies":{"serviceName":"tags","serviceDef":{"name":"tag","resources":[{"name":"tag"}],"accessTypes":[{"name":"databricks_unity_catalog:select"}]},
          "policies":[{"id":1,"name":"pii","resources":{"tag":{"values":["PII"]}},"denyPolicyItems":[{"accesses":[{"type":"databricks_unity_catalog:select"}],"groups":["temps"]}]}]}}
        """;

    public static PolicySet Set { get; } = PolicySet.Of(RangerJson.ReadServicePolicies(Encoding.UTF8.GetBytes(Json)));

    public async Task<PolicySetWire> ReadAsync(string? knownStamp, bool fresh)
    {
        await before();
        return new PolicySetWire(41, "stamp-41", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1)) { Packed = knownStamp is null ? Set.Packed : null };
    }
}
