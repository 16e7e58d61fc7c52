using System.Net;
using System.Text;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class FuzzTests
{
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-1", "1e999", "0", "\"type\"",
        "\"values\":1,", "\"requestInfo\"", "{\"a\":{}}", "\0", "\u00e9", "\ud83d\ude00", "/*x*/", "\uFEFF", "[[[[[[[[", "{\"x\":",
    ];

    [Fact]
    public async Task No_mutation_of_a_good_body_is_ever_a_5xx()
    {
        await using var host = await TestHost.StartAsync();
        var (accepted, rounds) = (0, FuzzRun.Count(3_000));
        for (var round = 0; round < rounds; round++)
        {
            var random = FuzzRun.RandomOf(round);
            var body = Encoding.UTF8.GetBytes(Examples.Requests[random.Next(Examples.Requests.Count)].Json);
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                body = Mutated(body, random);
            }

            using var answer = await host.Client.PostAsync(body);

            if (answer.StatusCode == HttpStatusCode.Accepted)
            {
                accepted++;
            }
            else
            {
                Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge,
                    $"round {round}: {answer.StatusCode} for {Convert.ToBase64String(body)}");
                await answer.ProblemAsync(answer.StatusCode);
            }
        }

        // Both kinds were met, or the mutations prove nothing.
        Assert.InRange(accepted, 1, rounds - 1);
    }

    private static byte[] Mutated(byte[] body, Random random)
    {
        var at = random.Next(body.Length);
        var to = random.Next(at, Math.Min(body.Length, at + 20));
        return random.Next(6) switch
        {
            0 => [.. body[..at], .. body[to..], (byte)' '],
            1 => [.. body[..at], .. body[at..to], .. body[at..]],
            2 => [.. body[..at], (byte)random.Next(256), .. body[(at + 1)..]],
            3 => [.. body[..at], .. Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]), .. body[at..]],
            4 => [.. body[..at], .. Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]), .. body[to..], (byte)' '],
            _ => [.. body[..at], (byte)(body[at] ^ (1 << random.Next(8))), .. body[(at + 1)..]],
        };
    }
}
