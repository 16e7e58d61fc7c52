using PolicySync.Core.Options;
using PolicySync.Testing.Language;
using PolicySync.Sequences.Tests.Judging;
using PolicySync.Sequences.Tests.Support;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.Sql;
using UnityCatalog.Emulator.State;

namespace PolicySync.Sequences.Tests.Language;

/// <summary>
/// One sequence at work: a metastore with two tables, its people, what Ranger holds, and the service. What others do to it
/// is done here, past all rights.
/// </summary>
internal sealed class Stage : IDisposable
{
    /// <summary>Who are judged.</summary>
    public static readonly string[] Users = ["ana@x.com", "ben@x.com", "cat@x.com", "eve@x.com"];

    /// <summary>Who the service is; owns the metastore.</summary>
    public const string Self = "sync@x.com";

    private static readonly StateDocument Empty = new()
    {
        Metastore = new() { Owner = Self },
        Tokens = [new(Worker.Token, Self)],
        Warehouses = [new(Worker.Warehouse)],
        Users = [.. Users.Append(Self).Select(user => new UserState(user))],
        Groups = [new("inner", ["ana@x.com"]), new("outer", ["ben@x.com", "inner"]), new("all", ["outer", "cat@x.com"])],
        WorkspaceGroups = [new("local", ["eve@x.com"])],
        Catalogs =
        [
            new()
            {
                Name = "c", Owner = Self, Grants = [new("account users", null, ["USE_CATALOG"])],
                Schemas =
                [
                    new() { Name = "s", Grants = [new("account users", null, ["USE_SCHEMA"])], Tables = [Table("t"), Table("u")] },
                ],
            },
        ],
    };

    private readonly Worker _worker;
    private Truth? _truth;
    private long _meaning;

    public Stage(Worker worker, Variant variant)
    {
        _worker = worker;
        worker.Workspace.Replace(Empty);
        worker.Time.Leap(TimeSpan.FromHours(1)); // nothing of the sequence before is remembered
        worker.Time.Begin(World.Now);
        Service = new Service(worker, variant.Policies(Ranger), variant);
    }

    public RangerSide Ranger { get; } = new();

    public Service Service { get; }

    public SyncOptions Sync => Service.Sync;

    public Workspace Workspace => _worker.Workspace.Current;

    public InMemoryWorkspace Calls => _worker.Workspace;

    public DateTimeOffset Now => _worker.Time.GetUtcNow();

    public void Wait(TimeSpan time) => _worker.Time.Leap(time);

    public void Dispose() => Service.Dispose();

    /// <summary>Full names of all tables, apart from none: guards' schemas hold functions only.</summary>
    public IEnumerable<Securable> Tables => Workspace.Metastore.Root.Children(SecurableFamily.Catalog).After(null)
        .SelectMany(catalog => catalog.Children(SecurableFamily.Schema).After(null))
        .SelectMany(schema => schema.Children(SecurableFamily.Table).After(null));

    /// <summary>The object of a path; null when there is none.</summary>
    public Securable? Find(string path)
    {
        var parts = path.Split('.');
        var found = Workspace.Metastore.Root.Children(SecurableFamily.Catalog).Find(parts[0]);
        found = parts.Length > 1 ? found?.Children(SecurableFamily.Schema).Find(parts[1]) : found;
        return parts.Length > 2 ? found?.Children(SecurableFamily.Table).Find(parts[2]) : found;
    }

    public Principal? Principal(string text) => Workspace.Principals.FindAny(PrincipalText.NameOf(text));

    /// <summary>Drops a table and makes it again, or makes it where it is not.</summary>
    public void Recreate(string path)
    {
        if (Find(path) is { } table)
        {
            ObjectLifecycle.Drop(table, force: true);
        }

        var parts = path.Split('.');
        if (Find($"{parts[0]}.{parts[1]}") is { } schema)
        {
            ObjectLifecycle.Create(Workspace, schema, SecurableFamily.Table, Table(parts[2]), Workspace.NextTime());
        }
    }

    /// <summary>A statement with a principal's own rights; one that is refused does nothing.</summary>
    public void Run(string principal, string sql)
    {
        try
        {
            new StatementRunner(Workspace, new Caller(Workspace, Principal(principal)!)).Run(sql);
        }
        catch (Exception e) when (e is SqlException or ApiException)
        {
            // as far as the sequence is concerned, it was tried
        }
    }

    /// <summary>Schemas of the name that the service uses for guards.</summary>
    public IEnumerable<Securable> GuardSchemas => Workspace.Metastore.Root.Children(SecurableFamily.Catalog).After(null)
        .Select(catalog => catalog.Children(SecurableFamily.Schema).Find(Sync.GuardSchema)).OfType<Securable>();

    /// <summary>What each judged user reads of each table now.</summary>
    public Dictionary<(string User, string Table), Reading> Readings() => Tables.ToList()
        .SelectMany(table => Users.Select(user => (User: user, Table: table)))
        .ToDictionary(pair => (pair.User, pair.Table.FullName), pair => Reader.Read(Workspace, pair.User, pair.Table));

    /// <summary>Who holds SELECT on which table, be it that they cannot reach it.</summary>
    public HashSet<(string User, string Table)> Holders() => [.. Tables.ToList()
        .SelectMany(table => Users.Where(user => new Caller(Workspace, Workspace.Principals.FindForGrant(user)!).Holds(table, "SELECT"))
            .Select(user => (user, table.FullName)))];

    /// <summary>What policies let a user read of a table.</summary>
    public Reading Given(string user, string table)
    {
        if (_truth is null || _meaning != Ranger.Meaning)
        {
            (_truth, _meaning) = (new Truth(Ranger), Ranger.Meaning);
        }

        return _truth.Gives(user, GroupsOf(user), table, Find(table)?.Owner ?? "", Now);
    }

    /// <summary>Groups that a user is in, directly and not, by the account, the workspace and Ranger.</summary>
    public HashSet<string> GroupsOf(string user)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        void Collect(Principal of) => of.Groups.ForEach(group =>
        {
            if (found.Add(group.Name))
            {
                Collect(group);
            }
        });
        Collect(Workspace.Principals.FindForGrant(user)!);
        found.UnionWith(Ranger.StoredGroupsOf(user));
        return found;
    }

    private static SecurableState Table(string name) => new()
    {
        Name = name,
        Columns = [.. People.Columns.Select(column => new ColumnState(column.Name, column.Type))],
        Rows = People.Rows,
    };
}
