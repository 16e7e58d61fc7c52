using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using PolicySync.Core.Records;
using PolicySync.Grains.Records;
using PolicySync.Grains.Resources;

namespace PolicySync.Host.Api.Records;

// The body of POST /records, for the API document only. ImportReader reads bodies and reports every fault.

/// <summary>Records of an export to store.</summary>
internal sealed record ImportBody(
    [property: Description("The connector instance that exported the records."), MinLength(1)] string Instance,
    [property: Description("The records, as an export gave them."), MinLength(1), MaxLength(RecordEndpoints.MaxRecords)] IReadOnlyList<RecordDetail> Records,
    [property: Description("Also store records of another instance.")] bool? AllowOtherInstance = null,
    [property: Description("Store nothing; the answer says what would be done.")] bool? DryRun = null);

/// <summary>A page of records.</summary>
/// <param name="Instance">The connector instance.</param>
/// <param name="Version">The version of the service.</param>
/// <param name="Records">The records of this page.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
internal sealed record RecordPage(string Instance, string Version, IReadOnlyList<RecordDetail> Records, string? NextPageToken);

/// <summary>Something stored that a lost storage account would lose.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">The type of the securable; null of a suspension, and where the name is not known.</param>
/// <param name="FullName">The full name of the securable, the pattern of a suspension, or the end of the key where the name is not known.</param>
/// <param name="Identity">The id of the object that the state is about; null when it is not known, and of other kinds.</param>
/// <param name="Content">What is stored. Not meant to be changed, and not to be relied on: a later version may store something else.</param>
internal sealed record RecordDetail(RecordKind Kind, string? Type, string FullName, string? Identity, JsonElement Content)
{
    public static RecordDetail Of(StoredRecord record) => new(record.Kind, record.Type, record.FullName, record.Identity, record.Content);
}

/// <summary>What became of records.</summary>
/// <param name="Results">A result for each record of the request, in its order.</param>
internal sealed record ImportAnswer(IReadOnlyList<ImportedRecordDetail> Results);

/// <summary>What became of a record.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">The type of the securable; null of a suspension.</param>
/// <param name="FullName">The full name of the securable, or the pattern of a suspension.</param>
/// <param name="Outcome">What was done, or would be done by a request that is not a dry run.</param>
/// <param name="Message">More about it, for people; null when there is nothing more to say.</param>
internal sealed record ImportedRecordDetail(RecordKind Kind, string? Type, string FullName, RestoreOutcome Outcome, string? Message)
{
    public static ImportedRecordDetail Of(StoredRecord record, RestoreReply reply) => new(record.Kind, record.Type, record.FullName, reply.Outcome, reply.Message);
}
