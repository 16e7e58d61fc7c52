using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Ui.Http;

namespace PolicySync.Ui.Assets;

/// <summary>
/// The style sheet, the script and the icon of the pages, as resources of the program. Their addresses have the hash of their content, so
/// that a browser keeps a file permanently and never uses one of another version.
/// </summary>
internal static class AssetFiles
{
    private const string Folder = "/ui/assets";
    private const string Forever = "public, max-age=31536000, immutable";

    private static readonly Asset Styles = Asset.Of("ui", "css", "text/css; charset=utf-8", "base.css", "layout.css", "parts.css");
    private static readonly Asset Script = Asset.Of("ui", "js", "text/javascript; charset=utf-8", "ui.js");
    private static readonly Asset Mark = Asset.Of("icon", "svg", "image/svg+xml", "icon.svg");

    private static readonly FrozenDictionary<string, Asset> Files =
        new[] { Styles, Script, Mark }.ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    public static string StylesPath => $"{Folder}/{Styles.Name}";

    public static string ScriptPath => $"{Folder}/{Script.Name}";

    public static string IconPath => $"{Folder}/{Mark.Name}";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Folder + "/{name}", static (string name, HttpContext http) => Send(name, http)).AllowAnonymous().ExcludeFromDescription();

    private static IResult Send(string name, HttpContext http)
    {
        if (!Files.TryGetValue(name, out var asset))
        {
            return Results.NotFound(); // also a name of another version: a page that is still open asks again
        }

        PageHeaders.Protect(http.Response.Headers);
        http.Response.Headers.CacheControl = Forever;
        return Results.Bytes(asset.Content, asset.Type);
    }

    private sealed record Asset(string Name, string Type, byte[] Content)
    {
        public static Asset Of(string name, string extension, string type, params ReadOnlySpan<string> resources)
        {
            using var content = new MemoryStream();
            foreach (var resource in resources)
            {
                using var part = typeof(AssetFiles).Assembly.GetManifestResourceStream(resource)!;
                part.CopyTo(content);
            }

            var bytes = content.ToArray();
            return new Asset($"{name}.{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}.{extension}", type, bytes);
        }
    }
}
