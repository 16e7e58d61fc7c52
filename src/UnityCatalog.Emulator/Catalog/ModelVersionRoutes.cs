using System.Globalization;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>Versions of registered models and their aliases (reference §1.1). Who may see a model reads its versions.</summary>
internal static class ModelVersionRoutes
{
    private const string Models = $"{RouteTable.UnityCatalog}/models";
    private const string OfModel = $"{Models}/{{full_name}}/versions";
    private const string Alias = $"{Models}/{{full_name}}/aliases/{{alias}}";

    public static void Map(RouteTable routes)
    {
        routes.Post($"{Models}/versions", Create);
        routes.Get(OfModel, List);
        routes.Get($"{OfModel}/{{version}}", call => Answer(Seen(call), RequireVersion(call, Seen(call))));
        routes.Patch($"{OfModel}/{{version}}", Change);
        routes.Delete($"{OfModel}/{{version}}", Remove);
        routes.Get(Alias, call => Answer(Seen(call), RequireAlias(call, Seen(call))));
        routes.Put(Alias, SetAlias);
        routes.Delete(Alias, RemoveAlias);
    }

    private static Reply List(Call call)
    {
        var model = Seen(call);
        var page = Paging.List(
            call,
            after => model.Versions.All.Where(version => string.CompareOrdinal(KeyOf(version), after) > 0),
            KeyOf,
            version => Show(model, version));
        return Reply.Json(new ModelVersionList(page.Items, page.Next), WireJson.Shared.ModelVersionList);
    }

    /// <summary>
    /// The form of the open-source server: Databricks makes versions through MLflow, whose API is not here.
    /// </summary>
    private static Reply Create(Call call)
    {
        var request = call.Body(WireJson.Shared.ModelVersionRequest);
        var model = call.Workspace.Metastore.Require(SecurableFamily.Model, $"{request.CatalogName}.{request.SchemaName}.{request.ModelName}".ToLowerInvariant());
        if (!call.Caller.Holds(model, "CREATE_MODEL_VERSION"))
        {
            throw Errors.Lacks("CREATE_MODEL_VERSION", model);
        }

        var (now, by) = (call.Workspace.NextTime(), call.Caller.Principal.Name);
        var number = model.Versions.Next;
        var version = new ModelVersion(
            number, call.Workspace.IdOf($"{model.Id} version {number}", now), request.Comment, request.Source, request.RunId, now, by, now, by);
        model.Versions.Put(version);
        return Answer(model, version);
    }

    private static Reply Change(Call call)
    {
        var model = ObjectRoutes.RequireChangeable(call, SecurableFamily.Model);
        var version = RequireVersion(call, model) with
        {
            Comment = call.Body(WireJson.Shared.ModelVersionRequest).Comment,
            UpdatedAt = call.Workspace.NextTime(),
            UpdatedBy = call.Caller.Principal.Name,
        };
        model.Versions.Put(version);
        return Answer(model, version);
    }

    private static Reply Remove(Call call)
    {
        var model = ObjectRoutes.RequireChangeable(call, SecurableFamily.Model);
        model.Versions.Remove(RequireVersion(call, model).Number);
        return Reply.Empty();
    }

    private static Reply SetAlias(Call call)
    {
        var model = ObjectRoutes.RequireChangeable(call, SecurableFamily.Model);
        var (alias, number) = (call.Parameter("alias"), call.Body(WireJson.Shared.ModelAliasRequest).VersionNum);
        _ = model.Versions.Find(number) ?? throw NoVersion(model, number.ToString(CultureInfo.InvariantCulture));
        model.Versions.Aliases[alias] = number;
        return Reply.Json(new ModelAlias(alias, number), WireJson.Shared.ModelAlias);
    }

    private static Reply RemoveAlias(Call call)
    {
        var model = ObjectRoutes.RequireChangeable(call, SecurableFamily.Model);
        _ = RequireAlias(call, model);
        model.Versions.Aliases.Remove(call.Parameter("alias"));
        return Reply.Empty();
    }

    private static Securable Seen(Call call)
    {
        var model = call.Workspace.Metastore.Require(SecurableFamily.Model, call.Parameter("full_name"));
        return call.Caller.WhyHidden(model) is { } refusal ? throw refusal : model;
    }

    private static ModelVersion RequireVersion(Call call, Securable model)
    {
        var text = call.Parameter("version");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && model.Versions.Find(number) is { } version
            ? version : throw NoVersion(model, text);
    }

    private static ModelVersion RequireAlias(Call call, Securable model)
    {
        var alias = call.Parameter("alias");
        return model.Versions.Aliases.TryGetValue(alias, out var number) && model.Versions.Find(number) is { } version
            ? version : throw new ApiException(404, "RESOURCE_DOES_NOT_EXIST", $"Alias '{alias}' of Registered Model '{model.FullName}' does not exist.");
    }

    private static ApiException NoVersion(Securable model, string number) =>
        new(404, "RESOURCE_DOES_NOT_EXIST", $"Model Version '{number}' of Registered Model '{model.FullName}' does not exist.");

    private static string KeyOf(ModelVersion version) => version.Number.ToString("D10", CultureInfo.InvariantCulture);

    private static Reply Answer(Securable model, ModelVersion version) => Reply.Json(Show(model, version), WireJson.Shared.ModelVersionInfo);

    private static ModelVersionInfo Show(Securable model, ModelVersion version) => new(
        model.Name, model.Parent!.Parent!.Name, model.Parent.Name, version.Number, version.Id, version.Comment, version.Source, version.RunId,
        "READY", version.CreatedAt, version.CreatedBy, version.UpdatedAt, version.UpdatedBy,
        model.Versions.AliasesOf(version.Number).Select(alias => new ModelAlias(alias, version.Number)).ToList() is { Count: > 0 } aliases ? aliases : null);
}

internal sealed record ModelVersionInfo(
    string ModelName, string CatalogName, string SchemaName, int Version, string Id, string? Comment, string? Source, string? RunId, string Status,
    long CreatedAt, string? CreatedBy, long UpdatedAt, string? UpdatedBy, IReadOnlyList<ModelAlias>? Aliases);

internal sealed record ModelVersionList(IReadOnlyList<ModelVersionInfo>? ModelVersions, string? NextPageToken);

internal sealed record ModelVersionRequest(
    string? ModelName = null, string? CatalogName = null, string? SchemaName = null, string? Source = null, string? RunId = null, string? Comment = null);

internal sealed record ModelAliasRequest(int VersionNum = 0);
