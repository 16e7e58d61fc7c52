using System.Text.Json;
using PolicySync.Core.Drift;
using PolicySync.Core.Planning;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Records;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Indexing;
using PolicySync.Grains.Tests.Support;
using PolicySync.Host.Storage;

namespace PolicySync.Grains.Tests;

/// <summary>An export has everything that a lost account would lose, each with the name of its securable.</summary>
public sealed class ReadingRecords
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Long = new('t', 255);

    private readonly KeptNames _names = new();
    private readonly MemoryDrift _drift = new();
    private readonly KeptSuspensions _suspensions = new();
    private readonly List<StoredState> _states = [];
    private readonly List<ObjectName> _parked = [];

    [Fact]
    public async Task Every_kind_is_read_in_pages_however_small()
    {
        Store(Securable.Table("main", "sales", "a"), State());
        Store(Securable.Table("main", "sales", "b"), State());
        Store(Securable.Table("main", "sales", "nothing"), new ResourceState { KnownAs = "id-9", PolicyVersion = 3 });
        _parked.Add(new ObjectName(Securable.Table("main", "sales", "a"), "id-7", StoredJson.Write(State())));
        foreach (var pattern in new[] { "x", "y", "z" })
        {
            await _suspensions.SetAsync(new Suspension(NamePattern.Parse(pattern), "audit", Now.AddHours(pattern == "y" ? -1 : 1), "ann", Now), default);
        }

        foreach (var name in new[] { "c", "d", "e" })
        {
            var difference = new Difference(DriftKind.Foreign, null, "eve@corp.com", "MODIFY", null);
            await _drift.SetAsync(DriftRecord.NoneOf(Securable.Table("main", "sales", name)).After([difference], _ => true, adds: true, Now), default);
        }

        foreach (var size in new[] { 1, 2, 100 })
        {
            var read = await ReadAsync(size);

            Assert.Equal(["SUSPENSION x", "SUSPENSION z", "STATE main.sales.a", "STATE main.sales.b", "PARKED main.sales.a"], read.Take(5).Select(Text));
            Assert.Equal(["DIFFERENCES main.sales.c", "DIFFERENCES main.sales.d", "DIFFERENCES main.sales.e"], read.Skip(5).Select(Text).Order(StringComparer.Ordinal));
            Assert.All(read, record => Assert.Null(RecordContent.FaultOf(record.Kind, record.Content)));
        }
    }

    [Fact]
    public async Task A_state_is_exported_without_what_is_of_its_account_only()
    {
        var state = State();
        (state.Epoch, state.OpenIntentOf, state.MayHaveDrift, state.RecheckAt) = (7, Guid.NewGuid(), true, Now);
        state.Seen = new SeenAccess { Securable = "table main.sales.a", Owner = "own" };
        Store(Securable.Table("main", "sales", "a"), state);

        var read = JsonSerializer.Deserialize<ResourceState>(Assert.Single(await ReadAsync(10)).Content, StoredJson.Settings)!;

        Assert.Equal((0, (Guid?)null, false, (DateTimeOffset?)null, (SeenAccess?)null), (read.Epoch, read.OpenIntentOf, read.MayHaveDrift, read.RecheckAt, read.Seen));
        Assert.Equal(state.Ledger.Entries, read.Ledger.Entries);
    }

    [Fact]
    public async Task The_name_of_a_hashed_key_is_that_of_the_last_run()
    {
        var state = State();
        var securable = Securable.Table(Long, Long, Long);
        state.Seen = new SeenAccess { Securable = securable.ToString() };
        Store(securable, state);

        Assert.Equal(securable.FullName, Assert.Single(await ReadAsync(10)).FullName);
    }

    [Fact]
    public async Task The_name_of_a_hashed_key_is_the_one_that_is_remembered_of_the_id()
    {
        var state = State();
        var securable = Securable.Table(Long, Long, Long);
        state.Seen = new SeenAccess { Securable = "table main.sales.of_a_former_name" };
        Store(securable, state);
        await _names.SetAsync(new ObjectName(Securable.Table("main", "sales", "other"), "id-1"), default);
        await _names.SetAsync(new ObjectName(securable, "id-1"), default);

        Assert.Equal(securable.FullName, Assert.Single(await ReadAsync(10)).FullName);
    }

    [Fact]
    public async Task A_state_whose_name_cannot_be_found_is_told_and_not_left_out()
    {
        Store(Securable.Table(Long, Long, Long), State());

        var record = Assert.Single(await ReadAsync(10));

        Assert.Equal((RecordKind.Unnamed, (string?)null), (record.Kind, record.Type));
        Assert.StartsWith("table:ttt", record.FullName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_told_from_a_function_by_the_last_run()
    {
        var model = Securable.Parse(SecurableType.Model, "a.b.c");
        var state = State();
        state.Seen = new SeenAccess { Securable = model.ToString() };
        Store(model, state);

        Assert.Equal("model", Assert.Single(await ReadAsync(10)).Type);
    }

    [Theory]
    [InlineData("STATE", """{"ledger":{"entries":[{"principal":"ann","privilege":"SELECT","grantedAt":"yesterday"}]}}""", "/ledger/entries/0/grantedAt")]
    [InlineData("STATE", """{"ledger":{"entries":[{"principal":"ann","privilege":""}]}}""", "/ledger/entries/0/privilege")]
    [InlineData("STATE", """{"ledger":null}""", "/ledger")]
    [InlineData("STATE", """{"ledger":{"entries":[]},"newerMember":1}""", "/newerMember")]
    [InlineData("STATE", """{"guardFunctions":[{"fullName":"f"}]}""", "/guardFunctions/0/fullName")]
    [InlineData("STATE", "{}", "")]
    [InlineData("DIFFERENCES", "{}", "/entries")]
    [InlineData("DIFFERENCES", """{"entries":[{"since":"2026-03-01T12:00:00Z"}]}""", "/entries/0/difference")]
    [InlineData("SUSPENSION", """{"endTime":"2026-03-01T12:00:00Z"}""", "/reason")]
    public void A_fault_of_a_content_has_its_place(string kind, string content, string pointer)
    {
        Assert.True(Core.WireNames.TryParse<RecordKind>(kind, out var known));

        Assert.Equal(pointer, RecordContent.FaultOf(known, JsonElement.Parse(content))?.Pointer);
    }

    private static ResourceState State() => new()
    {
        Ledger = new Ledger("id-1", [new LedgerEntry { Principal = "ann@corp.com", Privilege = "SELECT", TaskId = "7" }]), KnownAs = "id-1",
        GuardFunctions = [new GuardFunctionState { FullName = "main.g.mask_1", Column = "ssn" }],
        RefusedParts = [new RefusedPart { Principal = "bob@corp.com", Privilege = "MANAGE", Reason = "no" }],
    };

    private void Store(Securable securable, ResourceState state) => _states.Add(new StoredState(ResourceKey.Of("test", securable), StoredJson.Write(state)));

    private async Task<List<StoredRecord>> ReadAsync(int size)
    {
        var reader = new RecordReader(new Listed(this), _names, _drift, _suspensions, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Now));
        var (read, place) = (new List<StoredRecord>(), (string?)null);
        do
        {
            var slice = (await reader.ReadAsync("test", place, size, default))!;
            Assert.True(slice.Items.Count <= size);
            read.AddRange(slice.Items);
            place = slice.Next;
        }
        while (place is not null);
        return read;
    }

    private static string Text(StoredRecord record) => $"{Core.WireNames.Of(record.Kind)} {record.FullName}";

    private sealed class Listed(ReadingRecords test) : IStoredRecords
    {
        public Task<StoredSlice<StoredState>> ListStatesAsync(string prefix, string? after, int count, CancellationToken cancellation) =>
            Task.FromResult(Slice(test._states, state => state.Key, after, count));

        public Task<StoredSlice<ObjectName>> ListParkedAsync(string? after, int count, CancellationToken cancellation) =>
            Task.FromResult(Slice(test._parked, name => name.Identity, after, count));

        private static StoredSlice<T> Slice<T>(IEnumerable<T> all, Func<T, string> place, string? after, int count)
        {
            var rest = all.Where(item => after is null || string.CompareOrdinal(place(item), after) > 0).OrderBy(place, StringComparer.Ordinal).Take(count).ToList();
            return new(rest, rest.Count == count ? place(rest[^1]) : null);
        }
    }
}
