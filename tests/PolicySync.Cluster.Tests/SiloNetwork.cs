using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PolicySync.Cluster.Tests;

/// <summary>
/// A network namespace for each process, joined by a bridge in another one, that can be cut off one by one. The network of the
/// machine is not changed. Traffic with storage, workspace and HTTP clients passes through relays, so a process that is cut off
/// from the others still reaches everything else: the more dangerous kind of partition.
/// </summary>
internal sealed class SiloNetwork : IDisposable
{
    private const int NewNet = 0x4000_0000; // CLONE_NEWNET

    private static readonly Lazy<string?> Refusal = new(Probe);

    private readonly List<TcpProxy> _relays = [];
    private readonly string _name = $"ps{Environment.ProcessId}";
    private readonly int _count;

    public SiloNetwork(int count)
    {
        _count = count;
        Homes = [.. Enumerable.Range(0, count).Select(n => new MemberHome(Address(n), ["ip", "netns", "exec", Space(n)], port => Expose(n, port)))];
        try
        {
            Build();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Why this machine does not support such networks; null if it does.</summary>
    public static string? WhyNot => Refusal.Value;

    public IReadOnlyList<MemberHome> Homes { get; }

    private string Hub => $"{_name}-hub";

    /// <summary>Makes a loopback port of the machine reachable at the same loopback port of every home.</summary>
    /// <param name="port">The port, on both sides.</param>
    /// <param name="onSent">Gets the number of the home and the bytes that it sends.</param>
    public void Serve(int port, Action<int, ReadOnlyMemory<byte>>? onSent = null)
    {
        for (var n = 0; n < _count; n++)
        {
            var home = n;
            Relay(Socket(Space(n)), TcpProxy.NewSocket, port, piece => onSent?.Invoke(home, piece));
        }
    }

    /// <summary>Drops all traffic between this home and the others, without closing connections.</summary>
    public void Cut(int home) => Ip($"-n {Hub} link set {Port(home)} down");

    public void Heal(int home) => Ip($"-n {Hub} link set {Port(home)} up");

    public void Dispose()
    {
        _relays.ForEach(relay => relay.Dispose());
        foreach (var space in Enumerable.Range(0, _count).Select(Space).Append(Hub))
        {
            TryIp($"netns delete {space}", out _);
        }
    }

    private void Build()
    {
        Ip($"netns add {Hub}");
        Ip($"-n {Hub} link add bridge type bridge");
        Ip($"-n {Hub} link set bridge up");
        for (var n = 0; n < _count; n++)
        {
            Ip($"netns add {Space(n)}");
            Ip($"-n {Space(n)} link set lo up");
            Ip($"-n {Space(n)} link add eth0 type veth peer name {Port(n)} netns {Hub}");
            Ip($"-n {Space(n)} address add {Address(n)}/24 dev eth0");
            Ip($"-n {Space(n)} link set eth0 up");
            Ip($"-n {Hub} link set {Port(n)} master bridge up");
        }
    }

    private void Expose(int home, int port) => Relay(TcpProxy.NewSocket(), () => Socket(Space(home)), port, _ => { });

    // From a port of one loopback to the same port of another.
    private void Relay(Socket listening, Func<Socket> open, int port, Action<ReadOnlyMemory<byte>> onSent)
    {
        listening.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _relays.Add(new TcpProxy(listening, open, port, piece =>
        {
            onSent(piece);
            return false;
        }));
    }

    private string Space(int home) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{home}");

    private static string Port(int home) => string.Create(CultureInfo.InvariantCulture, $"port{home}");

    // An address range for documentation (RFC 5737): it exists only between the namespaces.
    private static string Address(int home) => string.Create(CultureInfo.InvariantCulture, $"192.0.2.{home + 1}");

    // A socket belongs to the network of the thread that creates it, so create it on a separate thread that then ends.
    private static Socket Socket(string space)
    {
        Socket? made = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{space}");
                made = setns((int)file.DangerousGetHandle(), NewNet) == 0 ? TcpProxy.NewSocket() : throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return made ?? throw new InvalidOperationException($"no socket in {space}", failure);
    }

    private static string? Probe()
    {
        try
        {
            using var trial = new SiloNetwork(1);
            Socket(trial.Space(0)).Dispose();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return $"this machine lets us make no network namespaces: {e.Message}";
        }
    }

    private static void Ip(string arguments)
    {
        if (!TryIp(arguments, out var error))
        {
            throw new InvalidOperationException($"ip {arguments}: {error}");
        }
    }

    private static bool TryIp(string arguments, out string error)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        error = ip.StandardError.ReadToEnd().Trim();
        ip.WaitForExit();
        return ip.ExitCode == 0;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int setns(int file, int kind);
}

/// <summary>Marks a test that needs network namespaces (root on Linux). Elsewhere it is skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsNamespacesAttribute : FactAttribute
{
    public NeedsNamespacesAttribute() => Skip = SiloNetwork.WhyNot;
}
