using System.Globalization;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Tags;

/// <summary>Tags on objects and columns (reference §1.4). Callers that see an entity may read its tags; assigning requires APPLY_TAG.</summary>
internal static class TagRoutes
{
    private const string Root = $"{RouteTable.UnityCatalog}/entity-tag-assignments";
    private const string OfEntity = $"{Root}/{{entity_type}}/{{entity_name}}/tags";

    // A key may hold slashes, which clients send as they are or as %2F.
    private const string One = $"{OfEntity}/{{**tag_key}}";
    private const int MaxKey = 255;
    private const int MaxValue = 1000;

    public static void Map(RouteTable routes)
    {
        routes.Post(Root, Create);
        routes.Get(OfEntity, List);
        routes.Get(One, call => Answer(call, Entity(call), RequireKey(call, Entity(call))));
        routes.Patch(One, Change);
        routes.Delete(One, Remove);
    }

    private static Reply List(Call call)
    {
        var entity = Entity(call);
        var tags = entity.Securable.Tags.Of(entity.Column);
        var page = Paging.List(
            call,
            after => tags.Keys.SkipWhile(key => string.CompareOrdinal(key, after) <= 0),
            key => key,
            key => Show(call.Parameter("entity_type"), call.Parameter("entity_name"), key, tags[key]));
        return Reply.Json(new EntityTagAssignmentList(page.Items, page.Next), WireJson.Shared.EntityTagAssignmentList);
    }

    private static Reply Create(Call call)
    {
        var body = call.Body(WireJson.Shared.EntityTagAssignment);
        var entity = RequireVisible(call, TagEntity.Require(call.Workspace.Metastore, body.EntityType, body.EntityName));
        RequireApplyTag(call, entity);
        var key = Checked(body.TagKey, "tag_key", MaxKey);
        if (key.Length == 0)
        {
            throw Errors.InvalidParameter("Missing required field: tag_key");
        }

        if (entity.Securable.Tags.Of(entity.Column).ContainsKey(key))
        {
            throw new ApiException(400, "RESOURCE_ALREADY_EXISTS", $"Tag '{key}' is already assigned to '{body.EntityName}'.");
        }

        return Reply.Json(
            Show(body.EntityType!, body.EntityName!, key, Write(call, entity, key, body.TagValue)), WireJson.Shared.EntityTagAssignment);
    }

    private static Reply Change(Call call)
    {
        var entity = Entity(call);
        var key = RequireKey(call, entity);
        RequireApplyTag(call, entity);
        if (call.RequiredQuery("update_mask") is not ("tag_value" or "*"))
        {
            throw Errors.InvalidParameter("update_mask must be tag_value");
        }

        Write(call, entity, key, call.Body(WireJson.Shared.EntityTagAssignment).TagValue);
        return Answer(call, entity, key);
    }

    private static Reply Remove(Call call)
    {
        var entity = Entity(call);
        var key = RequireKey(call, entity);
        RequireApplyTag(call, entity);
        entity.Securable.Tags.Remove(entity.Column, key);
        return Reply.Empty();
    }

    private static TagEntity Entity(Call call) => RequireVisible(
        call, TagEntity.Require(call.Workspace.Metastore, call.Parameter("entity_type"), call.Parameter("entity_name")));

    private static TagEntity RequireVisible(Call call, TagEntity entity) =>
        call.Caller.WhyHidden(entity.Securable) is { } refusal ? throw refusal : entity;

    private static string RequireKey(Call call, TagEntity entity)
    {
        var key = call.Parameter("tag_key");
        return entity.Securable.Tags.Of(entity.Column).ContainsKey(key)
            ? key
            : throw new ApiException(404, "RESOURCE_DOES_NOT_EXIST", $"Tag '{key}' is not assigned to '{call.Parameter("entity_name")}'.");
    }

    private static void RequireApplyTag(Call call, TagEntity entity)
    {
        if (entity.Securable.BuiltIn || !(call.Caller.Holds(entity.Securable, "APPLY_TAG") || call.Caller.CanManage(entity.Securable)))
        {
            throw Errors.Lacks("APPLY_TAG", entity.Securable);
        }
    }

    private static Tag Write(Call call, TagEntity entity, string key, string? value)
    {
        var tag = new Tag(Checked(value, "tag_value", MaxValue), call.Workspace.NextTime(), call.Caller.Principal.Name);
        entity.Securable.Tags.Set(entity.Column, key, tag);
        return tag;
    }

    private static string Checked(string? text, string field, int longest) =>
        text is null || (text.Length <= longest && !text.Any(char.IsControl)) ? text ?? "" : throw Errors.InvalidParameter($"Invalid {field}");

    private static Reply Answer(Call call, TagEntity entity, string key) => Reply.Json(
        Show(call.Parameter("entity_type"), call.Parameter("entity_name"), key, entity.Securable.Tags.Of(entity.Column)[key]),
        WireJson.Shared.EntityTagAssignment);

    private static EntityTagAssignment Show(string type, string name, string key, Tag tag) => new(
        type, name, key, tag.Value.Length == 0 ? null : tag.Value,
        DateTimeOffset.FromUnixTimeMilliseconds(tag.UpdatedAt).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), tag.UpdatedBy);
}
