using PolicySync.Core.Errors;

namespace PolicySync.Core.Tests.Tasks;

public sealed class SyncErrorCodesTests
{
    [Theory] // specification §6; NOT_VERIFIED is raised once the polling of §4 has had its time
    [InlineData(Recovery.Retry, "THROTTLED UNAVAILABLE STORAGE_CONFLICT POLICIES_UNAVAILABLE CREDENTIALS_REFUSED")]
    [InlineData(Recovery.Skip, "SECURABLE_NOT_FOUND NOT_MANAGED UNSUPPORTED CANCELLED SUSPENDED")]
    [InlineData(Recovery.Fail, "PERMISSION_DENIED REVOKE_GUARD INVALID_PLAN NOT_VERIFIED INTERNAL PLAN_OUTDATED")]
    [InlineData(Recovery.Halt, "POLICIES_SHRANK TOO_OLD")]
    public void The_code_alone_decides(Recovery recovery, string codes) => Assert.Equal(
        codes.Split(' ').Order(),
        Enum.GetValues<SyncErrorCode>().Where(code => SyncErrorCodes.RecoveryOf(code) == recovery).Select(SyncErrorCodes.WireName).Order());
}
