using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>
/// <c>/credentials</c> shows credentials of both purposes, each with its purpose, although storage credentials have a
/// collection and a permission path of their own as well (reference §1.1).
/// </summary>
internal static class CredentialRoutes
{
    public const string Service = "SERVICE";
    public const string Storage = "STORAGE";

    public static Reply GetOne(Call call)
    {
        var name = call.Parameter("full_name").ToLowerInvariant();
        var root = call.Workspace.Metastore.Root;
        var isStorage = root.Children(SecurableFamily.Credential).Find(name) is null
            && root.Children(SecurableFamily.StorageCredential).Find(name) is not null;
        return Reply.Json(
            ObjectRoutes.GetOne(call, isStorage ? SecurableFamily.StorageCredential : SecurableFamily.Credential)
                with { Purpose = isStorage ? Storage : Service },
            WireJson.Shared.ObjectInfo);
    }

    public static Reply List(Call call)
    {
        var purpose = call.Query("purpose");
        if (purpose is not (null or Service or Storage))
        {
            throw Errors.InvalidParameter($"purpose must be {Service} or {Storage}");
        }

        var root = call.Workspace.Metastore.Root;
        IEnumerable<Securable> After(string? position) => new[] { (Service, SecurableFamily.Credential), (Storage, SecurableFamily.StorageCredential) }
            .Where(sort => purpose is null || purpose == sort.Item1)
            .SelectMany(sort => root.Children(sort.Item2).After(null))
            .OrderBy(KeyOf, StringComparer.Ordinal)
            .SkipWhile(item => string.CompareOrdinal(KeyOf(item), position) <= 0);
        var page = Paging.List(call, After, KeyOf, item => ListRoutes.Show(call, item) is { } shown
            ? shown with { Purpose = item.Family == SecurableFamily.Credential ? Service : Storage }
            : null);
        return ListRoutes.Answer(new ObjectList { Credentials = page.Items, NextPageToken = page.Next });
    }

    // One of each purpose may bear one name.
    private static string KeyOf(Securable item) => $"{item.Name} {item.Family}";
}
