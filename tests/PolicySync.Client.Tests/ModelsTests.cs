using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Client.Http;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

/// <summary>The models have what the OpenAPI document has.</summary>
[Collection(LiveServiceCollection.Name)]
public sealed class ModelsTests(LiveService service)
{
    private static readonly Dictionary<string, Type> Models = new()
    {
        ["TaskRequestResource"] = typeof(Securable),
        ["Problem"] = typeof(ProblemDocument),
        ["ProblemError"] = typeof(ProblemFault),
    };

    /// <summary>Enumerations that are text in the client, for they grow; and what exceptions have elsewhere.</summary>
    private static readonly HashSet<string> Elsewhere =
        ["ErrorCode", "GapCode", "Problem.type", "Problem.status", "Problem.instance", .. AllOfTask];

    /// <summary>After a wait, the answer of a POST has all members of a task; the client then returns a task.</summary>
    private static IEnumerable<string> AllOfTask =>
        typeof(SyncTask).GetProperties().Select(property => $"TaskAccepted.{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}");

    [Fact]
    public async Task No_member_of_the_document_is_missing_in_the_models()
    {
        var missing = new List<string>();
        foreach (var schema in await SchemasAsync())
        {
            if (Elsewhere.Contains(schema.Name))
            {
                continue;
            }

            if (Model(schema.Name) is not { } model)
            {
                missing.Add(schema.Name);
            }
            else if (schema.Value.TryGetProperty("enum", out var values))
            {
                var known = model.GetFields().Select(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name);
                missing.AddRange(values.EnumerateArray().Select(value => value.GetString()!).Except(known).Select(value => $"{schema.Name}.{value}")!);
            }
            else
            {
                var known = model.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
                missing.AddRange(schema.Value.GetProperty("properties").EnumerateObject().Select(property => property.Name).Except(known)
                    .Select(name => $"{schema.Name}.{name}").Where(name => !Elsewhere.Contains(name)));
            }
        }

        Assert.Empty(missing);
    }

    [Fact]
    public async Task No_filter_of_the_document_is_missing_in_the_queries()
    {
        var paths = JsonElement.Parse(await service.DocumentAsync()).GetProperty("paths");

        Assert.All(
            [("/policysync/api/v1/tasks", typeof(TaskQuery)), ("/policysync/api/v1/tasks/{taskId}/resources", typeof(ResourceQuery)),
                ("/policysync/api/v1/policies", typeof(PolicyQuery)),
                ("/policysync/api/v1/plans/{planId}/resources", typeof(PlanResourceQuery)),
                ("/policysync/api/v1/securables/{type}/{fullName}/access", typeof(AccessQuery))],
            list => Assert.Subset(
                list.Item2.GetProperties().Select(property => property.GetCustomAttribute<Refit.AliasAsAttribute>()!.Name).ToHashSet(),
                paths.GetProperty(list.Item1).GetProperty("get").GetProperty("parameters").EnumerateArray()
                    .Where(parameter => parameter.GetProperty("in").GetString() == "query")
                    .Select(parameter => parameter.GetProperty("name").GetString()!).ToHashSet()));
    }

    private static Type? Model(string schema) =>
        Models.GetValueOrDefault(schema) ?? typeof(SyncTask).Assembly.GetTypes().FirstOrDefault(type => type.Name == schema);

    private async Task<List<JsonProperty>> SchemasAsync() =>
        [.. JsonElement.Parse(await service.DocumentAsync()).GetProperty("components").GetProperty("schemas").EnumerateObject()];
}
