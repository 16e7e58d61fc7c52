using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.NewObjects;

/// <summary>Which objects a round names, from what it lists and what earlier rounds listed.</summary>
public sealed class NewNames
{
    /// <summary>Lists of successive rounds, and what each names, parted by `|`.</summary>
    [Theory]
    [InlineData("s: a b", "")] // the first list is learned
    [InlineData("s: a b c | s: a b c", "|")]
    [InlineData("s: a b c | s: a b c d | s: a b c d", "|table main.s.d|")]
    [InlineData("s: a b c | S: A B C D", "|table main.s.d")] // names are compared without case
    [InlineData("s: a b c d | s: a b c VIEW/d | s: a b c VIEW/d", "|table main.s.d|")] // another type under the name
    [InlineData("s: a b c d | s: a b c | s: a b c d", "||table main.s.d")] // gone, and back
    [InlineData("s: a b c ; t: x y z | s: a b c d ; t: w x y z", "|table main.s.d, table main.t.w")]
    [InlineData("s: a b c | s: a b c d e f", "|schema main.s")] // half of the names are new
    [InlineData("s: a b c d | s: a b c d e f g", "|table main.s.e, table main.s.f, table main.s.g")]
    [InlineData("s: a b c | s: a b c ; n: x", "|schema main.n")]
    [InlineData("s: a b c | s: a b c ; n:", "|schema main.n")]
    [InlineData("s: a ; t: b | s: a | s: a ; t: b", "||schema main.t")]
    [InlineData("s: | s: a", "|schema main.s")]
    // What could not be listed is unknown: neither gone, nor new when it is listed again.
    [InlineData("s: a b c | s: ! | s: a b c", "||")]
    [InlineData("s: a b c | s: a ; !! | s: a b c", "||")]
    [InlineData("s: a b c | s: a d ! | s: a b c d", "|table main.s.d|")] // what was listed is new all the same
    [InlineData("s: a b c | s: a b c ; n: ! | s: a b c ; n: x", "||schema main.n")]
    [InlineData("s: ! | s: a b c | s: a b c d", "||table main.s.d")] // learned when it is listed first
    [InlineData("s: a b c ; t: ! | s: a b c d ; t: x | s: a b c d ; t: x y", "|table main.s.d|schema main.t")]
    [InlineData("s: a b c ; !! | s: a b c d | s: a b c d e", "||table main.s.e")]
    public void What_a_round_names_follows_from_the_lists(string lists, string expected)
    {
        var metastore = new WatchedMetastore();

        Assert.Equal(expected, string.Join('|', lists.Split('|').Select(list => metastore.Round(list))));
    }

    [Theory]
    [InlineData(true, "s: a b ; t: x", "catalog main")]
    [InlineData(false, "s: a b ; t: x", "schema main.s, schema main.t")]
    [InlineData(true, "", "catalog main")]
    [InlineData(false, "", "")]
    [InlineData(true, "s: a b ; t: !", "")] // not before it could be listed
    public void A_new_catalog_is_named_as_a_whole_or_by_its_schemas_as_scopes_say(bool isWhole, string list, string expected)
    {
        var metastore = new WatchedMetastore { IsNew = true };

        Assert.Equal(expected, metastore.Round(list, isWhole));
    }

    [Fact]
    public void A_new_catalog_that_could_not_be_listed_is_named_when_it_can()
    {
        var metastore = new WatchedMetastore { IsNew = true };

        Assert.Equal("", metastore.Round("s: a ! ; t: x"));
        Assert.Equal("catalog main", metastore.Round("s: a b ; t: x"));
        Assert.Equal("", metastore.Round("s: a b ; t: x"));
    }

    [Fact]
    public void What_no_task_named_is_new_in_the_next_round_too()
    {
        var metastore = new WatchedMetastore();
        metastore.Round("s: a b c d e ; t: x");

        Assert.Equal("table main.s.f", metastore.Round("s: a b c d VIEW/e f ; t: x ; n: y", unnamed: "main.s.e main.n"));
        Assert.Equal("schema main.n, table main.s.e", metastore.Round("s: a b c d VIEW/e f ; t: x ; n: y"));
        Assert.Equal("", metastore.Round("s: a b c d VIEW/e f ; t: x ; n: y"));
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(1_001, true)]
    public void More_than_a_thousand_new_names_of_a_schema_are_named_by_the_schema(int count, bool isSchema)
    {
        var metastore = new WatchedMetastore();
        var before = string.Join(' ', Enumerable.Range(0, 5_000).Select(number => $"t{number}"));
        metastore.Round($"s: {before}");

        var named = metastore.List($"s: {before} {string.Join(' ', Enumerable.Range(0, count).Select(number => $"n{number}"))}").News();

        Assert.Equal(isSchema ? (1, 0) : (0, count), (named.Containers.Count, named.Leaves.Count));
    }

