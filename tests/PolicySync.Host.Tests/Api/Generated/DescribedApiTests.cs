using System.Text.Json;

namespace PolicySync.Host.Tests.Api.Generated;

/// <summary>What the test of generated requests relies on: that differences are found.</summary>
public sealed class DescribedApiTests
{
    private static readonly DescribedApi Api = new(JsonElement.Parse(
        """
        {
          "paths": {},
          "components": { "schemas": {
            "Item": { "type": "object", "required": ["id"], "properties": {
              "id": { "type": "string" }, "state": { "$ref": "#/components/schemas/State" }, "at": { "type": "string", "format": "date-time" },
              "n": { "type": "integer" }, "is": { "type": "boolean" }, "items": { "type": "array", "items": { "$ref": "#/components/schemas/Item" } } } },
            "State": { "type": "string", "enum": ["NEW"] } } }
        }
        """));

    [Theory]
    [InlineData("""{"id":"1","state":"NEW","at":"2026-11-30T10:00:00Z","n":1,"is":true,"items":[{"id":"2"}]}""", "")]
    [InlineData("""{}""", "/id is absent")]
    [InlineData("""{"id":null}""", "/id is not text")]
    [InlineData("""{"id":"1","state":"OLD"}""", "/state has `OLD`, which the document does not list")]
    [InlineData("""{"id":"1","at":"soon"}""", "/at has `soon`, which is not a time")]
    [InlineData("""{"id":"1","n":1.5}""", "/n is not a whole number")]
    [InlineData("""{"id":"1","is":"true"}""", "/is is not true or false")]
    [InlineData("""{"id":"1","items":[{"id":"2"},{"x":1,"id":"3"}]}""", "/items/1/x is not in the document")]
    [InlineData("""[]""", " is not an object")]
    public void A_difference_between_a_value_and_its_schema_is_found(string value, string expected) => Assert.Equal(
        expected, string.Join(", ", Api.Differences(JsonElement.Parse("""{"$ref":"#/components/schemas/Item"}"""), JsonElement.Parse(value))));
}
