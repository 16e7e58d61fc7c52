using Orleans.Storage;
using PolicySync.AzureTables.Hosting;
using PolicySync.Core.Planning;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Resources;

namespace PolicySync.Host.Tests.Storage;

/// <summary>The state of a securable as an earlier build stored it is read by this one. A recorded text stays as it is.</summary>
public sealed class RecordedStateTests
{
    private static readonly IGrainStorageSerializer Serializer = AzureTablesOrleansExtensions.GrainStateSerializer;

    [Fact]
    public void The_state_of_a_securable_that_an_earlier_build_stored_is_read()
    {
        const string recorded = """
            {"ledger":{"identity":"id-1","entries":[{"principal":"ann@x.io","principalId":42,"privilege":"SELECT","policyId":7,"policyName":"read","taskId":"383723451704497826","grantedAt":"2026-11-24T20:59:00+00:00"}]},"epoch":3,"openIntentOf":"0c988377-784d-4323-ad2b-c0a9d031c40d","intentScope":"Full","lastWrite":"2026-11-24T21:00:00+00:00","recheckAt":"2026-11-24T21:01:00+00:00","refused":{"gone@x.io":"2026-11-24T20:59:00+00:00"},"refusedPrivileges":{"MODIFY":{"at":"2026-11-24T20:59:00+00:00","policyVersion":11,"kind":"TABLE"}},"policyVersion":12,"lastVerified":"2026-11-24T20:58:00+00:00","dueAt":"2026-11-25T00:00:00+00:00"}
            """;
        var state = Serializer.Deserialize<ResourceState>(new BinaryData(recorded))!;

        Assert.Equal("id-1", state.Ledger.Identity);
        var entry = Assert.Single(state.Ledger.Entries);
        Assert.Equal(("ann@x.io", "SELECT", 7L, 42L), (entry.Principal, entry.Privilege, entry.PolicyId, entry.PrincipalId));
        Assert.Equal((3, Guid.Parse("0c988377-784d-4323-ad2b-c0a9d031c40d")), (state.Epoch, state.OpenIntentOf));
        Assert.Equal(DateTimeOffset.Parse("2026-11-24T21:00:00Z"), state.LastWrite);
        Assert.Equal(["gone@x.io"], state.Refused.Keys);
        Assert.Equal("TABLE", state.RefusedPrivileges["MODIFY"].Kind);
        Assert.Equal(12, state.PolicyVersion);
    }

    [Fact]
    public void The_policies_that_an_earlier_build_accepted_are_read_and_those_of_this_one_keep_the_case_of_names()
    {
        var old = Serializer.Deserialize<PolicyBaselineState>(new BinaryData("""{"version":7,"stamp":"s","enabledPolicies":12,"enabledTagPolicies":2}"""))!;
        Assert.Equal((7L, "s", 12, 2), (old.Version, old.Stamp, old.EnabledPolicies, old.EnabledTagPolicies));
        Assert.Equal((null, null), (old.Counts, old.AllowanceUsed));

        var now = new PolicyBaselineState { Version = 8, Stamp = "t", Counts = new() { ["roles.role/Blocked Ones"] = 3 }, AllowanceUsed = 8 };
        var read = Serializer.Deserialize<PolicyBaselineState>(Serializer.Serialize(now))!;
        Assert.Equal((3, 8L), (read.Counts!["roles.role/Blocked Ones"], read.AllowanceUsed));
    }

    [Fact]
    public void A_state_of_which_nothing_is_stored_has_its_defaults()
    {
        var state = Serializer.Deserialize<ResourceState>(new BinaryData("{}"))!;
        Assert.Empty(state.Ledger.Entries);
        Assert.Equal((0L, (Guid?)null, (DateTimeOffset?)null), (state.Epoch, state.OpenIntentOf, state.LastWrite));
        Assert.Empty(state.Refused);
    }
}
