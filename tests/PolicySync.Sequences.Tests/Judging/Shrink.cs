namespace PolicySync.Sequences.Tests.Judging;

/// <summary>Makes a failing sequence short: steps and words are left out as long as it fails without them.</summary>
internal static class Shrink
{
    public static async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<string> steps, Func<IReadOnlyList<string>, Task<bool>> fails)
    {
        for (var shrunk = true; shrunk;)
        {
            shrunk = false;
            foreach (var fewer in Smaller(steps))
            {
                if (await fails(fewer))
                {
                    (steps, shrunk) = (fewer, true);
                    break;
                }
            }
        }

        return steps;
    }

    // From the end: what comes after the fault goes first.
    private static IEnumerable<IReadOnlyList<string>> Smaller(IReadOnlyList<string> steps)
    {
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            yield return [.. steps.Take(i), .. steps.Skip(i + 1)];
        }

        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var step in WithFewerWords(steps[i]))
            {
                yield return [.. steps.Take(i), step, .. steps.Skip(i + 1)];
            }
        }
    }

    private static IEnumerable<string> WithFewerWords(string step)
    {
        var words = step.Split(' ');
        var kept = words[0] switch { "sync" => 2, "policy" => 4, _ => words.Length };
        for (var i = kept; i < words.Length; i++)
        {
            yield return string.Join(' ', words.Where((_, at) => at != i));
        }
    }
}
