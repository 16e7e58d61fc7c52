using System.Globalization;
using PolicySync.Core.Grants;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Tests.Support;

/// <summary>The lists of tables that the watch reads.</summary>
internal sealed partial class FakeUnityCatalog : ITableListing
{
    public const string Names = "NAMES";
    public const string Tables = "TABLES";

    private readonly Dictionary<string, DateTimeOffset> _updated = [];

    /// <summary>Tables that the list of names of a catalog does not show.</summary>
    public Predicate<Securable> HiddenFromNames { get; set; } = _ => false;

    /// <summary>When a table was made, as lists and reads show it.</summary>
    public Func<Securable, DateTimeOffset?> CreatedAt { get; set; } = _ => null;

    /// <summary>The definition of a table was changed.</summary>
    public void Update(string on, DateTimeOffset at)
    {
        lock (_gate)
        {
            _updated[on] = at;
        }
    }

    /// <summary>Another kind of table under the name.</summary>
    public void Retype(string on, string kind)
    {
        lock (_gate)
        {
            _objects[on] = _objects[on] with { Kind = kind };
        }
    }

    public async Task<TablePage<TableName>> ListNamesAsync(Securable catalog, string? pageToken, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Names, catalog, pageToken ?? "", meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            return Page(
                _objects.Values.Where(item => item.Securable.Type == SecurableType.Table && catalog.Covers(item.Securable) && !HiddenFromNames(item.Securable)),
                item => new TableName(item.Securable, item.Kind), pageToken);
        }
    }

    public async Task<TablePage<ListedTable>> ListTablesAsync(Securable schema, string? pageToken, CallMeter meter, CancellationToken cancellation)
    {
        await BeginAsync(Tables, schema, pageToken ?? "", meter, []).WaitAsync(cancellation);
        lock (_gate)
        {
            return !_objects.ContainsKey(schema.ToString()) ? throw NotFound(schema) : Page(
                _objects.Values.Where(item => item.Securable.Type == SecurableType.Table && item.Securable.Parent == schema),
                item => new ListedTable(item.Securable, item.Kind, item.Identity)
                {
                    CreatedAt = CreatedAt(item.Securable),
                    UpdatedAt = _updated.TryGetValue(item.Securable.ToString(), out var at) ? at : DateTimeOffset.UnixEpoch,
                }, pageToken);
        }
    }

    private TablePage<T> Page<T>(IEnumerable<SecurableFacts> all, Func<SecurableFacts, T> show, string? token)
    {
        if (EmptyPages && token?.StartsWith("empty", StringComparison.Ordinal) != true)
        {
            return new TablePage<T>([], "empty" + token);
        }

        var from = int.Parse("0" + token?.Replace("empty", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        var found = all.Skip(from).Take(PageSize + 1).ToList();
        return new TablePage<T>([.. found.Take(PageSize).Select(show)], found.Count > PageSize ? $"{from + PageSize}" : null);
    }
}

/// <summary>The lists as a silo reaches them.</summary>
internal sealed class SiloListing(ITableListing tables, SiloFate fate) : ITableListing
{
    public Task<TablePage<TableName>> ListNamesAsync(Securable catalog, string? pageToken, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => tables.ListNamesAsync(catalog, pageToken, meter, cancellation));

    public Task<TablePage<ListedTable>> ListTablesAsync(Securable schema, string? pageToken, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => tables.ListTablesAsync(schema, pageToken, meter, cancellation));
}
