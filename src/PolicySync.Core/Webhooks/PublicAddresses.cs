using System.Net;
using System.Net.Sockets;

namespace PolicySync.Core.Webhooks;

/// <summary>
/// Tells public addresses from those of private networks, of this machine and of the platform below it, such as metadata services. What
/// is not known to be public counts as not public (IANA's special-purpose address registries).
/// </summary>
public static class PublicAddresses
{
    private static readonly (IPNetwork Network, string What)[] Refused =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "this host"),
        (IPNetwork.Parse("10.0.0.0/8"), "private"),
        (IPNetwork.Parse("100.64.0.0/10"), "shared by a carrier"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("168.63.129.16/32"), "the platform of Azure"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local"),
        (IPNetwork.Parse("172.16.0.0/12"), "private"),
        (IPNetwork.Parse("192.0.0.0/24"), "reserved"),
        (IPNetwork.Parse("192.0.2.0/24"), "reserved"),
        (IPNetwork.Parse("192.88.99.0/24"), "reserved"),
        (IPNetwork.Parse("192.168.0.0/16"), "private"),
        (IPNetwork.Parse("198.18.0.0/15"), "reserved"),
        (IPNetwork.Parse("198.51.100.0/24"), "reserved"),
        (IPNetwork.Parse("203.0.113.0/24"), "reserved"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/128"), "this host"),
        (IPNetwork.Parse("::1/128"), "loopback"),
        (IPNetwork.Parse("fc00::/7"), "private"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
        (IPNetwork.Parse("2001::/23"), "reserved"), // tunnels among them, whose end may be private
        (IPNetwork.Parse("2001:db8::/32"), "reserved"),
        (IPNetwork.Parse("2002::/16"), "reserved"), // 6to4
        (IPNetwork.Parse("3fff::/20"), "reserved"),
    ];

    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    /// <summary>Translates to IPv4: the last four bytes are the address that is called (RFC 6052).</summary>
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Returns why <paramref name="address"/> is not public; null when it is.</summary>
    public static string? Fault(IPAddress address)
    {
        var bare = address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : Translated.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : address;
        foreach (var (network, what) in Refused)
        {
            if (network.Contains(bare))
            {
                return what;
            }
        }

        return bare.AddressFamily == AddressFamily.InterNetwork || Global.Contains(bare) ? null : "reserved";
    }
}
