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

    private readonly Dictionary<string, AttachedGuard> _guards = new(StringComparer.Ordinal);
    private readonly List<(string Word, Func<Task> Act)> _statementFaults = [];

    /// <summary>Functions that exist, by full name.</summary>
    public SortedSet<string> Functions { get; } = new(StringComparer.Ordinal);

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

    public Task EnsureWarehouseAsync(CallMeter meter, CancellationToken cancellation)
    {
        meter.Count();
        return Warehouse is { } cold ? throw cold : Task.CompletedTask;
    }

    public async Task ExecuteAsync(string sql, TimeSpan timeout, CallMeter meter, CancellationToken cancellation)
    {
        var match = Forms().Match(sql);
        Assert.True(match.Success, sql);
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
            case "CREATE SCHEMA": break;
            case "CREATE OR REPLACE FUNCTION": Functions.Add(function); break;
            case "DROP FUNCTION":
                Assert.DoesNotContain(_guards.Values, guard => guard.Function == function);
                Functions.Remove(function);
                break;
            case "SET ROW FILTER" or "SET MASK":
                Assert.Contains(function, Functions);
                _guards[$"{table}|{slot}"] = new AttachedGuard(function, [.. match.Groups["given"].Value.Split(", ").Where(name => name.Length > 0).Select(Plain)]);
                break;
            default: _guards.Remove($"{table}|{slot}"); break;
        }
    }

    private static string Plain(string name) => name.Replace("`", "", StringComparison.Ordinal);

    [GeneratedRegex(
        @"^((?<create>CREATE SCHEMA) IF NOT EXISTS .*|(?<create>CREATE OR REPLACE FUNCTION) (?<function>[^(]+)\(.*"
        + @"|(?<drop>DROP FUNCTION) IF EXISTS (?<function>.+)"
        + @"|ALTER TABLE (?<table>\S+) (ALTER COLUMN (?<column>\S+) )?"
        + @"((?<set>SET ROW FILTER|SET MASK) (?<function>\S+)( (ON|USING COLUMNS) \((?<given>.*)\))?|(?<drop>DROP ROW FILTER|DROP MASK)))$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Forms();
}
