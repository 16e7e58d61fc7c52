using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.UnityCatalog;

/// <summary>Core isolates what a PATCH was refused for by two things: the server code and the subject.</summary>
public sealed class RefusedChanges : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(404, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name ghosts.", "ghosts")]
    [InlineData(400, "INVALID_PARAMETER_VALUE", "Could not find principal with name ghosts", "ghosts")]
    [InlineData(500, "INTERNAL_ERROR", "Could not find principal with name ghosts.", "ghosts")]
    [InlineData(403, "PERMISSION_DENIED", "Could not find principal with name data team (eu).", "data team (eu)")]
    [InlineData(404, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name Acme Inc.", "Acme Inc.")]
    [InlineData(404, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name Acme Inc..", "Acme Inc.")]
    [InlineData(404, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name bob@x.io.", "Bob@X.io")]
    [InlineData(404, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name somebody else.", "somebody else")]
    public async Task An_unknown_principal_is_named_as_it_was_sent_whatever_the_status(int status, string word, string message, string subject)
    {
        _world.Workspace.ThenError(status, $$"""{"error_code":"{{word}}","message":"{{message}}"}""");

        var failure = await FailureAsync();

        Assert.Equal(
            (SyncErrorCode.InvalidPlan, "PRINCIPAL_DOES_NOT_EXIST", subject, false),
            (failure.Code, failure.ServerCode, failure.Subject, failure.OutcomeUnknown));
    }

    [Fact]
    public async Task An_unknown_principal_without_a_name_has_no_subject()
    {
        _world.Workspace.ThenError(404, """{"error_code":"PRINCIPAL_DOES_NOT_EXIST","message":"one of them is unknown"}""");

        var failure = await FailureAsync();

        Assert.Equal((SyncErrorCode.InvalidPlan, "PRINCIPAL_DOES_NOT_EXIST"), (failure.Code, failure.ServerCode));
        Assert.Null(failure.Subject);
    }

    [Theory]
    [InlineData("Privilege USE CONNECTION is not applicable to this entity [sqlserver_finance:CONNECTION/CONNECTION_SQLSERVER]. If this seems unexpected, please check the privilege version of the metastore in use [1.0].", "USE_CONNECTION")]
    [InlineData("Privilege ABC is not applicable to this entity", "ABC")]
    [InlineData("Privilege modify is not applicable to this entity [TABLE/VIEW].", "MODIFY")]
    public async Task A_privilege_that_does_not_apply_is_named_as_it_was_sent(string message, string subject)
    {
        _world.Workspace.ThenError(400, $$"""{"error_code":"INVALID_PARAMETER_VALUE","message":"{{message}}"}""");

        var failure = await FailureAsync();

        Assert.Equal(
            (SyncErrorCode.InvalidPlan, "PRIVILEGE_NOT_APPLICABLE", subject), (failure.Code, failure.ServerCode, failure.Subject));
    }

    [Theory]
    [InlineData("Duplicate privileges to add and delete for principal ghosts.", "ghosts")]
    [InlineData("Duplicate privileges to add and delete", "")]
    public async Task A_privilege_in_add_and_remove_has_a_word_of_its_own(string message, string subject)
    {
        _world.Workspace.ThenError(400, $$"""{"error_code":"INVALID_PARAMETER_VALUE","message":"{{message}}"}""");

        var failure = await FailureAsync();

        Assert.Equal((SyncErrorCode.InvalidPlan, "DUPLICATE_ADD_REMOVE", subject), (failure.Code, failure.ServerCode, failure.Subject));
    }

    [Theory]
    [InlineData("Principal 'data team (eu)' may not be granted this.", "data team (eu)")]
    [InlineData("\\\"bob@x.io\\\" is suspended", "Bob@X.io")]
    [InlineData("User is not an owner of Table 'main.sales.orders'.", null)]
    [InlineData("ghosts may not be granted this", null)] // a bare word may be any word
    [InlineData("neither `ghosts` nor `bob@x.io`", null)] // not one
    public async Task A_principal_that_a_refusal_of_another_kind_quotes_is_its_subject(string message, string? subject)
    {
        _world.Workspace.ThenError(403, $$"""{"error_code":"PERMISSION_DENIED","message":"{{message}}"}""");

        var failure = await FailureAsync();

        Assert.Equal((SyncErrorCode.PermissionDenied, subject), (failure.Code, failure.Subject));
    }

    private Task<SyncException> FailureAsync() => World.FailureOf(() => _world.Catalog.UpdatePermissionsAsync(
        Securable.Table("main", "sales", "orders"),
        [
            new PermissionChange("ghosts", null, ["USE_CONNECTION", "ABC"], []),
            new PermissionChange("Acme Inc.", null, ["MODIFY"], []),
            new PermissionChange("Bob@X.io", null, ["SELECT"], []),
            new PermissionChange("data team (eu)", null, ["SELECT"], []),
        ],
        TimeSpan.FromSeconds(10), _world.Meter, default));
}
