using System.Text.RegularExpressions;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Row filters and masks: the statements that change them, and the table that shows them.</summary>
internal sealed partial class FakeUnityCatalog : ITableGuards
{
    public const string Table = "TABLE";
    public const string Sql = "SQL";
    public const string Function = "FUNCTION";

    private readonly Dictionary<string, AttachedGuard> _guards = new(StringComparer.Ordinal);
    private readonly List<(string Word, Func<Task> Act)> _statementFaults = [];

    private readonly SortedDictionary<string, ToldFunction> _functions = new(StringComparer.Ordinal);

    /// <summary>Functions that exist, by full name.</summary>
    public IReadOnlyCollection<string> Functions => _functions.Keys;

    /// <summary>Whoever makes schemas and functions owns them: the service, unless a test lets somebody be faster.</summary>
    public string Maker { get; set; } = "svc@corp.com";

    /// <summary>The database gives bodies back in words of its own.</summary>
    public bool Rewords { get; set; }

    /// <summary>The body of the function that is a table's row filter, or the mask of a column: <c>mask:ssn</c>.</summary>
    public string BodyOf(string table, string slot)
    {
        lock (_gate)
        {
            return _functions[_guards[$"{table}|{slot}"].Function].Definition!;
        }
    }

    /// <summary>Somebody changes the function of a slot.</summary>
    public void Tamper(string table, string slot, Func<ToldFunction, ToldFunction> change)
    {
        lock (_gate)
        {
            var function = _guards[$"{table}|{slot}"].Function;
            _functions[function] = change(_functions[function]);
        }
    }

