using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>The tree of objects, and look-up by name.</summary>
internal sealed class Metastore(Securable root, string region, string cloud)
{
    public const string InformationSchema = "information_schema";

    public Securable Root { get; } = root;

    public string Region { get; } = region;

    public string Cloud { get; } = cloud;

    /// <summary>The object, or a 404 that names the outermost missing object: a parent or the object itself.</summary>
    public Securable Require(SecurableFamily family, string fullName)
    {
        if (family == SecurableFamily.Metastore)
        {
            // Permissions on the metastore are addressed by its id, not its name (reference §1.2).
            return string.Equals(fullName, Root.Id, StringComparison.OrdinalIgnoreCase)
                ? Root
                : throw Errors.DoesNotExist(family, fullName);
        }

        var parts = ObjectName.Split(fullName, family.Depth());
        var parent = RequireParent(family, parts);
        return Find(parent, family, parts[^1]) ?? throw Errors.DoesNotExist(family, string.Join('.', parts));
    }

    /// <summary>Like <see cref="Require"/>, but for permission paths, where a model answers as a function.</summary>
    public Securable RequireForPermissions(SecurableFamily family, string fullName)
    {
        if (family != SecurableFamily.Function)
        {
            return Require(family, fullName);
        }

        var parts = ObjectName.Split(fullName, family.Depth());
        var schema = RequireParent(family, parts);
        return Find(schema, SecurableFamily.Function, parts[2])
            ?? Find(schema, SecurableFamily.Model, parts[2])
            ?? throw Errors.DoesNotExist(family, string.Join('.', parts));
    }

    public Securable RequireParent(SecurableFamily family, string[] parts)
    {
        if (family.Depth() == 1)
        {
            return Root;
        }

        var catalog = Find(Root, SecurableFamily.Catalog, parts[0])
            ?? throw Errors.DoesNotExist(SecurableFamily.Catalog, parts[0]);
        return family == SecurableFamily.Schema
            ? catalog
            : Find(catalog, SecurableFamily.Schema, parts[1])
                ?? throw Errors.DoesNotExist(SecurableFamily.Schema, $"{parts[0]}.{parts[1]}");
    }

    private static Securable? Find(Securable parent, SecurableFamily family, string name) =>
        parent.Children(family).Find(name);
}
