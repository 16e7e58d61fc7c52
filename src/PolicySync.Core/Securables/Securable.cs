namespace PolicySync.Core.Securables;

/// <summary>
/// One object of Unity Catalog by type and full name. Names are in the canonical (lower) case in which Unity Catalog
/// stores them, joined by dots, unquoted and not URL-escaped; a name cannot hold a dot, so the parts are unambiguous.
/// </summary>
public sealed record Securable
{
    private Securable(SecurableType type, string fullName)
    {
        Type = type;
        FullName = fullName;
    }

    /// <summary>What it is.</summary>
    public SecurableType Type { get; }

    /// <summary><c>catalog</c>, <c>catalog.schema</c>, <c>catalog.schema.name</c>, or the one name of a securable outside catalogs.</summary>
    public string FullName { get; }

    /// <summary>The names, outermost first.</summary>
    public IReadOnlyList<string> Parts => FullName.Split('.');

    /// <summary>The catalog it is in, or is; null for a securable outside catalogs.</summary>
    public string? CatalogName => Type.IsBesideCatalogs() ? null : Parts[0];

    /// <summary>The last name.</summary>
    public string Name => FullName[(FullName.LastIndexOf('.') + 1)..];

    /// <summary>The container directly above; null for a catalog and for a securable outside catalogs.</summary>
    public Securable? Parent => Type.Depth() switch
    {
        1 => null,
        2 => Catalog(Parts[0]),
        _ => Schema(Parts[0], Parts[1]),
    };

    /// <summary>The containers above, outermost first.</summary>
    public IEnumerable<Securable> Parents =>
        Parent is { } parent ? parent.Parents.Append(parent) : [];

    /// <summary>True when <paramref name="other"/> is this securable or lies below it.</summary>
    public bool Covers(Securable other) =>
        this == other || (Type.IsContainer() && other.FullName.StartsWith(FullName + ".", StringComparison.Ordinal));

    /// <summary>A catalog.</summary>
    public static Securable Catalog(string catalog) => Of(SecurableType.Catalog, catalog);

    /// <summary>A schema.</summary>
    public static Securable Schema(string catalog, string schema) => Of(SecurableType.Schema, catalog, schema);

    /// <summary>A table or any kind of view.</summary>
    public static Securable Table(string catalog, string schema, string table) =>
        Of(SecurableType.Table, catalog, schema, table);

    /// <summary>A securable from its names, outermost first.</summary>
    /// <exception cref="ArgumentException">A name is not one that an object can have, or their number is wrong.</exception>
    public static Securable Of(SecurableType type, params IReadOnlyList<string> names)
    {
        if (names.Count != type.Depth())
        {
            throw new ArgumentException($"a {WireNames.Of(type)} has {type.Depth()} names, not {names.Count}", nameof(names));
        }

        foreach (var name in names)
        {
            if (SecurableName.Fault(name) is { } fault)
            {
                throw new ArgumentException($"name `{name}` {fault}", nameof(names));
            }
        }

        return new Securable(type, string.Join('.', names.Select(UnityName.Lower)));
    }

    /// <summary>A securable from its full name.</summary>
    /// <exception cref="ArgumentException">The name does not fit the type.</exception>
    public static Securable Parse(SecurableType type, string fullName) => Of(type, fullName.Split('.'));

    /// <summary>A securable from its text of <see cref="ToString"/>; null when the text names no type.</summary>
    /// <exception cref="ArgumentException">The name does not fit the type.</exception>
    public static Securable? OfText(string text) =>
        text.Split(' ', 2) is [var type, var name] && WireNames.TryParse<SecurableType>(type, out var known) ? Parse(known, name) : null;

    /// <summary>For people, and in stored state: <c>table main.sales.customers</c>.</summary>
    public override string ToString() => $"{WireNames.Of(Type)} {FullName}";
}