    /// <summary>Somebody makes a function before us.</summary>
    public void MakeFunction(string fullName, string owner)
    {
        lock (_gate)
        {
            _functions[fullName] = new ToldFunction(fullName) { Owner = owner, Definition = "TRUE", Returns = "boolean" };
            _grants.TryAdd(Path(Securable.Parse(SecurableType.Function, fullName)), new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal));
        }
    }

    /// <summary>The function of a slot.</summary>
    public string FunctionOf(string table, string slot)
    {
        lock (_gate)
        {
            return _guards[$"{table}|{slot}"].Function;
        }
    }

    /// <summary>Somebody changes an object's record: its owner, its id.</summary>
    public void Change(string on, Func<SecurableFacts, SecurableFacts> change)
    {
        lock (_gate)
        {
            _objects[on] = change(_objects[on]);
        }
    }

    /// <summary>Somebody drops a table and makes it again: another id, no guards, no grants.</summary>
    public void Recreate(string on)
    {
        lock (_gate)
        {
            var table = Resources.Parse(on);
            foreach (var slot in _guards.Keys.Where(key => key.StartsWith(table.FullName + "|", StringComparison.Ordinal)).ToList())
            {
                _guards.Remove(slot);
            }

            _grants[Path(table)].Clear();
            _objects[on] = _objects[on] with { Identity = $"id-{++_identities}" };
        }
    }

    public async Task<ToldFunction?> GetFunctionAsync(string fullName, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Function, Securable.Parse(SecurableType.Function, fullName), "", meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            return _functions.GetValueOrDefault(fullName);
        }
    }

    /// <summary>Set while the warehouse does not run.</summary>
    public SyncException? Warehouse { get; set; }

    /// <summary>The statements carried out, shortened to what they do: <c>SET FILTER</c>, <c>DROP FUNCTION</c>.</summary>
    public IReadOnlyList<string> Statements => [.. Calls.Where(call => call.Operation == Sql).Select(call => call.Detail)];

    /// <summary>What guards a table: <c>filter mask:ssn</c>, with ! for those of others.</summary>
    public string GuardsOn(string table)
    {
        lock (_gate)
        {
            return string.Join(' ', _guards.Where(guard => guard.Key.StartsWith(table + "|", StringComparison.Ordinal))
                .Select(guard => guard.Key[(table.Length + 1)..] + (guard.Value.Function.Contains("policysync_guards", StringComparison.Ordinal) ? "" : "!")).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>The next statement that holds a word meets this: it fails, waits, or is lost.</summary>
    public void MeetStatement(string word, Func<Task> act)
    {
        lock (_gate)
        {
            _statementFaults.Add((word, act));
        }
    }

    public async Task<TableShape> GetTableAsync(Securable table, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Table, table, "", meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            var facts = _objects.GetValueOrDefault(table.ToString()) ?? throw NotFound(table);
            AttachedGuard? Guard(string slot) => _guards.GetValueOrDefault($"{table.FullName}|{slot}");
            return new TableShape(facts, [new TableColumn("id", "int"), new TableColumn("ssn", "string", Guard("mask:ssn"))], Guard("filter"));
        }
    }

    /// <summary>What the workspace says of the warehouse.</summary>
    public string? WarehouseState { get; set; } = "RUNNING";

    public Task<string?> GetWarehouseStateAsync(CallMeter meter, CancellationToken cancellation) => Task.FromResult(WarehouseState);

    public Task EnsureWarehouseAsync(CallMeter meter, CancellationToken cancellation)
    {
        meter.Count();
        return Warehouse is { } cold ? throw cold : Task.CompletedTask;
    }

    public async Task ExecuteAsync(string sql, TimeSpan timeout, CallMeter meter, CancellationToken cancellation)
    {
        var match = Forms().Match(sql);
        Assert.True(match.Success, sql);
        await meter.AdmitWriteAsync(cancellation);
        meter.Count();
        Func<Task>? fault = null;
        lock (_gate)
        {
            _calls.Add(new Call(Sql, null, Word(match), time.GetUtcNow()));
            if (_statementFaults.FindIndex(met => Word(match).Contains(met.Word, StringComparison.Ordinal)) is >= 0 and var index)
            {
                fault = _statementFaults[index].Act;
                _statementFaults.RemoveAt(index);
            }
        }

        if (fault is not null)
        {
            await fault();
        }

        lock (_gate)
        {
            Apply(match);
        }
    }

    public PlannedCall Describe(string sql) => new(Sql, "", System.Text.Json.JsonSerializer.Serialize(sql));

    /// <summary>A statement that took effect later than anybody waited for it.</summary>
    public void ActLate(string sql)
    {
        lock (_gate)
        {
            Apply(Forms().Match(sql));
        }
    }

    private static string Word(Match match) => string.Join(' ', new[] { "create", "set", "drop" }.Where(name => match.Groups[name].Success)
        .Select(name => match.Groups[name].Value));

    private void Apply(Match match)
    {
        var table = Plain(match.Groups["table"].Value);
        var slot = match.Groups["column"].Success ? $"mask:{Plain(match.Groups["column"].Value)}" : "filter";
        var function = Plain(match.Groups["function"].Value);
        switch (Word(match))
        {
            case "CREATE SCHEMA":
                var schema = Resources.Parse($"schema {Plain(match.Groups["schema"].Value)}");
                if (_objects.TryAdd(schema.ToString(), new SecurableFacts(schema, KindOf(schema), Maker, $"id-{++_identities}")))
                {
                    _grants.TryAdd(Path(schema), new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal));
                }

                break;
            case "CREATE OR REPLACE FUNCTION":
                var made = Parsed(function, match.Value);
                _functions[function] = _functions.TryGetValue(function, out var there) ? made with { Owner = there.Owner } : made;
                _grants.TryAdd(Path(Securable.Parse(SecurableType.Function, function)), new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal));
                break;
            case "DROP FUNCTION":
                Assert.DoesNotContain(_guards.Values, guard => guard.Function == function);
                _functions.Remove(function);
                break;
            case "SET ROW FILTER" or "SET MASK":
                Assert.Contains(function, _functions.Keys);
                _guards[$"{table}|{slot}"] = new AttachedGuard(function, [.. match.Groups["given"].Value.Split(", ").Where(name => name.Length > 0).Select(Plain)]);
                break;
            default: _guards.Remove($"{table}|{slot}"); break;
        }
    }

    private ToldFunction Parsed(string name, string create)
    {
        var parts = Parts().Match(create);
        var body = parts.Groups["body"].Value;
        return new ToldFunction(name)
        {
            Owner = Maker, UpdatedBy = Maker, UpdatedAt = ++_identities, Returns = parts.Groups["returns"].Value.ToLowerInvariant(),
            Definition = Rewords ? $"({body})" : body,
            Parameters = [.. parts.Groups["name"].Captures.Zip(parts.Groups["type"].Captures).Select(pair => (pair.First.Value, pair.Second.Value))],
        };
    }

    [GeneratedRegex(
        @"^CREATE OR REPLACE FUNCTION [^(]+\((`(?<name>[^`]+)` (?<type>[^,)]+)(, )?)*\) RETURNS (?<returns>\S+) COMMENT '[^']*' RETURN (?<body>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Parts();

    private static string Plain(string name) => name.Replace("`", "", StringComparison.Ordinal);

    [GeneratedRegex(
        @"^((?<create>CREATE SCHEMA) IF NOT EXISTS (?<schema>\S+) .*|(?<create>CREATE OR REPLACE FUNCTION) (?<function>[^(]+)\(.*"
        + @"|(?<drop>DROP FUNCTION) IF EXISTS (?<function>.+)"
        + @"|ALTER TABLE (?<table>\S+) (ALTER COLUMN (?<column>\S+) )?"
        + @"((?<set>SET ROW FILTER|SET MASK) (?<function>\S+)( (ON|USING COLUMNS) \((?<given>.*)\))?|(?<drop>DROP ROW FILTER|DROP MASK)))$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Forms();
}
