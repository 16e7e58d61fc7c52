using System.Globalization;
using System.Net;
using Azure.Data.Tables;
using Orleans.Runtime;

namespace PolicySync.AzureTables.Clustering;

/// <summary>
/// A silo as a row of the official membership table (docs/storage.md): everything is text, times have milliseconds.
/// </summary>
internal static class SiloRow
{
    public const string Status = "Status";
    public const string ProxyPort = "ProxyPort";
    public const string IAmAliveTime = "IAmAliveTime";

    private const char Separator = '|';

    /// <summary>The row's key, <c>{ip}-{port}-{generation}</c>.</summary>
    public static string KeyOf(SiloAddress silo) => string.Create(
        CultureInfo.InvariantCulture, $"{silo.Endpoint.Address}-{silo.Endpoint.Port}-{silo.Generation}");

    public static TableEntity Write(string clusterId, MembershipEntry entry)
    {
        var silo = entry.SiloAddress;
        var row = new TableEntity(clusterId, KeyOf(silo))
        {
            ["DeploymentId"] = clusterId,
            ["Address"] = silo.Endpoint.Address.ToString(),
            ["Port"] = Text(silo.Endpoint.Port),
            ["Generation"] = Text(silo.Generation),
            ["HostName"] = entry.HostName,
            [Status] = entry.Status.ToString(),
            [ProxyPort] = Text(entry.ProxyPort),
            ["RoleName"] = entry.RoleName,
            ["SiloName"] = entry.SiloName,
            ["InstanceName"] = entry.SiloName, // the name's old column, which old readers look for
            ["UpdateZone"] = Text(entry.UpdateZone),
            ["FaultZone"] = Text(entry.FaultZone),
            ["SuspectingSilos"] = Join(entry, static suspecter => suspecter.Item1.ToParsableString()),
            ["SuspectingTimes"] = Join(entry, static suspecter => LogFormatter.PrintDate(suspecter.Item2)),
            ["StartTime"] = LogFormatter.PrintDate(entry.StartTime),
            [IAmAliveTime] = LogFormatter.PrintDate(entry.IAmAliveTime),
        };
        return WithoutNulls(row);
    }

    /// <summary>The heartbeat alone, to be merged into the row.</summary>
    public static TableEntity WriteIAmAlive(string clusterId, MembershipEntry entry) =>
        new(clusterId, KeyOf(entry.SiloAddress)) { [IAmAliveTime] = LogFormatter.PrintDate(entry.IAmAliveTime) };

    /// <exception cref="FormatException">The row is not one that either provider wrote.</exception>
    public static MembershipEntry Read(TableEntity row)
    {
        var entry = new MembershipEntry
        {
            SiloAddress = AddressOf(row, "Port"),
            HostName = row.GetString("HostName"),
            Status = Enum.TryParse<SiloStatus>(row.GetString(Status), out var status)
                ? status
                : throw new FormatException($"`{row.GetString(Status)}` is not a silo's status"),
            ProxyPort = Number(row, ProxyPort),
            RoleName = row.GetString("RoleName"),
            SiloName = row.GetString("SiloName") is { Length: > 0 } name ? name : row.GetString("InstanceName"),
            UpdateZone = Number(row, "UpdateZone"),
            FaultZone = Number(row, "FaultZone"),
            StartTime = Time(row.GetString("StartTime")),
            IAmAliveTime = Time(row.GetString(IAmAliveTime)),
        };
        var silos = Split(row.GetString("SuspectingSilos"));
        var times = Split(row.GetString("SuspectingTimes"));
        if (silos.Length != times.Length)
        {
            throw new FormatException($"{silos.Length} suspecting silos, but {times.Length} times");
        }

        foreach (var (silo, time) in silos.Zip(times))
        {
            entry.AddSuspector(SiloAddress.FromParsableString(silo), Time(time));
        }

        return entry;
    }

    /// <summary>The silo's address with the port that <paramref name="portColumn"/> holds.</summary>
    /// <exception cref="FormatException">The row has no usable address.</exception>
    public static SiloAddress AddressOf(TableEntity row, string portColumn) =>
        IPAddress.TryParse(row.GetString("Address"), out var address)
            ? SiloAddress.New(address, Number(row, portColumn), Number(row, "Generation"))
            : throw new FormatException($"`{row.GetString("Address")}` is not an address");

    private static string Join(MembershipEntry entry, Func<Tuple<SiloAddress, DateTime>, string> part) =>
        string.Join(Separator, (entry.SuspectTimes ?? []).Select(part));

    private static string[] Split(string? text) => string.IsNullOrEmpty(text) ? [] : text.Split(Separator);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(TableEntity row, string column) => row.GetString(column) is { Length: > 0 } text
        ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        : 0;

    private static DateTime Time(string? text) =>
        string.IsNullOrEmpty(text) ? default : DateTime.SpecifyKind(LogFormatter.ParseDate(text), DateTimeKind.Utc);

    // A column without a value is one that the row does not have.
    private static TableEntity WithoutNulls(TableEntity row)
    {
        foreach (var column in row.Where(cell => cell.Value is null).Select(cell => cell.Key).ToList())
        {
            row.Remove(column);
        }

        return row;
    }
}
