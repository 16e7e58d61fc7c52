using System.Text;
using System.Text.Json;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Tests.Json;

/// <summary>Documents of Ranger, damaged byte by byte and token by token.</summary>
public sealed class DocumentFuzz
{
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-1", "1e999", "0", "99999999999999999999",
        "\"values\":", "\"policies\":", "\"resources\":{\"catalog\":", "\"id\":1,", "[[", "{\"x\":", "\"*\"", "/*x*/", "\uFEFF", "1.5", "\"true\"",
    ];

    [Fact]
    public void A_damaged_policy_download_is_refused_or_reads_back_as_it_was_written() => Fuzz(HostileDocumentTests.Policies, RangerJson.ReadServicePolicies);

    [Fact]
    public void A_damaged_tag_download_is_refused_or_reads_back_as_it_was_written() => Fuzz(HostileDocumentTests.Tags, RangerJson.ReadTags);

    [Fact]
    public void A_damaged_role_download_is_refused_or_reads_back_as_it_was_written() => Fuzz(HostileDocumentTests.Roles, RangerJson.ReadRoles);

    [Fact]
    public void A_damaged_user_store_is_refused_or_reads_back_as_it_was_written() => Fuzz(HostileDocumentTests.Users, RangerJson.ReadUserStore);

    private static void Fuzz<T>(string example, Func<ReadOnlyMemory<byte>, T> read)
    {
        var compact = JsonSerializer.Serialize(JsonDocument.Parse(example));
        var seen = FuzzRun.Rounds(FuzzRun.Count(3_000), random =>
        {
            var text = FuzzRun.Damaged(compact, Tokens, random);
            try
            {
                var written = Write(read(Encoding.UTF8.GetBytes(text)));
                Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(Write(read(written))));
                return "read";
            }
            catch (RangerFormatException)
            {
                return "refused";
            }
        });

        Assert.True(seen.GetValueOrDefault("read") > 0 && seen.GetValueOrDefault("refused") > 0, "both results must occur, or the damage proves nothing");
    }

    private static byte[] Write<T>(T document) => JsonSerializer.SerializeToUtf8Bytes(document, RangerJsonOptions.Strict);
}
