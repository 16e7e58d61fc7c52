using System.Runtime.CompilerServices;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.NewObjects;

/// <summary>What the watch holds of each name. Measured alone, as the heap is the process's.</summary>
[CollectionDefinition(nameof(MemoryOfNames), DisableParallelization = true)]
[Collection(nameof(MemoryOfNames))]
public sealed class MemoryOfNames
{
    [Fact]
    public void A_name_takes_12_bytes_and_16_more_in_a_schema_with_guards() =>
        Assert.Equal((12, 16), (Unsafe.SizeOf<NameEntry>(), Unsafe.SizeOf<TableStamp>()));

    [Fact]
    public void Two_hundred_thousand_names_in_two_thousand_schemas_take_at_most_16_bytes_each()
    {
        const int schemas = 2_000, tables = 100;
        var hasher = new NameHasher(Guid.Empty);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var known = new KnownCatalog[100];
        for (var catalog = 0; catalog < known.Length; catalog++)
        {
            var name = Securable.Catalog($"catalog_{catalog:000}");
            var inCatalog = Enumerable.Range(0, schemas / known.Length).Select(number => Securable.Schema(name.Name, $"schema_{number:00}")).ToList();
            var listing = new CatalogListing(name, inCatalog, null, isNew: false, isWhole: true, hasher);
            foreach (var schema in inCatalog)
            {
                for (var table = 0; table < tables; table++)
                {
                    listing.Add(Securable.Table(name.Name, schema.Name, $"table_{table:000}"), "MANAGED");
                }
            }

            known[catalog] = listing.Learn(_ => false)!;
        }

        var perName = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)(schemas * tables);

        Assert.Equal(schemas * tables, known.Sum(catalog => catalog.Count));
        Assert.InRange(perName, 12, 16);
    }
}
