using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Contract;

[Collection(EmulatorTests.Name)]
public sealed class TagContract(EmulatorProcess emulator) : IAsyncLifetime
{
    private readonly ServiceProvider _adapters = emulator.Adapters();

    private ITagSource Tags => _adapters.GetRequiredService<ITagSource>();

    public Task InitializeAsync() => emulator.ResetAsync();

    public async Task DisposeAsync() => await _adapters.DisposeAsync();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"listPageSize":1,"emptyPages":true,"alwaysPage":true}""")]
    public async Task Tags_are_read_as_they_were_assigned_whatever_the_pages_are(string settings)
    {
        await emulator.AdminAsync(HttpMethod.Put, "settings", settings);
        await AssignAsync("tables", "main.sales.customers", "owner/team", "crm");
        await AssignAsync("tables", "main.sales.customers", "gold", "");
        await AssignAsync("columns", "main.sales.customers.email", "pii", "email");
        var meter = new CallMeter();

        var found = await Tags.ReadAsync(Securable.Table("main", "sales", "customers"), meter, default);

        Assert.Equal(
            ["main sales customers: gold, owner/team=crm", "main sales customers email: pii=email"],
            found.Select(resource => $"{string.Join(' ', resource.Elements.Values)}: {string.Join(", ", resource.Tags.Select(tag => tag.Type + (tag.Attributes.Count > 0 ? "=" + tag.Attributes["value"] : "")))}"));
        Assert.Equal(await emulator.CallsAsync("GET", "*"), meter.Calls);
    }

    [Fact]
    public async Task A_securable_without_tags_has_none_and_one_that_does_not_exist_is_reported_as_missing()
    {
        Assert.Empty(await Tags.ReadAsync(Securable.Schema("main", "sales"), new CallMeter(), default));

        var failure = await Assert.ThrowsAsync<SyncException>(() => Tags.ReadAsync(Securable.Table("main", "sales", "nowhere"), new CallMeter(), default));
        Assert.Equal(SyncErrorCode.SecurableNotFound, failure.Code);
    }

    private async Task AssignAsync(string type, string name, string key, string value)
    {
        using var http = new HttpClient { BaseAddress = emulator.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "dapi-emulator-policysync");
        using var answer = await http.PostAsync("api/2.1/unity-catalog/entity-tag-assignments", new StringContent(
            $$"""{"entity_type":"{{type}}","entity_name":"{{name}}","tag_key":"{{key}}","tag_value":"{{value}}"}"""));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
