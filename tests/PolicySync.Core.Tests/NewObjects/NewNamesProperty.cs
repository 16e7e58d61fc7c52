using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.NewObjects;

/// <summary>
/// Random sequences of creations, drops, other types under a name, rounds with partial failures and tasks that could not be made: what must be
/// named is named, and nothing that did not change.
/// </summary>
public sealed class NewNamesProperty
{
    private static readonly string[] Schemas = ["s", "t", "u"];
    private static readonly string[] Kinds = ["MANAGED", "VIEW"];

    [Fact]
    public void Each_table_is_named_after_it_was_made_and_none_that_did_not_change()
    {
        var named = 0;
        for (var seed = 0; seed < 3_000; seed++)
        {
            named += new History(seed).Play();
        }

        Assert.True(named > 20_000, $"only {named} names");
    }

    /// <summary>The truth beside what the watch knows, kept by events instead of by comparing lists.</summary>
    private sealed class History(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly WatchedMetastore _watch = new();
        private readonly SortedDictionary<string, Table> _tables = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _schemas = new(StringComparer.Ordinal) { "s" };

        // Schemas of which a complete list was taken, and tables as they were when a list had them last.
        private readonly HashSet<string> _learned = [];
        private readonly HashSet<string> _old = [];
        private readonly Dictionary<string, string> _seen = [];
        private bool _hasList;

        private sealed record Table(string Kind, bool IsDone);

        public int Play()
        {
            var named = 0;
            for (var step = 0; step < 40; step++)
            {
                for (var changes = _random.Next(4); changes > 0; changes--)
                {
                    Change();
                }

                named += Round(mayFail: true);
            }

            named += Round(mayFail: false);
            Assert.All(_tables, table => Assert.True(table.Value.IsDone, $"seed {seed}: {table.Key} was missed"));
            return named;
        }

        private void Change()
        {
            var schema = Schemas[_random.Next(3)];
            var table = $"{schema}.t{_random.Next(12)}";
            switch (_random.Next(8))
            {
                case 0 when _schemas.Count > 1 && _random.Next(4) == 0:
                    _schemas.Remove(schema);
                    _tables.Keys.Where(name => name.StartsWith(schema + ".", StringComparison.Ordinal)).ToList().ForEach(name => _tables.Remove(name));
                    break;
                case 1:
                    _schemas.Add(schema);
                    break;
                case 2 or 3:
                    _tables.Remove(table);
                    break;
                default:
                    if (_schemas.Contains(schema) && !_tables.ContainsKey(table))
                    {
                        var kind = Kinds[_random.Next(2)];
                        // One that is back under its name and type before a list lacked it, is the same to any list.
                        _tables[table] = new Table(kind, IsDone: _seen.GetValueOrDefault(table) == kind);
                    }

                    break;
            }
        }

        private int Round(bool mayFail)
        {
            var failed = _schemas.Where(_ => mayFail && _random.Next(6) == 0).ToHashSet();
            var text = string.Join(" ; ", _schemas.Select(schema => $"{schema}: {Tables(schema, failed)}{(failed.Contains(schema) ? " !" : "")}"));
            var listed = text.Split(" ; ").Select(part => part.Split(": ")).SelectMany(part => part[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word != "!").Select(word => $"{part[0]}.{word.Split('/')[1]}")).ToHashSet();
            var left = mayFail && _random.Next(3) == 0 ? string.Join(' ', _tables.Keys.Where(_ => _random.Next(3) == 0).Select(name => $"main.{name}").Append("main.t")) : "";
            var result = _watch.Round(text, unnamed: left);
            var names = result.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split(' ')).ToList();
            foreach (var leaf in names.Where(one => one[0] == "table").Select(one => one[1]["main.".Length..]))
            {
                Assert.True(listed.Contains(leaf) && !_tables[leaf].IsDone, $"seed {seed}: {leaf} was named although it did not change: {text}");
            }

            var containers = names.Where(one => one[0] == "schema").Select(one => one[1]["main.".Length..]).ToHashSet();
            Remember(failed, listed, containers, [.. names.Where(one => one[0] == "table").Select(one => one[1]["main.".Length..])]);
            return names.Count;
        }

        private string Tables(string schema, HashSet<string> failed) => string.Join(' ', _tables
            .Where(table => table.Key.StartsWith(schema + ".", StringComparison.Ordinal) && (!failed.Contains(schema) || _random.Next(2) == 0))
            .Select(table => $"{table.Value.Kind}/{table.Key.Split('.')[1]}"));

        private void Remember(HashSet<string> failed, HashSet<string> listed, HashSet<string> containers, HashSet<string> leaves)
        {
            foreach (var schema in Schemas.Where(schema => !_schemas.Contains(schema)))
            {
                _learned.Remove(schema);
                _old.Remove(schema);
                Forget(name => name.StartsWith(schema + ".", StringComparison.Ordinal));
            }

            foreach (var schema in _schemas)
            {
                if (!_hasList)
                {
                    _old.Add(schema); // it existed when the watch began
                }

                var isComplete = !failed.Contains(schema);
                var isLearning = isComplete && !_learned.Contains(schema) && _old.Contains(schema);
                foreach (var table in listed.Where(name => name.StartsWith(schema + ".", StringComparison.Ordinal)))
                {
                    if (isLearning || containers.Contains(schema) || leaves.Contains(table))
                    {
                        _tables[table] = _tables[table] with { IsDone = true };
                    }

                    if (_tables[table].IsDone && (isComplete || _learned.Contains(schema)))
                    {
                        _seen[table] = _tables[table].Kind;
                    }
                }

                if (isComplete)
                {
                    Forget(name => name.StartsWith(schema + ".", StringComparison.Ordinal) && !listed.Contains(name));
                    if (isLearning || containers.Contains(schema))
                    {
                        _learned.Add(schema);
                    }
                }
            }

            _hasList = true;
        }

        private void Forget(Predicate<string> which) => _seen.Keys.Where(name => which(name)).ToList().ForEach(name => _seen.Remove(name));
    }
}
