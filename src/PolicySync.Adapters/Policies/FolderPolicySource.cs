using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Ranger;

namespace PolicySync.Adapters.Policies;

/// <summary>Policies from files in the form of Ranger's downloads.</summary>
internal sealed class FolderPolicySource(IOptions<PoliciesOptions> options) : IPolicySource
{
    /// <summary>Largest file that is read, in bytes; Ranger's downloads of 100,000 policies stay below it.</summary>
    internal long MaxFileSize { get; init; } = 256 * 1024 * 1024;

    public async Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation)
    {
        var folder = options.Value.Folder
            ?? throw PolicyFiles.Unavailable("PolicySync:Policies:Folder is not set");
        var files = await PolicyFiles.ReadAsync(folder, MaxFileSize, cancellation);
        return string.Equals(files.Stamp, knownStamp, StringComparison.Ordinal)
            ? null
            : new PolicyDownload(
                files.Stamp,
                Whole(Parse(files.Policies, RangerJson.ReadServicePolicies)
                    ?? throw PolicyFiles.Unavailable($"{files.Policies.Name} does not exist"), files.Policies.Name),
                Parse(files.Roles, RangerJson.ReadRoles),
                Parse(files.UserStore, RangerJson.ReadUserStore),
                Parse(files.Tags, RangerJson.ReadTags) is { } tags ? Whole(tags, files.Tags.Name) : null);
    }

    private static ServicePolicies Whole(ServicePolicies policies, string file)
    {
        if (policies.ServiceDef is null)
        {
            throw PolicyFiles.Unavailable($"{file} has no service definition");
        }

        // Changes since an earlier version stand on a set that we do not have.
        return policies is { Policies: null, PolicyDeltas: not null }
            || policies.SecurityZones.Values.Any(zone => zone is { Policies: null, PolicyDeltas: not null })
            ? throw PolicyFiles.Unavailable($"{file} holds changes of policies instead of all policies")
            : policies;
    }

    private static ServiceTags Whole(ServiceTags tags, string file) =>
        tags.IsDelta ? throw PolicyFiles.Unavailable($"{file} holds changes of tags instead of all tags") : tags;

    private static T? Parse<T>(PolicyFile file, Func<ReadOnlyMemory<byte>, T> read)
        where T : class
    {
        switch (file.Content)
        {
            case null:
                return null;
            case { } content when content.All(b => char.IsWhiteSpace((char)b)):
                throw PolicyFiles.Unavailable($"{file.Name} is empty");
            default:
                try
                {
                    return read(file.Content);
                }
                catch (RangerFormatException e)
                {
                    // Neither the parser's words nor its path: both may quote names and values of the file.
                    throw PolicyFiles.Unavailable(
                        $"{file.Name} is not a whole Ranger document{Position(e.InnerException as JsonException)}");
                }
        }
    }

    private static string Position(JsonException? e) => e is { LineNumber: { } line, BytePositionInLine: { } position }
        ? string.Create(CultureInfo.InvariantCulture, $": line {line + 1}, byte {position + 1}")
        : "";
}
