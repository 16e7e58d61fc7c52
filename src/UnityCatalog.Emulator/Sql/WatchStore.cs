using System.Text;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Recording;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Sql;

/// <summary>A table that is watched.</summary>
/// <param name="Table">Full name.</param>
/// <param name="Principals">The principals as which it is read.</param>
/// <param name="Columns">Names; absent is all.</param>
internal sealed record WatchDefinition(string Table, IReadOnlyList<string> Principals, IReadOnlyList<string>? Columns = null);

/// <summary>What a principal could read from a moment until its next reading.</summary>
/// <param name="After">The number of the call that caused it; 0 for the state at the start of the watch.</param>
/// <param name="Call">That call, for people.</param>
/// <param name="Principal">Who.</param>
/// <param name="Answer">What they read.</param>
internal sealed record WatchReading(long After, string? Call, string Principal, QueryAnswer Answer);

internal sealed record WatchView(string Id, WatchDefinition Definition, IReadOnlyList<WatchReading> Readings);

internal sealed record WatchList(IReadOnlyList<WatchView> Watches);

/// <summary>
/// Watches of a workspace: after each call that may have changed something the table is read again, before any other call
/// is served, so that no moment is missed however short it is. Guarded by the workspace's gate.
/// </summary>
internal sealed class WatchStore
{
    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);

    public IReadOnlyList<WatchView> All => [.. _watches.Values.Select(watch => watch.View)];

    public WatchView? Find(string id) => _watches.GetValueOrDefault(id)?.View;

    /// <summary>Starts a watch and ends one with the same id.</summary>
    public WatchView Put(Workspace workspace, string id, WatchDefinition definition)
    {
        var watch = new Watch(id, definition);
        watch.Look(workspace, after: 0, call: null);
        _watches[id] = watch;
        return watch.View;
    }

    public bool Remove(string id) => _watches.Remove(id);

    public void Clear() => _watches.Clear();

    /// <summary>Reads again after a call.</summary>
    public void Look(Workspace workspace, CallRecord call, byte[] body)
    {
        if (_watches.Count == 0 || (call.Method == "GET" && !IsPoll(call)))
        {
            return;
        }

        var text = Encoding.UTF8.GetString(body);
        foreach (var watch in _watches.Values.Where(watch => IsPoll(call) || watch.MayConcern(call.Path, text)))
        {
            watch.Look(workspace, call.Sequence, $"{call.Method} {call.Path} {text}");
        }
    }

    // A poll may carry out what another call submitted.
    private static bool IsPoll(CallRecord call) => call.Path.StartsWith("/api/2.0/sql/statements/", StringComparison.Ordinal);

    private sealed class Watch(string id, WatchDefinition definition)
    {
        private readonly List<WatchReading> _readings = [];
        private readonly string _catalog = definition.Table.Split('.')[0];

        public WatchView View => new(id, definition, [.. _readings]);

        // Statements name things by all three levels, and so do paths of permissions. A name that could be written in
        // another way is always looked at.
        public bool MayConcern(string path, string body) =>
            !_catalog.All(char.IsAsciiLetterOrDigit)
            || path.Contains(_catalog, StringComparison.OrdinalIgnoreCase) || body.Contains(_catalog, StringComparison.OrdinalIgnoreCase);

        public void Look(Workspace workspace, long after, string? call)
        {
            foreach (var principal in definition.Principals)
            {
                var answer = Read(workspace, principal);
                if (_readings.FindLast(reading => reading.Principal == principal) is not { } last || !Same(last.Answer, answer))
                {
                    _readings.Add(new WatchReading(after, call, principal, answer));
                }
            }
        }

        // What a call brings about is no reason to fail it.
        private QueryAnswer Read(Workspace workspace, string principal)
        {
            try
            {
                return TableReader.Read(workspace, new QueryRequest(principal, definition.Table, definition.Columns));
            }
            catch (ApiException e)
            {
                return new QueryAnswer(Allowed: false, e.Message, [], []);
            }
        }

        private static bool Same(QueryAnswer one, QueryAnswer other) =>
            one.Allowed == other.Allowed && one.Rows.Count == other.Rows.Count
            && one.Rows.Zip(other.Rows).All(pair => pair.First.SequenceEqual(pair.Second));
    }
}
