using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Records;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Tasks;

/// <summary>
/// Wire names are promises to clients and to stored rows. A name that is missing here was added; one that is missing
/// there was broken.
/// </summary>
public sealed class WireNamesTests
{
    [Fact]
    public void Wire_names_of_error_codes_do_not_change() => Check<SyncErrorCode>(
        "THROTTLED UNAVAILABLE NOT_VERIFIED STORAGE_CONFLICT SECURABLE_NOT_FOUND NOT_MANAGED UNSUPPORTED PERMISSION_DENIED " +
        "REVOKE_GUARD INVALID_PLAN POLICIES_UNAVAILABLE POLICIES_SHRANK CREDENTIALS_REFUSED TOO_OLD INTERNAL CANCELLED SUSPENDED PLAN_OUTDATED");

    [Fact]
    public void Wire_names_of_gap_codes_do_not_change() => Check<GapCode>(
        "GROUP_EXPANDED GROUP_WITHHELD MEMBERSHIP_UNKNOWN PRINCIPAL_UNKNOWN PRINCIPAL_LOCAL PRIVILEGE_NOT_APPLICABLE " +
        "CONDITION_UNSUPPORTED POLICY_FEATURE_UNSUPPORTED COLUMN_NOT_EXPRESSIBLE OWNER_MACRO OWNER_ACCESS INHERITED_ACCESS " +
        "CONTAINER_WITHHELD FOREIGN_GRANT GUARD_UNAVAILABLE PARENT_NOT_MANAGED GUARD_KEPT GRANT_REFUSED FOREIGN_POLICY");

    [Fact]
    public void Wire_names_of_statuses_of_securables_do_not_change() => Check<SecurableStatus>("FAILED EXPOSED DRIFTED IN_SYNC");

    [Fact]
    public void Wire_names_of_gap_directions_do_not_change() => Check<GapDirection>("WITHHELD EXPOSED");

    [Fact]
    public void Wire_names_of_task_statuses_do_not_change() => Check<SyncTaskStatus>("NEW WAITING INPROGRESS SUCCESS FAILED SKIPPED");

    [Fact]
    public void Wire_names_of_task_outcomes_do_not_change() =>
        Check<SyncTaskOutcome>("SUCCEEDED SUCCEEDED_WITH_GAPS PARTIAL FAILED SKIPPED DRIFTED CANCELLED");

    [Fact]
    public void Wire_names_of_resource_statuses_do_not_change() => Check<ResourceStatus>("SUCCESS FAILED SKIPPED");

    [Fact]
    public void Wire_names_of_change_actions_do_not_change() => Check<ChangeAction>("GRANT REVOKE SET_FILTER DROP_FILTER SET_MASK DROP_MASK");

    [Fact]
    public void Wire_names_of_securable_types_do_not_change() => Check<SecurableType>(
        "catalog schema table function volume model external_location storage_credential service_credential connection metastore");

    [Fact]
    public void Wire_names_of_records_and_what_becomes_of_them_do_not_change()
    {
        Check<RecordKind>("SUSPENSION STATE PARKED DIFFERENCES UNNAMED");
        Check<RestoreOutcome>("RESTORED UNCHANGED SET_ASIDE FAILED");
    }

    [Theory]
    [InlineData("success", false)] // names compare exactly
    [InlineData("Success", false)]
    [InlineData("3", false)]
    [InlineData(null, false)]
    [InlineData("SUCCESS", true)]
    public void Only_the_name_itself_is_read(string? name, bool valid) =>
        Assert.Equal(valid, WireNames.TryParse<SyncTaskStatus>(name, out _));

    private static void Check<T>(string expected)
        where T : struct, Enum
    {
        Assert.Equal(expected.Split(' '), WireNames.All<T>());
        foreach (var value in Enum.GetValues<T>())
        {
            Assert.Equal($"\"{WireNames.Of(value)}\"", JsonSerializer.Serialize(value));
            Assert.True(WireNames.TryParse<T>(WireNames.Of(value), out var read));
            Assert.Equal(value, read);
        }
    }
}
