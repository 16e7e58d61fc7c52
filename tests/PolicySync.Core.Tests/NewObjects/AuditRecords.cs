using System.Text;
using PolicySync.Core.Events;

namespace PolicySync.Core.Tests.NewObjects;

/// <summary>What is read of audit records in an event hub.</summary>
public sealed class AuditRecords
{
    private const string Azure = """
        {"records":[{"time":"2026-12-01T08:00:00Z","category":"unityCatalog","operationName":"Microsoft.Databricks/unityCatalog/createTable",
        "identity":"{\"email\":\"ann@corp.com\",\"subjectName\":null}","properties":{"serviceName":"unityCatalog","actionName":"createTable",
        "requestParams":"{\"name\":\"Orders\",\"catalog_name\":\"main\",\"schema_name\":\"sales\"}","response":"{\"statusCode\":200}"}}]}
        """;

    [Fact]
    public void A_record_as_Azure_sends_it_is_read_with_its_values_as_text()
    {
        var read = Read(Azure);

        var one = Assert.Single(read.Objects);
        Assert.Equal(("table main.sales.orders", "ann@corp.com"), (one.Securable.ToString(), one.By));
        Assert.Equal((0, 0), (read.Others, read.Unknown.Count));
    }

    [Theory]
    [InlineData("createTable", """{"full_name_arg":"main.s.t"}""", "table main.s.t")]
    [InlineData("updateTables", """{"full_name_arg":"main.s.t"}""", "table main.s.t")]
    [InlineData("createSchema", """{"name":"s","catalog_name":"main"}""", "schema main.s")]
    [InlineData("createCatalog", """{"name":"main"}""", "catalog main")]
    [InlineData("createFunction", """{"function_info":"{\"name\":\"f\",\"catalog_name\":\"main\",\"schema_name\":\"s\"}"}""", "function main.s.f")]
    [InlineData("createVolume", """{"name":"v","catalog_name":"main","schema_name":"s"}""", "volume main.s.v")]
    [InlineData("createRegisteredModel", """{"NAME":"m","Catalog_Name":"main","schema_name":"s"}""", "model main.s.m")]
    public void Each_action_names_its_object_in_its_way(string action, string sent, string expected)
    {
        Assert.Equal(expected, Assert.Single(Read(Record(action, sent)).Objects).Securable.ToString());
        Assert.Equal(expected, Assert.Single(Read(Record(action, sent).Replace("actionName", "ActionName", StringComparison.Ordinal)).Objects).Securable.ToString());
    }

    [Theory]
    [InlineData("createTable", """{"something":"else"}""")]
    [InlineData("createTable", """{"full_name_arg":"main.s"}""")]
    [InlineData("createTable", """{"full_name_arg":"main.s.t*"}""")]
    [InlineData("createTable", "7")]
    [InlineData("createSchema", """{"name":7,"catalog_name":"main"}""")]
    public void A_record_that_does_not_name_its_object_is_unknown(string action, string sent)
    {
        var read = Read(Record(action, sent));

        Assert.Empty(read.Objects);
        Assert.Equal([action], read.Unknown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("""{"type":"RESOURCE_SYNC"}""")]
    [InlineData("""{"records":7}""")]
    [InlineData("""{"records":[7]}""")]
    [InlineData("""{"records":[{}]}""")]
    [InlineData("""{"records":[{"category":"jobs","actionName":"createTable","requestParams":{"full_name_arg":"a.b.c"}}]}""")]
    [InlineData("""{"records":[{"category":"unityCatalog","actionName":"deleteTable","requestParams":{"full_name_arg":"a.b.c"}}]}""")]
    [InlineData("""{"records":[{"category":"unityCatalog","actionName":"createTable","requestParams":{"full_name_arg":"a.b.c"},"response":{"statusCode":403}}]}""")]
    [InlineData("""{"records":[{"category":"unityCatalog","actionName":"createTable","requestParams":{"full_name_arg":"a.b.c"},"response":"{\"statusCode\":\"500\"}"}]}""")]
    [InlineData("""{"records":[{"category":"unityCatalog","actionName":"createTable","requestParams":{"full_name_arg":"a.\ud800.c"}}]}""")]
    public void Anything_else_is_one_other_record(string body)
    {
        var read = Read(body);

        Assert.Empty(read.Objects);
        Assert.Empty(read.Unknown);
        Assert.Equal(1, read.Others);
    }

    private static string Record(string action, string sent) =>
        $$$"""{"records":[{"category":"unityCatalog","actionName":"{{{action}}}","requestParams":{{{sent}}},"response":{"statusCode":200}}]}""";

    private static AuditedObjects Read(string body) => DatabricksAudit.Read(Encoding.UTF8.GetBytes(body));
}
