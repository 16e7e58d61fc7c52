using Microsoft.Extensions.DependencyInjection;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Contract;

[Collection(EmulatorTests.Name)]
public sealed class CatalogContract(EmulatorProcess emulator) : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly Securable Customers = Securable.Table("main", "sales", "customers");

    private readonly ServiceProvider _adapters = emulator.Adapters();
    private readonly CallMeter _meter = new();

    private IUnityCatalog Catalog => _adapters.GetRequiredService<IUnityCatalog>();

    public Task InitializeAsync() => emulator.ResetAsync();

    public async Task DisposeAsync() => await _adapters.DisposeAsync();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"listPageSize":3,"emptyPages":true}""")]
    public async Task A_walk_finds_everything_once_whatever_the_pages_are(string settings)
    {
        await emulator.AdminAsync(HttpMethod.Put, "settings", settings);

        var found = new List<SecurableFacts>();
        await WalkAsync(Securable.Catalog("main"), found);

        Assert.Equal(found.Count, found.Select(facts => facts.Securable).Distinct().Count());
        Assert.True(found.Count > 50, $"found {found.Count}");
        Assert.All(found, facts => Assert.NotNull(facts.Identity));
        foreach (var type in SecurableTypes.InSchema)
        {
            var listed = found.First(facts => facts.Securable.Type == type);
            Assert.Equal(listed, await Catalog.GetAsync(listed.Securable, _meter, default));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"listPageSize":3,"emptyPages":true}""")]
    public async Task Table_summaries_have_the_tables_that_lists_of_schemas_have_whatever_the_pages_are(string settings)
    {
        await emulator.AdminAsync(HttpMethod.Put, "settings", settings);
        var (listing, main) = (_adapters.GetRequiredService<ITableListing>(), Securable.Catalog("main"));
        var (names, tables) = (new List<(Securable, string?)>(), new List<(Securable, string?)>());
        for (string? token = null, next = ""; next is not null; token = next)
        {
            var page = await listing.ListNamesAsync(main, token, _meter, default);
            names.AddRange(page.Items.Select(item => (item.Table, item.Kind)));
            next = page.NextPageToken;
        }

        foreach (var schema in names.Select(name => name.Item1.Parent!).Distinct().ToList())
        {
            for (string? token = null, next = ""; next is not null; token = next)
            {
                var page = await listing.ListTablesAsync(schema, token, _meter, default);
                Assert.All(page.Items, item => Assert.True(item is { Identity: not null, CreatedAt: not null, UpdatedAt: not null }));
                tables.AddRange(page.Items.Select(item => (item.Table, item.Kind)));
                next = page.NextPageToken;
            }
        }

        Assert.True(names.Count > 20, $"{names.Count} names");
        Assert.Equal(tables.OrderBy(table => table.Item1.FullName, StringComparer.Ordinal), names.OrderBy(name => name.Item1.FullName, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Table_summaries_can_be_refused_while_the_rest_is_not()
    {
        await emulator.AdminAsync(HttpMethod.Post, "faults", """{"path":"*/table-summaries","status":403,"errorCode":"PERMISSION_DENIED"}""");
        var listing = _adapters.GetRequiredService<ITableListing>();

        var failure = await World.FailureOf(() => listing.ListNamesAsync(Securable.Catalog("main"), null, _meter, default));

        Assert.Equal(SyncErrorCode.PermissionDenied, failure.Code);
        Assert.NotEmpty((await listing.ListTablesAsync(Securable.Schema("main", "sales"), null, _meter, default)).Items);
    }

    [Theory]
    [InlineData(SecurableType.ExternalLocation, "lake", "READ_FILES")]
    [InlineData(SecurableType.StorageCredential, "lake_identity", "CREATE_EXTERNAL_TABLE")]
    [InlineData(SecurableType.ServiceCredential, "queue_identity", "ACCESS")]
    [InlineData(SecurableType.Connection, "crm", "USE_CONNECTION")]
    public async Task Securables_outside_catalogs_are_listed_read_and_granted_on(SecurableType type, string name, string privilege)
    {
        var page = await Catalog.ListAsync(type, null, null, _meter, default);
        var listed = Assert.Single(page.Items, facts => facts.Securable.Name == name);
        var before = await Catalog.GetPermissionsAsync(listed.Securable, _meter, default);

        await Catalog.UpdatePermissionsAsync(listed.Securable, [new("analysts", null, [privilege], [])], Timeout, _meter, default);

        Assert.Equal(listed, await Catalog.GetAsync(listed.Securable, _meter, default));
        Assert.Equal(WireNames.Of(type).ToUpperInvariant(), listed.Kind);
        Assert.DoesNotContain(before, assignment => assignment.Principal == "analysts");
        Assert.Equal([privilege], Assert.Single(
            await Catalog.GetPermissionsAsync(listed.Securable, _meter, default), assignment => assignment.Principal == "analysts").Privileges);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"permissionsPageSize":1,"emptyPages":true}""")]
    public async Task A_table_inherits_the_grants_on_its_containers(string settings)
    {
        await emulator.AdminAsync(HttpMethod.Put, "settings", settings);

        var inherited = await Catalog.GetInheritedAsync(Customers, _meter, default);

        var standing = new List<InheritedGrant>();
        foreach (var container in Customers.Parents)
        {
            standing.AddRange(
                from assignment in await Catalog.GetPermissionsAsync(container, _meter, default)
                from privilege in assignment.Privileges
                where !assignment.IsDeletedPrincipal && privilege != "BROWSE"
                select new InheritedGrant(assignment.Principal, privilege, container));
        }

        Assert.NotEmpty(standing);
        Assert.Equal(standing.OrderBy(Text, StringComparer.Ordinal), inherited.OrderBy(Text, StringComparer.Ordinal));

        static string Text(InheritedGrant grant) => $"{grant.Container} {grant.Principal} {grant.Privilege}";
    }

    [Fact]
    public async Task The_metastore_is_read_by_its_id()
    {
        var metastore = Securable.Parse(SecurableType.Metastore, "11111111-2222-4333-8444-555555555555");

        var facts = await Catalog.GetAsync(metastore, _meter, default);
        var listed = await Catalog.ListAsync(SecurableType.Metastore, null, null, _meter, default);

        Assert.Equal(("METASTORE", "mia.metastore@example.com", metastore.Name), (facts.Kind, facts.Owner, facts.Identity));
        Assert.Equal(facts, Assert.Single(listed.Items));
    }

    [Fact]
    public async Task A_storage_credential_is_no_service_credential()
    {
        var listed = await Catalog.ListAsync(SecurableType.ServiceCredential, null, null, _meter, default);
        var failure = await World.FailureOf(
            () => Catalog.GetAsync(Securable.Parse(SecurableType.ServiceCredential, "lake_identity"), _meter, default));

        Assert.Equal(["queue_identity"], listed.Items.Select(facts => facts.Securable.Name));
        Assert.Equal(SyncErrorCode.SecurableNotFound, failure.Code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"permissionsPageSize":1,"emptyPages":true}""")]
    public async Task Grants_are_changed_and_read_back(string settings)
    {
        await emulator.AdminAsync(HttpMethod.Put, "settings", settings);
        await emulator.AdminAsync(HttpMethod.Put, "permissions/table/main.sales.customers", """
            {"grants":[{"principal":"analysts","privileges":["SELECT","MODIFY"]},{"principal":"ana.analyst@example.com","privileges":["SELECT"]}]}
            """);

        await UpdateAsync(new PermissionChange("analysts", null, ["APPLY_TAG"], ["MODIFY"]), new("Ben.Analyst@example.com", null, ["SELECT"], []));

        Assert.Equal(
            ["ana.analyst@example.com: SELECT", "analysts: APPLY_TAG SELECT", "ben.analyst@example.com: SELECT"], await GrantsAsync());
    }

    [Fact]
    public async Task A_deleted_principals_grants_go_by_its_id()
    {
        await emulator.AdminAsync(HttpMethod.Put, "permissions/table/main.sales.customers", """{"grants":[{"principal":"ana.analyst@example.com","privileges":["SELECT"]}]}""");
        await emulator.AdminAsync(HttpMethod.Post, "principals", """{"delete":["ana.analyst@example.com"]}""");
        var deleted = Assert.Single(await Catalog.GetPermissionsAsync(Customers, _meter, default));
        Assert.True(deleted.IsDeletedPrincipal);

        await UpdateAsync(new PermissionChange("", deleted.PrincipalId, [], ["SELECT"]));

        Assert.Empty(await GrantsAsync());
    }

    [Fact]
    public async Task The_principal_or_privilege_that_a_change_was_refused_for_is_named()
    {
        var view = (await Catalog.ListAsync(SecurableType.Table, Securable.Schema("main", "sales"), null, _meter, default))
            .Items.First(facts => facts.Kind == "VIEW").Securable;

        var unknown = await World.FailureOf(() => UpdateAsync(new("analysts", null, ["SELECT"], []), new("no such group", null, ["SELECT"], [])));
        var local = await World.FailureOf(() => UpdateAsync(new PermissionChange("users", null, ["SELECT"], [])));
        var inapplicable = await World.FailureOf(() => Catalog.UpdatePermissionsAsync(
            view, [new("analysts", null, ["SELECT", "MODIFY"], [])], Timeout, _meter, default));
        var duplicate = await World.FailureOf(() => UpdateAsync(new PermissionChange("analysts", null, ["SELECT"], ["SELECT"])));

        Assert.Equal(
            [
                "InvalidPlan PRINCIPAL_DOES_NOT_EXIST no such group", "InvalidPlan PRINCIPAL_DOES_NOT_EXIST users",
                "InvalidPlan PRIVILEGE_NOT_APPLICABLE MODIFY", "InvalidPlan DUPLICATE_ADD_REMOVE analysts",
            ],
            new[] { unknown, local, inapplicable, duplicate }.Select(e => $"{e.Code} {e.ServerCode} {e.Subject}"));
    }

    [Theory]
    [InlineData(SecurableType.Catalog, "nowhere")]
    [InlineData(SecurableType.Schema, "main.nowhere")]
    [InlineData(SecurableType.Schema, "nowhere.nowhere")]
    [InlineData(SecurableType.Table, "main.sales.nowhere")]
    [InlineData(SecurableType.Table, "main.nowhere.nowhere")]
    [InlineData(SecurableType.Function, "main.sales.nowhere")]
    [InlineData(SecurableType.Volume, "main.sales.nowhere")]
    [InlineData(SecurableType.Model, "main.sales.nowhere")]
    [InlineData(SecurableType.ExternalLocation, "nowhere")]
    [InlineData(SecurableType.StorageCredential, "nowhere")]
    [InlineData(SecurableType.ServiceCredential, "nowhere")]
    [InlineData(SecurableType.Connection, "nowhere")]
    [InlineData(SecurableType.Metastore, "22222222-2222-4333-8444-555555555555")]
    public async Task A_missing_object_or_parent_is_not_found_by_any_call(SecurableType type, string fullName)
    {
        var securable = Securable.Parse(type, fullName);

        var failures = new[]
        {
            await World.FailureOf(() => Catalog.GetAsync(securable, _meter, default)),
            await World.FailureOf(() => Catalog.GetPermissionsAsync(securable, _meter, default)),
            await World.FailureOf(() => Catalog.UpdatePermissionsAsync(
                securable, [new("analysts", null, ["ALL_PRIVILEGES"], [])], Timeout, _meter, default)),
        };

        Assert.All(failures, failure => Assert.Equal((SyncErrorCode.SecurableNotFound, false), (failure.Code, failure.OutcomeUnknown)));
    }

    [Theory]
    [InlineData("50%")]
    [InlineData("a%2fb")]
    [InlineData("a#b&c=d;e")]
    [InlineData("größe_売上_🙂")]
    [InlineData("it's\"quoted`")]
    [InlineData("a+b~c!(d)")]
    public async Task Any_name_reaches_the_object_that_it_names(string name)
    {
        var table = Securable.Table("main", "sales", name);
        await emulator.AdminAsync(HttpMethod.Put, $"securables/table/{Uri.EscapeDataString(table.FullName)}", "{}");

        await Catalog.UpdatePermissionsAsync(table, [new("analysts", null, ["SELECT"], [])], Timeout, _meter, default);

        Assert.NotNull((await Catalog.GetAsync(table, _meter, default)).Identity);
        Assert.Equal("analysts", Assert.Single(await Catalog.GetPermissionsAsync(table, _meter, default)).Principal);
        var listed = new List<SecurableFacts>();
        await ListAsync(SecurableType.Table, Securable.Schema("main", "sales"), listed);
        Assert.Contains(listed, facts => facts.Securable == table);
    }

    [Fact]
    public async Task A_dropped_and_remade_object_has_another_identity()
    {
        var before = await Catalog.GetAsync(Customers, _meter, default);
        await emulator.AdminAsync(HttpMethod.Put, "securables/table/main.sales.customers", """{"recreate":true}""");

        Assert.NotEqual(before.Identity, (await Catalog.GetAsync(Customers, _meter, default)).Identity);
    }

    private async Task WalkAsync(Securable container, List<SecurableFacts> found)
    {
        foreach (var type in container.Type == SecurableType.Catalog ? [SecurableType.Schema] : SecurableTypes.InSchema)
        {
            var items = new List<SecurableFacts>();
            await ListAsync(type, container, items);
            found.AddRange(items);
            foreach (var item in items.Where(item => item.Securable.Type.IsContainer()))
            {
                await WalkAsync(item.Securable, found);
            }
        }
    }

    private async Task ListAsync(SecurableType type, Securable container, List<SecurableFacts> found)
    {
        string? token = null;
        do
        {
            var page = await Catalog.ListAsync(type, container, token, _meter, default);
            found.AddRange(page.Items);
            token = page.NextPageToken;
        }
        while (token is not null);
    }

    private Task UpdateAsync(params PermissionChange[] changes) =>
        Catalog.UpdatePermissionsAsync(Customers, changes, Timeout, _meter, default);

    private async Task<IEnumerable<string>> GrantsAsync() =>
        from assignment in await Catalog.GetPermissionsAsync(Customers, _meter, default)
        let text = $"{assignment.Principal}: {string.Join(' ', assignment.Privileges.Order(StringComparer.Ordinal))}"
        orderby text
        select text;
}
