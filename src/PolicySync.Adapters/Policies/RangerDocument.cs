using System.Globalization;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Adapters.Policies;

/// <summary>Parses one Ranger document, or reports what it lacks.</summary>
internal static class RangerDocument
{
    /// <summary>The document in <paramref name="content"/>, which is read piece by piece.</summary>
    /// <exception cref="SyncException">The document is empty or incomplete; the message quotes nothing of it.</exception>
    public static T Parse<T>(string name, Stream content, Func<Stream, T> read)
    {
        var watched = new FirstWord(content);
        try
        {
            return read(watched);
        }
        catch (RangerFormatException e)
        {
            // Without the parser's message and path, which may quote names and values of the document.
            throw PolicyFiles.Unavailable(
                watched.IsBlank ? $"{name} is empty" : $"{name} is not a complete Ranger document{Position(e.InnerException as JsonException)}");
        }
    }

    /// <summary>Parses policies or tags, and refuses an incomplete set.</summary>
    public static Func<Stream, T> Whole<T>(string name)
        where T : class => content => RangerJson.Read<T>(content) switch
        {
            ServicePolicies { ServiceDef: null } => throw PolicyFiles.Unavailable($"{name} has no service definition"),
            // Changes since an earlier version need a base that the service does not have.
            ServicePolicies policies when policies is { Policies: null, PolicyDeltas: not null }
                || policies.SecurityZones.Values.Any(zone => zone is { Policies: null, PolicyDeltas: not null }) =>
                throw PolicyFiles.Unavailable($"{name} contains changes of policies, not all policies"),
            ServiceTags { IsDelta: true } => throw PolicyFiles.Unavailable($"{name} contains changes of tags, not all tags"),
            var whole => whole,
        };

    /// <summary>
    /// Whether the answer says nothing about tags. An answer without tags still has a service name or a version; Ranger's
    /// error body and <c>{}</c> have neither.
    /// </summary>
    public static bool SaysNothing(ServiceTags tags) => tags is
    {
        ServiceName: null or "", TagVersion: null, ServiceResources.Count: 0, Tags.Count: 0, ResourceToTagIds.Count: 0,
    };

    private static string Position(JsonException? e) => e is { LineNumber: { } line, BytePositionInLine: { } position }
        ? string.Create(CultureInfo.InvariantCulture, $": line {line + 1}, byte {position + 1}")
        : "";
}
