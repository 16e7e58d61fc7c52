using Azure.Data.Tables;
using Orleans.Runtime;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.Clustering;

/// <summary>The membership table is the official one (docs/storage.md), in both directions.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class MembershipLayoutTests(AzuriteFixture azurite) : IDisposable
{
    private readonly MembershipHarness _harness = new(azurite);

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_silo_is_written_as_the_official_provider_writes_it()
    {
        var silo = MembershipHarness.Silo(11_111, SiloStatus.Joining);
        silo.AddSuspector(SiloAddress.New(System.Net.IPAddress.Parse("10.0.0.1"), 1, 2), silo.StartTime);
        silo.AddSuspector(SiloAddress.New(System.Net.IPAddress.Parse("10.0.0.2"), 3, 4), silo.StartTime.AddMilliseconds(5));
        await MembershipHarness.AddAsync(await _harness.StartAsync(), silo);

        var row = _harness.Row("127.0.0.1-11111-7");
        LayoutPage.AssertDescribes("Membership", row, "in silos", "sometimes in silos");
        Assert.Equal(
            new Dictionary<string, object>
            {
                ["DeploymentId"] = "blue",
                ["Address"] = "127.0.0.1",
                ["Port"] = "11111",
                ["Generation"] = "7",
                ["HostName"] = "host",
                ["Status"] = "Joining",
                ["ProxyPort"] = "30000",
                ["RoleName"] = "role",
                ["SiloName"] = "silo-11111",
                ["InstanceName"] = "silo-11111",
                ["UpdateZone"] = "1",
                ["FaultZone"] = "2",
                ["SuspectingSilos"] = "10.0.0.1:1@2|10.0.0.2:3@4",
                ["SuspectingTimes"] = "2026-11-23 12:00:00.000 GMT|2026-11-23 12:00:00.005 GMT",
                ["StartTime"] = "2026-11-23 12:00:00.000 GMT",
                ["IAmAliveTime"] = "2026-11-23 12:00:30.000 GMT",
            },
            Columns(row));
    }

    [Fact]
    public async Task Nobody_suspects_is_two_empty_texts_and_what_is_not_known_is_no_column()
    {
        var silo = MembershipHarness.Silo(1);
        silo.RoleName = null;
        await MembershipHarness.AddAsync(await _harness.StartAsync(), silo);

        var row = _harness.Row("127.0.0.1-1-7");
        Assert.Equal(("", ""), (row["SuspectingSilos"], row["SuspectingTimes"]));
        Assert.DoesNotContain("RoleName", row.Keys);
        LayoutPage.AssertDescribes("Membership", row, "in silos");
    }

    [Fact]
    public async Task Version_row_and_fences_bear_the_version_from_the_first_moment_on()
    {
        var table = await _harness.StartAsync();
        AssertVersion("0");
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1));
        AssertVersion("1");
        var read = await table.ReadAll();
        await table.UpdateRow(read.Members[0].Item1, read.Members[0].Item2, read.Version.Next());
        AssertVersion("2");
        LayoutPage.AssertDescribes("Membership", _harness.Row("VersionRow"), "in VersionRow and fences");
        LayoutPage.AssertDescribes("Membership", _harness.Row("~End"), "in VersionRow and fences");

        void AssertVersion(string version)
        {
            Assert.Equal(
                new Dictionary<string, object> { ["DeploymentId"] = "blue", ["MembershipVersion"] = version }, Columns(_harness.Row("VersionRow")));
            foreach (var fence in new[] { "!Start", "~End" })
            {
                Assert.Equal(
                    new Dictionary<string, object> { ["MembershipVersion"] = version, ["Status"] = "Active" }, Columns(_harness.Row(fence)));
            }
        }
    }

    [Fact]
    public async Task A_row_of_an_old_official_provider_is_read()
    {
        await _harness.StartAsync();
        await _harness.Raw.AddEntityAsync(new TableEntity("blue", "10.0.0.9-11111-123")
        {
            ["DeploymentId"] = "blue",
            ["Address"] = "10.0.0.9",
            ["Port"] = "11111",
            ["Generation"] = "123",
            ["HostName"] = "old-host",
            ["Status"] = "Dead",
            ["InstanceName"] = "old-name", // before there was SiloName
        });

        var silo = Assert.Single((await _harness.Open().ReadAll()).Members).Item1;
        Assert.Equal(SiloAddress.New(System.Net.IPAddress.Parse("10.0.0.9"), 11_111, 123), silo.SiloAddress);
        Assert.Equal(("old-name", "old-host", SiloStatus.Dead, 0), (silo.SiloName, silo.HostName, silo.Status, silo.ProxyPort));
        Assert.Empty(silo.SuspectTimes ?? []);
        Assert.Equal(default, silo.StartTime);
    }

    [Fact]
    public async Task Gateways_are_the_active_silos_with_a_gateway_port()
    {
        var table = await _harness.StartAsync();
        var without = MembershipHarness.Silo(3);
        without.ProxyPort = 0;
        foreach (var silo in new[] { MembershipHarness.Silo(1), MembershipHarness.Silo(2, SiloStatus.Dead), without, MembershipHarness.Silo(4, SiloStatus.Joining) })
        {
            Assert.True(await MembershipHarness.AddAsync(table, silo));
        }

        var gateways = _harness.Gateways();
        await gateways.InitializeGatewayListProvider();
        Assert.Equal("gwy.tcp://127.0.0.1:30000/7", Assert.Single(await gateways.GetGateways()).ToString());
        Assert.True(gateways.IsUpdatable);
        Assert.Equal(TimeSpan.FromSeconds(7), gateways.MaxStaleness);
    }

    private static Dictionary<string, object> Columns(TableEntity row) =>
        row.Where(cell => cell.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).ToDictionary(StringComparer.Ordinal);
}
