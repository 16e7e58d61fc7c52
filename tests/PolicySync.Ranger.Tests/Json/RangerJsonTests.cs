using System.Text;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Tests;

public class RangerJsonTests
{
    [Fact]
    public void A_policy_download_is_read_with_rangers_defaults()
    {
        var policies = Read("""
            {
              "serviceName": "uc", "policyVersion": 12, "policyUpdateTime": 1767225600000, "somethingNew": {"x": [1]},
              "serviceDef": {"name": "uc", "resources": [{"name": "catalog", "matcherOptions": {"wildCard": true, "level": 3, "x": "y"}}]},
              "policies": [{
                "id": 1, "name": "p", "isEnabled": null, "policyPriority": null, "conditions": null,
                "resources": {"catalog": {"values": ["main"], "isExcludes": null}},
                "policyItems": [{"accesses": [{"type": "select"}], "users": ["ann"], "groups": null}]
              }]
            }
            """);

        var policy = Assert.Single(policies.Policies!);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), policies.PolicyUpdateTime);
        Assert.Equal(["true", "3", "y"], policies.ServiceDef!.Resources[0].MatcherOptions.Values);
        Assert.True(policy.IsEnabled);
        Assert.Equal(0, policy.PolicyPriority);
        Assert.Empty(policy.Conditions);
        Assert.Empty(policy.PolicyItems[0].Groups);
        Assert.True(policy.PolicyItems[0].Accesses[0].IsAllowed);
        Assert.False(policy.Resources["catalog"].IsExcludes);
    }

    [Fact]
    public void Absent_policies_are_not_an_empty_list() => Assert.Null(Read("""{"serviceName": "uc"}""").Policies);

    [Theory]
    [InlineData("20260115-10:00:00.000+0100")]
    [InlineData("20260115-09:00:00.000-+0000")]
    [InlineData("1768467600000")]
    public void Times_come_as_text_too(string time) =>
        Assert.Equal(
            new DateTimeOffset(2026, 1, 15, 9, 0, 0, TimeSpan.Zero),
            Read($$"""{"policyUpdateTime": "{{time}}"}""").PolicyUpdateTime);

    [Theory]
    [InlineData("", "$")]
    [InlineData("null", "$")]
    [InlineData("[]", "$")]
    [InlineData("""{"policies": {}}""", "$.policies")]
    [InlineData("""{"policies": [{"resources": {"table": {"values": "t"}}}]}""", "$.policies[0].resources.table.values")]
    [InlineData("""{"policies": [{"resources": {"table": {"values": [null]}}}]}""", "$.policies[0].resources.table.values")]
    [InlineData("""{"policies": [{"denyPolicyItems": [{}], "denyPolicyItems": []}]}""", "$.policies[0]")]
    [InlineData("""{"policies": [{"isEnabled": "perhaps"}]}""", "$.policies[0].isEnabled")]
    [InlineData("""{"policies": [{"id": 1}]""", "$")]
    public void What_would_change_meaning_is_refused_and_says_where(string json, string path) =>
        Assert.StartsWith(path, Assert.Throws<RangerFormatException>(() => Read(json)).Path, StringComparison.Ordinal);

    [Fact]
    public void Damaged_text_is_refused_and_nothing_else_happens()
    {
        var good = Encoding.UTF8.GetBytes("""
            {"policyVersion":3,"serviceConfig":{"a":"b"},"policies":[{"id":1,"isEnabled":true,"policyPriority":1,
            "resources":{"table":{"values":["t\u00e9\n"],"isExcludes":false}},"policyItems":[{"accesses":[{"type":"x","isAllowed":true}],
            "users":["ann"],"conditions":[{"type":"c","values":["1"]}]}],"validitySchedules":[{"startTime":"2026/01/01 00:00:00"}]}],
            "policyUpdateTime":1768467600000,"securityZones":{"z":{"resources":[{"table":["a"]}]}},"serviceDef":{"resources":[{"level":1}]}}
            """);
        var random = new Random(7);
        var refused = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var damaged = Damage(good, random);
            try
            {
                RangerJson.ReadServicePolicies(damaged);
                RangerJson.ReadTags(damaged);
            }
            catch (RangerFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1_000, 5_000);
    }

    private static byte[] Damage(byte[] good, Random random)
    {
        var bytes = (byte[])good.Clone();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : bytes[random.Next(bytes.Length)];
        }

        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static ServicePolicies Read(string json) => RangerJson.ReadServicePolicies(Encoding.UTF8.GetBytes(json));
}
