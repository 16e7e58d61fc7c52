namespace UnityCatalog.Emulator.Sql;

/// <summary>One statement that was submitted.</summary>
internal sealed class SubmittedStatement(string id, string text, string warehouse)
{
    public string Id { get; } = id;

    public string Text { get; } = text;

    public string Warehouse { get; } = warehouse;

    /// <summary>PENDING, SUCCEEDED, FAILED or CANCELED.</summary>
    public string State { get; set; } = "PENDING";

    public SqlException? Failure { get; set; }

    /// <summary>The result; null unless it succeeded and returned rows.</summary>
    public SqlRows? Rows { get; set; }

    /// <summary>Remaining polls that find it pending.</summary>
    public int PollsLeft { get; set; }
}

/// <summary>A SQL warehouse.</summary>
internal sealed class Warehouse(string id, string name, string state)
{
    public string Id { get; } = id;

    public string Name { get; } = name;

    /// <summary>RUNNING, STOPPED or STARTING.</summary>
    public string State { get; set; } = state;

    /// <summary>Remaining reads that find it starting.</summary>
    public int LooksLeft { get; set; }

    /// <summary>Starts it, as a statement does too.</summary>
    public void Start(int looks)
    {
        if (State == "STOPPED")
        {
            (State, LooksLeft) = (looks > 0 ? "STARTING" : "RUNNING", looks);
        }
    }

    /// <summary>Counts one read while it starts.</summary>
    public void Look()
    {
        if (State == "STARTING" && --LooksLeft < 0)
        {
            State = "RUNNING";
        }
    }
}

/// <summary>Statements and warehouses of a workspace. Statements are kept until the state is replaced.</summary>
internal sealed class StatementStore
{
    private readonly Dictionary<string, SubmittedStatement> _statements = new(StringComparer.Ordinal);

    public Dictionary<string, Warehouse> Warehouses { get; } = new(StringComparer.Ordinal);

    public int Count => _statements.Count;

    public SubmittedStatement? Find(string id) => _statements.GetValueOrDefault(id);

    public void Add(SubmittedStatement statement) => _statements[statement.Id] = statement;
}
