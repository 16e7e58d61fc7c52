using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.NewObjects;

/// <summary>A catalog as it is, and what a watch knows of it, in short texts: `s: t VIEW/v` is a schema with a table and a view.</summary>
internal sealed class WatchedMetastore
{
    public static readonly Securable Main = Securable.Catalog("main");

    private readonly NameHasher _hasher = new(new Guid("6f1c1f0e-2f0b-4a51-9d67-0a2f5c1b7e11"));

    public KnownCatalog? Known { get; private set; }

    public bool IsNew { get; set; }

    /// <summary>Lists what there is. A schema that ends with `!` could not be listed further than it says; `!!` fails the whole catalog.</summary>
    public CatalogListing List(string text, bool isWhole = true)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var schemas = parts.Where(part => part != "!!").Select(part => part.Split(':')).ToList();
        var listing = new CatalogListing(Main, [.. schemas.Select(schema => Securable.Schema("main", schema[0]))], Known, IsNew, isWhole, _hasher);
        foreach (var schema in schemas)
        {
            foreach (var word in schema[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word != "!"))
            {
                var (kind, name) = word.Split('/') is [var first, var second] ? (first, second) : ("MANAGED", word);
                listing.Add(Securable.Table("main", schema[0], name), kind);
            }

            if (schema[1].EndsWith('!'))
            {
                listing.Fail(Securable.Schema("main", schema[0]));
            }
        }

        if (parts.Contains("!!"))
        {
            listing.Fail();
        }

        return listing;
    }

    /// <summary>Has a round; all that is found is named unless it is among <paramref name="unnamed"/>.</summary>
    /// <returns>What is named, as `schema main.s, table main.s.t`.</returns>
    public string Round(string text, bool isWhole = true, string unnamed = "")
    {
        var listing = List(text, isWhole);
        var news = listing.News();
        var named = news.Containers.Concat(news.Leaves).Where(one => !unnamed.Split(' ').Contains(one.FullName)).ToHashSet();
        if (listing.Learn(one => NewObjectTasks.IsNamed(named, one)) is { } known)
        {
            (Known, IsNew) = (known, false);
        }

        return string.Join(", ", named.Select(one => one.ToString()).Order(StringComparer.Ordinal));
    }
}
