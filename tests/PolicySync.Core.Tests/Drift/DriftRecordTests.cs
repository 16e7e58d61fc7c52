using PolicySync.Core.Drift;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Drift;

/// <summary>Differences are written "principal" for drift and "principal!" for a foreign grant.</summary>
public sealed class DriftRecordTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly Securable Table = Securable.Table("main", "sales", "orders");

    [Theory]
    [InlineData("", "a b!", true, "a b!")]
    [InlineData("", "a b!", false, "")]
    [InlineData("a b!", "b!", true, "b!")]
    [InlineData("a b!", "b!", false, "b!")]
    [InlineData("a b!", "", true, "")]
    [InlineData("a", "a b c!", true, "a b c!")]
    [InlineData("a", "A", true, "a")] // spellings of one principal
    [InlineData("a", "a!", true, "a!")]
    public void What_is_found_stays_what_is_not_goes_and_a_verification_adds(string before, string found, bool adds, string after) =>
        Assert.Equal(after, Write(Record(before, Now).After(Read(found), _ => true, adds, Now.AddHours(1))));

    [Fact]
    public void What_a_run_does_not_look_at_stays() =>
        Assert.Equal("a b", Write(Record("a b c", Now).After(Read("b"), difference => difference.Principal != "a@x.io", adds: true, Now)));

    [Fact]
    public void What_stays_keeps_its_time_and_acceptance_and_nothing_new_is_the_same_record()
    {
        var record = Record("a b", Now);
        var accepted = record.Entries[0] with { Accepted = new DriftAcceptance("known", Now.AddHours(2), "ann", Now) };
        record = record.With(accepted);

        var after = record.After(Read("a c"), _ => true, adds: true, Now.AddHours(1));

        Assert.Same(accepted, after.Entries[0]);
        Assert.Equal(Now.AddHours(1), after.Entries[1].Since);
        Assert.Same(after, after.After(Read("c a"), _ => true, adds: true, Now.AddHours(2)));
        Assert.Equal(["DRIFT|GRANT|a@x.io|SELECT|"], after.IgnoredAt(Now.AddHours(2).AddTicks(-1)));
        Assert.Empty(after.IgnoredAt(Now.AddHours(2)));
    }

    [Fact]
    public void Drift_is_as_old_as_the_oldest_that_is_reported_and_grants_of_others_do_not_count()
    {
        var record = Record("a f!", Now).After(Read("a f! b"), _ => true, adds: true, Now.AddHours(1));

        Assert.Equal(Now, record.DriftSince(Now.AddHours(3)));
        var ignored = record.With(record.Entries[0] with { Accepted = new DriftAcceptance("known", Now.AddHours(2), "ann", Now) });
        Assert.Equal(Now.AddHours(1), ignored.DriftSince(Now.AddHours(2).AddTicks(-1)));
        Assert.Equal(Now, ignored.DriftSince(Now.AddHours(2)));
        Assert.Null(record.After(Read("f!"), _ => true, adds: false, Now.AddHours(3)).DriftSince(Now.AddHours(3)));
    }

    [Theory]
    [InlineData("", "a b!", "a b!")]
    [InlineData("a", "b! a", "a b!")]
    [InlineData("a b!", "A", "a b!")]
    [InlineData("a", "b b", "a b")]
    public void What_an_earlier_record_had_is_added_where_it_is_missing(string own, string earlier, string after) =>
        Assert.Equal(after, Write(Record(own, Now).WithMissing([.. Read(earlier).Select(difference => new DriftEntry(difference, Now))])));

    [Fact]
    public void An_acceptance_is_added_where_there_is_none_and_nothing_new_is_the_same_record()
    {
        var record = Record("a b", Now);
        var kept = new DriftAcceptance("kept", Now.AddHours(1), "bob", Now);
        record = record.With(record.Entries[1] with { Accepted = kept });
        var acceptance = new DriftAcceptance("known", Now.AddHours(2), "ann", Now);
        List<DriftEntry> earlier = [.. Read("a b").Select(difference => new DriftEntry(difference, Now.AddDays(-1)) { Accepted = acceptance })];

        var after = record.WithMissing(earlier);

        Assert.Equal([acceptance, kept], after.Entries.Select(entry => entry.Accepted));
        Assert.All(after.Entries, entry => Assert.Equal(Now, entry.Since));
        Assert.Same(after, after.WithMissing(earlier));
    }

    [Fact]
    public void A_record_is_bounded()
    {
        var many = Enumerable.Range(0, DriftRecord.MaxEntries + 5).Select(n => new Difference(DriftKind.Foreign, null, $"u{n}@x.io", "SELECT", null)).ToList();

        Assert.Equal(DriftRecord.MaxEntries, DriftRecord.NoneOf(Table).After(many, _ => true, adds: true, Now).Entries.Count);
    }

    [Fact]
    public void Ids_are_stable_and_tell_securables_and_differences_apart()
    {
        var difference = Read("a")[0];
        var id = DriftId.Of(Table, difference);

        Assert.Equal("43orhof4Fn2hRczQ6LInjwZr5pvgVCS1", id);
        Assert.Equal(id, DriftId.Of(Securable.Table("MAIN", "Sales", "ORDERS"), difference with { PolicyId = 9, Principal = "A@X.io" }));
        Assert.Equal(DriftId.KeyOf(Table), DriftId.RecordOf(id));
        Assert.Equal(4, new[] { id, DriftId.Of(Securable.Table("main", "sales", "orders2"), difference), DriftId.Of(Table, Read("a!")[0]), DriftId.Of(Table, Read("b")[0]) }.Distinct().Count());
        Assert.All([id[1..], id + "A", "!" + id[1..], ""], text => Assert.Null(DriftId.RecordOf(text)));
    }

    private static DriftRecord Record(string text, DateTimeOffset since) => DriftRecord.NoneOf(Table).After(Read(text), _ => true, adds: true, since);

    private static List<Difference> Read(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.EndsWith('!')
        ? new Difference(DriftKind.Foreign, null, $"{word[..^1]}@x.io", "SELECT", null)
        : new Difference(DriftKind.Drift, ChangeAction.Grant, $"{word}@x.io", "SELECT", null))];

    private static string Write(DriftRecord record) => string.Join(' ', record.Entries.Select(entry =>
        entry.Difference.Principal!.Split('@')[0] + (entry.Difference.Kind == DriftKind.Foreign ? "!" : "")));
}
