using System.Globalization;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Ranger.Deltas;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Adapters.Policies;

/// <summary>Reads one document of Ranger's, whatever way it came, or says what it lacks.</summary>
internal static class RangerDocument
{
    /// <summary>The document in <paramref name="content"/>, which is read piece by piece.</summary>
    /// <exception cref="SyncException">It is empty or not whole; the reason holds nothing of its content.</exception>
    public static T Parse<T>(string name, Stream content, Func<Stream, T> read)
    {
        var watched = new FirstWord(content);
        try
        {
            return read(watched);
        }
        catch (RangerFormatException e)
        {
            // Neither the parser's words nor its path: both may quote names and values of the document.
            throw PolicyFiles.Unavailable(
                watched.IsBlank ? $"{name} is empty" : $"{name} is not a whole Ranger document{Position(e.InnerException as JsonException)}");
        }
    }

    /// <summary>Reads policies or tags, and refuses what is not a whole set of them.</summary>
    public static Func<Stream, T> Whole<T>(string name)
        where T : class => content => RangerJson.Read<T>(content) switch
        {
            ServicePolicies { ServiceDef: null } => throw PolicyFiles.Unavailable($"{name} has no service definition"),
            // Changes since an earlier version stand on a set that we do not have.
            ServicePolicies policies when policies is { Policies: null, PolicyDeltas: not null }
                || policies.SecurityZones.Values.Any(zone => zone is { Policies: null, PolicyDeltas: not null }) =>
                throw PolicyFiles.Unavailable($"{name} holds changes of policies instead of all policies"),
            ServiceTags { IsDelta: true } => throw PolicyFiles.Unavailable($"{name} holds changes of tags instead of all tags"),
            var whole => whole,
        };

    /// <summary>
    /// Whether this is no statement about tags, least of all that there are none: that is said under a service's name or a
    /// version. Ranger's form for errors reads like that, and so does <c>{}</c>.
    /// </summary>
    public static bool SaysNothing(ServiceTags tags) => tags is
    {
        ServiceName: null or "", TagVersion: null, ServiceResources.Count: 0, Tags.Count: 0, ResourceToTagIds.Count: 0,
    };

    private static string Position(JsonException? e) => e is { LineNumber: { } line, BytePositionInLine: { } position }
        ? string.Create(CultureInfo.InvariantCulture, $": line {line + 1}, byte {position + 1}")
        : "";
}
