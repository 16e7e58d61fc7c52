using System.Globalization;
using System.Net;
using PolicySync.Sequences.Tests.Language;
using PolicySync.Sequences.Tests.Support;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>What befalls the calls of one sync, as its words say.</summary>
/// <param name="stage">The sequence.</param>
/// <param name="words">See <see cref="Step"/>.</param>
/// <param name="before">Calls made before this sync.</param>
/// <param name="acted">Called when somebody else has done something.</param>
internal sealed class Troubles(Stage stage, IReadOnlyList<string> words, int before, Action acted) : ICallTrouble
{
    private readonly ILookup<int, string[]> _at = words.Select(word => word[1..].Split(':'))
        .ToLookup(parts => int.Parse(parts[0], CultureInfo.InvariantCulture), parts => parts[1..]);

    public void Before(int call, HttpRequestMessage request)
    {
        foreach (var trouble in _at[call - before])
        {
            if (trouble[0] == "fails")
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError);
            }

            if (trouble[0] is not ("lost" or "damage"))
            {
                Step.ByOthers(stage, trouble);
                acted();
            }
        }
    }

    public byte[] After(int call, HttpRequestMessage request, HttpStatusCode status, byte[] body)
    {
        foreach (var trouble in _at[call - before])
        {
            if (trouble[0] == "lost")
            {
                throw new HttpRequestException(HttpRequestError.ResponseEnded);
            }

            if (trouble[0] == "damage")
            {
                body = Damage.Of(body, int.Parse(trouble[1], CultureInfo.InvariantCulture));
            }
        }

        return body;
    }
}
