namespace PolicySync.Grains.Fairness;

/// <summary>
/// Places that shares (<see cref="Core.Tasks.TaskShare"/>) have in common. Nobody has a fixed part: one alone may hold
/// three quarters, and the more hold some, the less each may. So a share that never leaves its places leaves some to
/// others, and so do three of them where there are 64. Not safe for concurrent use.
/// </summary>
/// <param name="places">How many there are.</param>
/// <param name="mostPerFree">A share takes another place only while it holds less than so many times the places that are free.</param>
internal sealed class Shares(int places, int mostPerFree = Shares.MostPerFree)
{
    /// <summary>What a share may hold of places that are kept for minutes, as a multiple of those that are free.</summary>
    public const int MostPerFree = 3;

    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);

    /// <summary>Places that nobody holds; below zero when more are held than there are.</summary>
    public int Free { get; private set; } = places;

    /// <summary>Places of one share.</summary>
    public int HeldBy(string share) => _held.GetValueOrDefault(share);

    /// <summary>Whether the share may take another place.</summary>
    public bool HasRoom(string share) => Free > 0 && HeldBy(share) < (long)mostPerFree * Free;

    /// <summary>Takes a place, whether there is room or not.</summary>
    public void Take(string share)
    {
        _held[share] = HeldBy(share) + 1;
        Free--;
    }

    /// <summary>Gives one back.</summary>
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
