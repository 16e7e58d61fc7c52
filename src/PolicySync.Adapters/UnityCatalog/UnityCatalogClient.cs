using System.Text.Json;
using Microsoft.Extensions.Logging;
using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using static PolicySync.Adapters.Workspaces.Errors.WorkspaceErrors;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>Unity Catalog over its REST API.</summary>
internal sealed partial class UnityCatalogClient(IUnityCatalogApi api, TimeProvider time, ILogger<UnityCatalogClient> logger)
    : IUnityCatalog
{
    /// <summary>
    /// Lets the server choose the page size. Databricks deprecated requests without it, which return everything at once, and
    /// permissions refuse 1 to 149 (databricks-sdk-go, service/catalog/api.go, GrantsInterface).
    /// </summary>
    private const int ServersPageSize = 0;

    public async Task<SecurableFacts> GetAsync(Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        var answer = Required(await api.GetObjectAsync(
            SecurableReader.Collection(securable.Type), securable.FullName, new WorkspaceCall(meter), cancellation));
        AnswerCheck.IsAbout(securable, answer.Name, answer.FullName, answer.MetastoreId);
        return SecurableReader.IsOther(securable.Type, answer)
            ? throw new SyncException(SyncErrorCode.SecurableNotFound, $"`{securable.FullName}` is a storage credential; sync it as storage_credential")
            : SecurableReader.Facts(securable, answer);
    }

    public async Task<SecurablePage> ListAsync(
        SecurableType type, Securable? parent, string? pageToken, CallMeter meter, CancellationToken cancellation)
    {
        // A walk does not need columns and properties, which are most of a table's text.
        var omit = type == SecurableType.Table ? "true" : null;
        var page = Required(await api.ListObjectsAsync(
            SecurableReader.Collection(type), parent?.CatalogName, parent is { Type: SecurableType.Schema } ? parent.Name : null,
            ServersPageSize, pageToken, omit, omit, new WorkspaceCall(meter), cancellation));

        var array = SecurableReader.Items(type, page);
        AnswerCheck.IsList(SecurableReader.Collection(type), array, page.NextPageToken, page.Others);
        var items = new List<SecurableFacts>();
        foreach (var item in (array ?? []).Select(item => AnswerCheck.IsIn(type, parent, item)).Where(item => !SecurableReader.IsOther(type, item)))
        {
            if (SecurableReader.Identify(type, parent, item) is { } securable)
            {
                items.Add(SecurableReader.Facts(securable, item));
            }
            else
            {
                LogLeftOut(type, item.FullName ?? item.Name);
            }
        }

        return new SecurablePage(items, PageLimit.After(pageToken, page.NextPageToken));
    }

    public async Task<IReadOnlyList<Assignment>> GetPermissionsAsync(
        Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        var merge = new AssignmentMerge(securable.Type);
        await ReadPagesAsync(securable, async pageToken =>
        {
            var page = Required(await api.GetPermissionsAsync(
                securable.Type.PathType(), securable.FullName, ServersPageSize, pageToken, new WorkspaceCall(meter), cancellation));
            AnswerCheck.IsList($"grants on {securable}", page.PrivilegeAssignments, page.NextPageToken, page.Others);
            foreach (var assignment in page.PrivilegeAssignments ?? [])
            {
                AnswerCheck.IsAssignment(securable, assignment?.Principal, assignment?.PrincipalId, assignment?.Privileges);
                merge.Add(assignment!);
            }

            return page.NextPageToken;
        });
        return merge.Result();
    }

    public async Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync(Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        var inherited = new List<InheritedGrant>();
        await ReadEffectiveAsync(securable, meter, assignment => inherited.AddRange(
            from privilege in assignment.Privileges!
            let principal = assignment.Principal ?? ""
            where principal.Length > 0
            // Containers are identified by name, since answers spell their types differently.
            let container = securable.Parents.FirstOrDefault(parent =>
                string.Equals(parent.FullName, privilege!.InheritedFromName, StringComparison.OrdinalIgnoreCase))
            where container is not null
            select new InheritedGrant(principal, Privilege.Normalise(privilege!.Privilege!, container.Type), container)), cancellation);
        return [.. inherited.Distinct()];
    }

    public async Task<IReadOnlyList<GrantPolicy>> GetGrantPoliciesAsync(Securable container, CallMeter meter, CancellationToken cancellation)
    {
        var policies = new List<GrantPolicy>();
        try
        {
            await ReadPagesAsync(container, async pageToken =>
            {
                var page = Required(await api.GetPoliciesAsync(
                    WireNames.Of(container.Type).ToUpperInvariant(), container.FullName, pageToken, new WorkspaceCall(meter), cancellation));
                policies.AddRange((page.Policies ?? []).Where(policy => policy?.PolicyType is "POLICY_TYPE_GRANT")
                    .Select(policy => GrantPolicyOf(policy!, container)));
                return page.NextPageToken;
            });
        }
        catch (SyncException e) when (ServerCodes.IsMissingApi(e.ServerCode))
        {
            return []; // the workspace has no such policies
        }

        return policies;
    }

    public async Task<string?> GetMetastoreOwnerAsync(CallMeter meter, CancellationToken cancellation)
    {
        try
        {
            return NullIfEmpty(Required(await api.GetMetastoreAsync(new WorkspaceCall(meter), cancellation)).Owner);
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.SecurableNotFound
            || ServerCodes.IsMissingApi(e.ServerCode))
        {
            return null; // the workspace does not report it
        }
    }

    private static GrantPolicy GrantPolicyOf(PolicyAnswer policy, Securable container) =>
        policy is { Name: { Length: > 0 } name, ToPrincipals: { Count: > 0 } principals, Grant.Privileges: { Count: > 0 } privileges }
            ? new GrantPolicy(name, [.. principals.OfType<string>()], [.. privileges.OfType<string>().Select(Privilege.Normalise)], container)
            : throw new SyncException(SyncErrorCode.Unavailable,
                $"databricks answered with a GRANT policy on {container} that has no name, no principals or no privileges");

    public async Task<IReadOnlyList<Assignment>> GetPermissionsAgainAsync(Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        var merge = new AssignmentMerge(securable.Type);
        await ReadEffectiveAsync(securable, meter, assignment => merge.Add(new AssignmentAnswer
        {
            Principal = assignment.Principal,
            PrincipalId = assignment.PrincipalId,
            Privileges = [.. assignment.Privileges!.Where(privilege => string.IsNullOrEmpty(privilege!.InheritedFromName)).Select(privilege => privilege!.Privilege)],
        }), cancellation);
        return merge.Result();
    }

    private Task ReadEffectiveAsync(
        Securable securable, CallMeter meter, Action<EffectiveAssignmentAnswer> add, CancellationToken cancellation) =>
        ReadPagesAsync(securable, async pageToken =>
        {
            var page = Required(await api.GetEffectivePermissionsAsync(
                securable.Type.PathType(), securable.FullName, ServersPageSize, pageToken, new WorkspaceCall(meter), cancellation));
            AnswerCheck.IsList($"effective grants on {securable}", page.PrivilegeAssignments, page.NextPageToken, page.Others);
            foreach (var assignment in page.PrivilegeAssignments ?? [])
            {
                AnswerCheck.IsAssignment(
                    securable, assignment?.Principal, assignment?.PrincipalId, assignment?.Privileges?.Select(privilege => privilege?.Privilege));
                add(assignment!);
            }

            return page.NextPageToken;
        });

    // A page may be empty and still have a next one; only an absent token ends the list.
    private static async Task ReadPagesAsync(Securable securable, Func<string?, Task<string?>> readAsync)
    {
        var limit = new PageLimit($"grants on {securable}");
        string? pageToken = null;
        do
        {
            pageToken = limit.Next(await readAsync(pageToken));
        }
        while (pageToken is not null);
    }

    public async Task UpdatePermissionsAsync(
        Securable securable,
        IReadOnlyList<PermissionChange> changes,
        TimeSpan timeout,
        CallMeter meter,
        CancellationToken cancellation)
    {
        var update = new PermissionsUpdate([.. changes.Select(Body)]);
        var call = new WorkspaceCall(meter);

        // The time-out covers the wait for the budget too: a write that starts late could end when others no longer
        // expect it (specification, «One writer»).
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await api.UpdatePermissionsAsync(securable.Type.PathType(), securable.FullName, update, call, either.Token);
        }
        catch (OperationCanceledException e) when (call.MayHaveActed)
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"no answer to the change of permissions on {securable}", e)
            {
                OutcomeUnknown = true,
            };
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new SyncException(
                SyncErrorCode.Throttled, $"the change of permissions on {securable} waited for {timeout} and was not sent", e);
        }
        catch (SyncException e)
        {
            RefusedSubject.Restore(e, securable, changes);
            throw;
        }
    }

    public PlannedCall DescribeUpdate(Securable securable, IReadOnlyList<PermissionChange> changes) => new(
        HttpMethod.Patch.Method,
        $"/api/2.1/unity-catalog/permissions/{securable.Type.PathType()}/{Uri.EscapeDataString(securable.FullName)}",
        JsonSerializer.Serialize(new PermissionsUpdate([.. changes.Select(Body)]), UnityCatalogJson.Default.PermissionsUpdate));

    private static PrincipalUpdate Body(PermissionChange change) => new(
        change.Principal.Length > 0 ? change.Principal : null,
        change.Principal.Length > 0 ? null : change.PrincipalId,
        change.Add.Count > 0 ? change.Add : null,
        change.Remove.Count > 0 ? change.Remove : null);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    [LoggerMessage(110, LogLevel.Warning, "Skipped {Type} {FullName} in a listing: no object can have this name")]
    private partial void LogLeftOut(SecurableType type, string? fullName);
}