    [Theory]
    [InlineData("s: a b c d", "s: a b", false)]
    [InlineData("s: a b c d", "s: a", true)]
    [InlineData("s: a b c d", "s:", true)]
    [InlineData("s: a b c d", "s: !", false)] // what failed is not believed anyway
    [InlineData("s: a b ; t: x", "s: a b", false)] // the schema itself is gone, as another list says
    public void A_list_that_lacks_more_than_half_is_doubtful(string before, string now, bool isDoubtful)
    {
        var metastore = new WatchedMetastore();
        metastore.Round(before);

        Assert.Equal(isDoubtful, metastore.List(now).IsDoubtful);
    }

    [Fact]
    public void The_schema_that_lacks_most_is_the_one_to_compare_with()
    {
        var metastore = new WatchedMetastore();
        metastore.Round("s: a b c ; t: x y z ; u: 1 2 3");

        Assert.Equal("main.t", metastore.List("s: a b ; t: ; u: 1 2 3").Probe!.FullName);
    }

    [Theory]
    [InlineData("a:1:1", "a:1:1", "")]
    [InlineData("a:1:1", "a:2:1", "a recreated")]
    [InlineData("a:1:1", "a:1:2", "a changed")]
    [InlineData("a:1:1", "a:2:2", "a recreated")]
    [InlineData("a:1:1", "a:1:1 b:3:1", "")] // a new name, which names tell
    [InlineData("a:1:1", "a::", "")] // absent data is unknown
    [InlineData("a:1:1", "", "")]
    [InlineData("a:1: b:1:1", "a:1:5 b:2:", "b recreated")]
    public void A_table_of_another_id_or_time_is_another_or_changed(string before, string now, string expected)
    {
        var hasher = new NameHasher(Guid.Empty);
        var known = KnownTables.Learn(null, Tables(before), new HashSet<Securable>(), hasher);

        Assert.Equal(expected, string.Join(' ', KnownTables.Changed(known, Tables(now), hasher)
            .Select(one => $"{one.Table.Name} {(one.IsRecreated ? "recreated" : "changed")}")));
        Assert.Empty(KnownTables.Changed(null, Tables(now), hasher));
    }

    [Fact]
    public void A_changed_table_stays_changed_until_a_task_names_it()
    {
        var hasher = new NameHasher(Guid.Empty);
        var table = Securable.Table("main", "s", "a");
        var known = KnownTables.Learn(null, Tables("a:1:1"), new HashSet<Securable>(), hasher);

        known = KnownTables.Learn(known, Tables("a:2:1"), new HashSet<Securable> { table }, hasher);
        Assert.Single(KnownTables.Changed(known, Tables("a:2:1"), hasher));

        known = known.With(Tables("a:2:1"), hasher);
        Assert.Empty(KnownTables.Changed(known, Tables("a:2:1"), hasher));
        Assert.Single(KnownTables.Changed(KnownTables.Learn(known, Tables("a::"), new HashSet<Securable>(), hasher), Tables("a:3:1"), hasher));
    }

    [Fact]
    public void Tasks_have_containers_first_and_no_table_twice_or_below_a_named_container()
    {
        var leaves = Enumerable.Range(0, 2_500).Select(number => Securable.Table("main", "s", $"t{number}")).ToList();

        var tasks = NewObjectTasks.Divide(
            [Securable.Schema("main", "n"), Securable.Catalog("hr")], [.. leaves, leaves[0], Securable.Table("main", "n", "x"), Securable.Table("hr", "a", "b")], 10);

        Assert.Equal([2, 1_000, 1_000, 500], tasks.Select(task => task.Count));
        Assert.Equal(2_502, tasks.SelectMany(task => task).Distinct().Count());
        Assert.Equal(2, NewObjectTasks.Divide([Securable.Catalog("hr")], leaves, 2).Count);
        Assert.Equal(("RESOURCE_SYNC", "watch", "watch"), (NewObjectTasks.Request(tasks[0]).Type, NewObjectTasks.Request(tasks[0]).Origin, NewObjectTasks.Request(tasks[0]).Event!.Source));
    }

    private static List<ListedTable> Tables(string text) =>
    [
        .. from word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
           let parts = word.Split(':')
           select new ListedTable(Securable.Table("main", "s", parts[0]), "MANAGED", parts[1].Length > 0 ? parts[1] : null)
           {
               UpdatedAt = parts[2].Length > 0 ? DateTimeOffset.UnixEpoch.AddMinutes(int.Parse(parts[2], null)) : null,
           },
    ];
}
