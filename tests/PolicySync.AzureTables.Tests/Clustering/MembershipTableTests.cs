using Azure;
using Azure.Data.Tables;
using Orleans.Runtime;
using PolicySync.AzureTables.Clustering;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.Clustering;

[Collection(AzuriteCollection.Name)]
public sealed class MembershipTableTests(AzuriteFixture azurite) : IDisposable
{
    private readonly MembershipHarness _harness = new(azurite);

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_new_cluster_begins_at_version_0_without_members_however_many_silos_start_it_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _harness.StartAsync()));

        var data = await _harness.Open().ReadAll();
        Assert.Equal(0, data.Version.Version);
        Assert.Empty(data.Members);
    }

    [Fact]
    public async Task A_silo_that_starts_later_leaves_the_version_as_it_is()
    {
        await MembershipHarness.AddAsync(await _harness.StartAsync(), MembershipHarness.Silo(1));

        Assert.Equal(1, (await (await _harness.StartAsync()).ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Without_a_version_row_the_table_is_not_taken_for_an_empty_cluster()
    {
        await _harness.Open().InitializeMembershipTable(tryInitTableVersion: false);

        var fault = await Assert.ThrowsAsync<SyncException>(() => _harness.Open().ReadAll());
        Assert.Equal(SyncErrorCode.StorageConflict, fault.Code);
    }

    [Fact]
    public async Task A_silo_is_read_back_whole_with_those_that_suspect_it()
    {
        var table = await _harness.StartAsync();
        var silo = MembershipHarness.Silo(1, SiloStatus.ShuttingDown);
        silo.AddSuspector(SiloAddress.New(System.Net.IPAddress.Parse("10.1.2.3"), 11_111, 5), silo.StartTime.AddMilliseconds(1_234));
        silo.AddSuspector(SiloAddress.New(System.Net.IPAddress.IPv6Loopback, 11_112, 6), silo.StartTime.AddDays(1));
        Assert.True(await MembershipHarness.AddAsync(table, silo));

        var all = await _harness.Open().ReadAll();
        var one = await _harness.Open().ReadRow(silo.SiloAddress);
        foreach (var data in new[] { all, one })
        {
            var (found, etag) = Assert.Single(data.Members);
            Assert.Equal(silo.ToFullString(), found.ToFullString());
            Assert.Equal((silo.SiloName, silo.HostName, silo.RoleName), (found.SiloName, found.HostName, found.RoleName));
            Assert.Equal((1, 2, 30_000), (found.UpdateZone, found.FaultZone, found.ProxyPort));
            Assert.Equal((silo.StartTime, silo.IAmAliveTime), (found.StartTime, found.IAmAliveTime));
            Assert.Equal(silo.SuspectTimes, found.SuspectTimes);
            Assert.Equal(_harness.Row("127.0.0.1-1-7").ETag.ToString(), etag);
            Assert.Equal(1, data.Version.Version);
        }
    }

    [Fact]
    public async Task A_silo_that_is_not_there_is_read_as_the_version_alone()
    {
        var table = await _harness.StartAsync();
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1));

        var data = await table.ReadRow(MembershipHarness.Silo(2).SiloAddress);
        Assert.Empty(data.Members);
        Assert.Equal(1, data.Version.Version);
    }

    [Fact]
    public async Task A_silo_that_is_there_is_not_inserted_again_and_the_version_stays()
    {
        var table = await _harness.StartAsync();
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1));

        Assert.False(await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1, SiloStatus.Dead)));
        var data = await table.ReadAll();
        Assert.Equal(1, data.Version.Version);
        Assert.Equal(SiloStatus.Active, Assert.Single(data.Members).Item1.Status);
    }

    [Fact]
    public async Task An_insert_that_was_decided_on_an_older_version_writes_nothing()
    {
        var table = await _harness.StartAsync();
        var old = (await table.ReadAll()).Version;
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1));

        Assert.False(await table.InsertRow(MembershipHarness.Silo(2), old.Next()));
        Assert.Single((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task An_update_replaces_the_silo_and_the_version_in_one()
    {
        var table = await _harness.StartAsync();
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1));
        var before = await table.ReadAll();

        Assert.True(await table.UpdateRow(MembershipHarness.Silo(1, SiloStatus.Dead), before.Members[0].Item2, before.Version.Next()));
        var after = await table.ReadAll();
        Assert.Equal(SiloStatus.Dead, after.Members[0].Item1.Status);
        Assert.Equal(2, after.Version.Version);
        Assert.NotEqual(before.Members[0].Item2, after.Members[0].Item2);
        Assert.NotEqual(before.Version.VersionEtag, after.Version.VersionEtag);
    }

    [Fact]
    public async Task An_update_that_was_decided_on_an_older_version_writes_nothing()
    {
        var table = await _harness.StartAsync();
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1));
        var old = await table.ReadAll();
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(2));

        Assert.False(await table.UpdateRow(MembershipHarness.Silo(1, SiloStatus.Dead), old.Members[0].Item2, old.Version.Next()));
        Assert.All((await table.ReadAll()).Members, member => Assert.Equal(SiloStatus.Active, member.Item1.Status));
    }

    [Fact]
    public async Task An_update_of_a_silo_that_is_not_there_writes_nothing()
    {
        var table = await _harness.StartAsync();
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1));
        var data = await table.ReadAll();

        Assert.False(await table.UpdateRow(MembershipHarness.Silo(2), data.Members[0].Item2, data.Version.Next()));
        Assert.Equal(1, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task A_heartbeat_changes_one_column_of_one_row()
    {
        var table = await _harness.StartAsync();
        var silo = MembershipHarness.Silo(1);
        await MembershipHarness.AddAsync(table, silo);
        var before = _harness.Row("127.0.0.1-1-7");
        var version = _harness.Row("VersionRow");

        var beat = MembershipHarness.Silo(1, SiloStatus.Dead);
        beat.IAmAliveTime = silo.IAmAliveTime.AddMinutes(1);
        await table.UpdateIAmAlive(beat);

        var after = _harness.Row("127.0.0.1-1-7");
        Assert.Equal(
            ["IAmAliveTime"],
            after.Keys.Where(key => key is not ("odata.etag" or "Timestamp") && !Equals(after[key], before[key])));
        Assert.Equal("2026-11-23 12:01:30.000 GMT", after["IAmAliveTime"]);
        Assert.Equal(version.ETag, _harness.Row("VersionRow").ETag);
    }

    [Fact]
    public async Task A_heartbeat_of_a_silo_that_was_taken_out_does_not_bring_it_back()
    {
        var table = await _harness.StartAsync();

        var fault = await Assert.ThrowsAsync<SyncException>(() => table.UpdateIAmAlive(MembershipHarness.Silo(1)));
        Assert.Equal(SyncErrorCode.StorageConflict, fault.Code);
        Assert.Empty((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task A_heartbeat_between_reading_and_updating_a_silo_stops_no_update_and_is_kept()
    {
        var table = await _harness.StartAsync();
        var silo = MembershipHarness.Silo(1);
        await MembershipHarness.AddAsync(table, silo);
        var read = await table.ReadAll();
        var beat = MembershipHarness.Silo(1);
        beat.IAmAliveTime = silo.IAmAliveTime.AddMinutes(1);
        await table.UpdateIAmAlive(beat);

        var suspected = read.Members[0].Item1;
        suspected.AddSuspector(SiloAddress.New(System.Net.IPAddress.Loopback, 9, 9), silo.StartTime);
        Assert.True(await table.UpdateRow(suspected, read.Members[0].Item2, read.Version.Next()));
        var found = (await table.ReadAll()).Members[0].Item1;
        Assert.Equal(beat.IAmAliveTime, found.IAmAliveTime);
        Assert.Single(found.SuspectTimes!);
    }

    [Fact]
    public async Task Clean_up_takes_silos_that_are_long_gone_and_nothing_else()
    {
        var table = await _harness.StartAsync();
        foreach (var (port, status) in new[] { (1, SiloStatus.Dead), (2, SiloStatus.Joining), (3, SiloStatus.Active) })
        {
            Assert.True(await MembershipHarness.AddAsync(table, MembershipHarness.Silo(port, status)));
        }

        var limit = _harness.Row("VersionRow").Timestamp!.Value.AddMilliseconds(1);
        while (!await AddAfterAsync(table, limit, MembershipHarness.Silo(4, SiloStatus.Dead)))
        {
            await table.DeleteMembershipTableEntries("other"); // a call's time, so that the storage's clock goes on
        }

        await table.CleanupDefunctSiloEntries(limit);

        Assert.Equal(
            ["!Start", "127.0.0.1-3-7", "127.0.0.1-4-7", "VersionRow", "~End"],
            _harness.Raw.Query<TableEntity>().Select(row => row.RowKey).Order(StringComparer.Ordinal));
        Assert.Equal(4, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task A_silo_that_changed_since_it_was_read_is_not_cleaned_away_and_the_others_are()
    {
        var table = await _harness.StartAsync();
        foreach (var port in new[] { 1, 2, 3 })
        {
            await MembershipHarness.AddAsync(table, MembershipHarness.Silo(port, SiloStatus.Dead));
        }

        var crossed = false;
        using var proxy = new FaultyProxy(azurite.TablePort, line =>
        {
            if (line.Contains("$batch", StringComparison.Ordinal) && !crossed)
            {
                crossed = true;
                var row = _harness.Row("127.0.0.1-2-7");
                _harness.Raw.UpdateEntity(row, ETag.All);
            }

            return false;
        });
        var cleaner = _harness.Open(connectionString: proxy.ConnectionStringLike(azurite.ConnectionString));
        await cleaner.CleanupDefunctSiloEntries(DateTimeOffset.MaxValue);

        Assert.True(crossed);
        Assert.Equal(2, Assert.Single((await table.ReadAll()).Members).Item1.SiloAddress.Endpoint.Port);
    }

    [Fact]
    public async Task Deleting_a_cluster_leaves_the_others()
    {
        var blue = await _harness.StartAsync();
        var green = await _harness.StartAsync("green");
        await MembershipHarness.AddAsync(blue, MembershipHarness.Silo(1));
        await MembershipHarness.AddAsync(green, MembershipHarness.Silo(2));

        await blue.DeleteMembershipTableEntries("blue");

        Assert.Equal(2, Assert.Single((await green.ReadAll()).Members).Item1.SiloAddress.Endpoint.Port);
        Assert.DoesNotContain(_harness.Raw.Query<TableEntity>(), row => row.PartitionKey == "blue");
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_does_not_hide_the_others()
    {
        var table = await _harness.StartAsync();
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1));
        await _harness.Raw.AddEntityAsync(new TableEntity("blue", "strange") { ["Status"] = "Active", ["Address"] = "nowhere" });

        Assert.Equal(1, Assert.Single((await table.ReadAll()).Members).Item1.SiloAddress.Endpoint.Port);
    }

    // False, and the silo gone again, when the storage's clock has not passed the limit yet.
    private async Task<bool> AddAfterAsync(
        AzureTableMembershipTable table, DateTimeOffset limit, MembershipEntry silo)
    {
        if (!_harness.Raw.Query<TableEntity>(row => row.RowKey == "127.0.0.1-4-7").Any())
        {
            await MembershipHarness.AddAsync(table, silo);
        }
        else
        {
            await table.UpdateIAmAlive(silo);
        }

        return _harness.Row("127.0.0.1-4-7").Timestamp >= limit;
    }
}
