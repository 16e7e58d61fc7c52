namespace PolicySync.Grains.Fairness;

/// <summary>
/// Divides places among shares (<see cref="Core.Tasks.TaskShare"/>) without fixed parts: a single share may hold three quarters of
/// them, and the more shares hold places, the less each may hold. A share that never gives places back thus leaves some to others,
/// and so do three such shares where there are 64 places. Not safe for concurrent use.
/// </summary>
/// <param name="places">Number of places.</param>
/// <param name="mostPerFree">A share may take another place only while it holds fewer than this multiple of the free places.</param>
internal sealed class Shares(int places, int mostPerFree = Shares.MostPerFree)
{
    /// <summary>The multiple for places that are held for minutes.</summary>
    public const int MostPerFree = 3;

    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);

    /// <summary>Free places; negative when more places are held than there are.</summary>
    public int Free { get; private set; } = places;

    /// <summary>Places that the share holds.</summary>
    public int HeldBy(string share) => _held.GetValueOrDefault(share);

    /// <summary>Whether the share may take another place.</summary>
    public bool HasRoom(string share) => Free > 0 && HeldBy(share) < (long)mostPerFree * Free;

    /// <summary>Takes a place, even when there is no room.</summary>
    public void Take(string share)
    {
        _held[share] = HeldBy(share) + 1;
        Free--;
    }

    /// <summary>Gives a place back.</summary>
    public void Return(string share)
    {
        Free++;
        if (HeldBy(share) is > 1 and var held)
        {
            _held[share] = held - 1;
        }
        else
        {
            _held.Remove(share);
        }
    }
}
