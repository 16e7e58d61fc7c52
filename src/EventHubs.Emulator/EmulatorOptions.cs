using System.Globalization;

namespace EventHubs.Emulator;

/// <summary>The port and the hubs of an emulator.</summary>
/// <param name="Port">The TCP port on loopback.</param>
/// <param name="Hubs">The hubs, each with 1 to 32 partitions.</param>
/// <param name="Groups">The consumer groups of each hub.</param>
public sealed record EmulatorOptions(int Port, IReadOnlyList<(string Name, int Partitions)> Hubs, IReadOnlySet<string> Groups)
{
    /// <summary>The group that every hub has.</summary>
    public const string DefaultGroup = "$Default";

    /// <summary>How the program is called.</summary>
    public const string Usage = "usage: EventHubs.Emulator --port PORT --hub NAME:PARTITIONS [--hub ...] [--group NAME ...]";

    private const int MaxPartitions = 32;

    /// <summary>Reads the arguments of the program, or says what is wrong with them.</summary>
    public static EmulatorOptions? Parse(IReadOnlyList<string> args, out string error)
    {
        ArgumentNullException.ThrowIfNull(args);
        int? port = null;
        var hubs = new List<(string, int)>();
        var groups = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { DefaultGroup };
        for (var i = 0; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            var isRead = (args[i], value) switch
            {
                ("--port", { } text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65_535 && (port = number) > 0,
                ("--hub", { } text) => AddHub(text),
                ("--group", { Length: > 0 } text) => groups.Add(text) || groups.Contains(text),
                _ => false,
            };
            if (!isRead)
            {
                error = $"`{args[i]}{(value is null ? "" : " " + value)}` is not an argument";
                return null;
            }
        }

        error = port is null ? "`--port` is missing" : hubs.Count == 0 ? "`--hub` is missing" : "";
        return error.Length > 0 ? null : new EmulatorOptions(port!.Value, hubs, groups);

        bool AddHub(string text)
        {
            if (text.Split(':') is not [{ Length: > 0 } name, var count] || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var partitions)
                || partitions is 0 or > MaxPartitions || hubs.Exists(hub => string.Equals(hub.Item1, name, StringComparison.OrdinalIgnoreCase)))
            {
                return false;
            }

            hubs.Add((name, partitions));
            return true;
        }
    }
}
