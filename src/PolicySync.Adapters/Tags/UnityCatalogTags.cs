using PolicySync.Adapters.Statements;
using PolicySync.Adapters.UnityCatalog;
using PolicySync.Adapters.Workspaces;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Model;
using static PolicySync.Adapters.Workspaces.Errors.WorkspaceErrors;

namespace PolicySync.Adapters.Tags;

/// <summary>
/// Unity Catalog's own tags. A tag <c>k=v</c> is a tag of type <c>k</c> with the attribute <c>value</c>. The API answers
/// entity by entity, so a table costs one call for itself, one for the names of its columns, and one for each of them.
/// </summary>
internal sealed class UnityCatalogTags(IEntityTagsApi api, IStatementsApi tables) : ITagSource
{
    /// <summary>The attribute that holds a tag's value; conditions of tag policies name it.</summary>
    public const string ValueAttribute = "value";

    private const string Columns = "columns";

    public async Task<IReadOnlyList<TaggedResource>> ReadAsync(Securable securable, CallMeter meter, CancellationToken cancellation)
    {
        if (EntityType(securable.Type) is not { } type)
        {
            return [];
        }

        var elements = RangerResources.Elements(securable);
        var found = new List<TaggedResource>();
        Add(found, elements, await ReadAsync(type, securable.FullName, meter, cancellation));
        if (securable.Type == SecurableType.Table)
        {
            foreach (var column in await ColumnsOfAsync(securable, meter, cancellation))
            {
                Add(
                    found,
                    new Dictionary<string, string>(elements, StringComparer.Ordinal) { [RangerResources.Column] = column },
                    await ReadColumnAsync($"{securable.FullName}.{column}", meter, cancellation));
            }
        }

        return found;
    }

    // Plural, unlike in permissions. This API cannot tag functions, models and securables outside catalogs.
    private static string? EntityType(SecurableType type) => type switch
    {
        SecurableType.Catalog => "catalogs",
        SecurableType.Schema => "schemas",
        SecurableType.Table => "tables",
        SecurableType.Volume => "volumes",
        _ => null,
    };

    private static void Add(List<TaggedResource> found, IReadOnlyDictionary<string, string> elements, List<RangerTag> tags)
    {
        if (tags.Count > 0)
        {
            found.Add(new TaggedResource(elements, tags));
        }
    }

    // A column that the answer omits would count as one without tags.
    private async Task<IEnumerable<string>> ColumnsOfAsync(Securable table, CallMeter meter, CancellationToken cancellation)
    {
        var answer = Required(await tables.GetTableAsync(table.FullName, new WorkspaceCall(meter), cancellation));
        AnswerCheck.IsAbout(table, answer.Name, answer.FullName, metastoreId: null);
        return AnswerCheck.FaultOfColumns(answer.Columns?.Select(column => (column?.Name, column?.Position)).ToList()) is { } fault
            ? throw new SyncException(SyncErrorCode.Unavailable, $"the tags of {table} cannot be read: {fault}")
            : answer.Columns!.Select(column => column!.Name!);
    }

    private async Task<List<RangerTag>> ReadColumnAsync(string name, CallMeter meter, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(Columns, name, meter, cancellation);
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return []; // dropped since its table was read
        }
    }

    private async Task<List<RangerTag>> ReadAsync(string type, string name, CallMeter meter, CancellationToken cancellation)
    {
        var tags = new List<RangerTag>();
        var limit = new PageLimit($"tags of `{name}`");
        string? token = null;
        do
        {
            var page = Required(await api.ListTagsAsync(type, name, token, new WorkspaceCall(meter), cancellation));
            AnswerCheck.IsList($"tags of `{name}`", page.TagAssignments, page.NextPageToken, page.Others);
            tags.AddRange((page.TagAssignments ?? []).Select(tag => ToTag(name, tag)));
            token = limit.Next(page.NextPageToken);
        }
        while (token is not null);

        return tags;
    }

    private static RangerTag ToTag(string name, TagAnswer? tag) =>
        tag is { TagKey.Length: > 0 } && (string.IsNullOrEmpty(tag.EntityName) || string.Equals(tag.EntityName, name, StringComparison.OrdinalIgnoreCase))
            ? new()
            {
                Type = tag.TagKey,
                Attributes = string.IsNullOrEmpty(tag.TagValue) ? [] : new() { [ValueAttribute] = tag.TagValue },
            }
            : throw Lacking($"a tag of `{name}`", "its key, or one of something else");
}
