using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PolicySync.Cluster.Tests.Auditing;

/// <summary>
/// The changes that recorded calls made: privileges by PATCHes, row filters and masks by statements. The calls are replayed in their order,
/// since one that adds what is there, or sets what is set, changes nothing.
/// </summary>
internal sealed partial class RecordedChanges
{
    /// <summary>In the names of functions that a table has only while its row filter and masks change together. No event tells of them.</summary>
    private const string Passing = ".swap_";

    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Table, string? Column), string?> _guards = [];

    private RecordedChanges()
    {
    }

    private ChangeCounts Changes { get; } = new();

    /// <summary>Replays calls on objects that begin without grants, row filters and masks.</summary>
    /// <param name="calls">All calls, oldest first.</param>
    public static ChangeCounts Of(IEnumerable<Call> calls)
    {
        var replay = new RecordedChanges();
        // Without a body its sender died while it was sent; without a status its sender was gone when it was done.
        foreach (var call in calls.Where(call => call is { Status: null or < 300, Body: not null }))
        {
            if (call.Method == "PATCH" && call.Path.Contains("/permissions/", StringComparison.Ordinal))
            {
                replay.Patch(call);
            }
            else if (call.Method == "POST" && call.Path.EndsWith("/sql/statements", StringComparison.Ordinal))
            {
                replay.Run((string)JsonNode.Parse(call.Body!)!["statement"]!);
            }
        }

        return replay.Changes;
    }

    private void Patch(Call call)
    {
        var on = string.Join(' ', call.Path.Split('?')[0].Split('/')[^2..]);
        foreach (var change in JsonNode.Parse(call.Body!)!["changes"]!.AsArray())
        {
            Note(change!, "remove", "REVOKE", _held.Remove);
            Note(change!, "add", "GRANT", _held.Add);
        }

        void Note(JsonNode change, string member, string action, Func<string, bool> changes)
        {
            foreach (var privilege in change[member]?.AsArray() ?? [])
            {
                var principal = (string)change["principal"]!;
                if (changes($"{on} {principal} {(string?)privilege}"))
                {
                    Changes.AddGrant(action, on, principal, (string)privilege!);
                }
            }
        }
    }

    private void Run(string statement)
    {
        if (Guard().Match(statement) is not { Success: true } match)
        {
            return;
        }

        var (table, column) = (Unquoted(match.Groups["table"].Value), match.Groups["column"] is { Success: true } named ? Unquoted(named.Value) : null);
        var function = match.Groups["function"] is { Success: true } set ? Unquoted(set.Value) : null;
        if (_guards.GetValueOrDefault((table, column)) == function)
        {
            return;
        }

        _guards[(table, column)] = function;
        if (function?.Contains(Passing, StringComparison.Ordinal) != true)
        {
            Changes.AddGuard(table, column, function);
        }
    }

    private static string Unquoted(string name) => name.Replace("`", "", StringComparison.Ordinal);

    [GeneratedRegex("^ALTER [A-Z ]+ (?<table>`[^ ]+`) (ALTER COLUMN (?<column>`[^ ]+`) )?(SET (ROW FILTER|MASK) (?<function>`[^ ]+`)|DROP (ROW FILTER|MASK))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Guard();
}
