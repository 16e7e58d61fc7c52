using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PolicySync.Cluster.Tests;

/// <summary>
/// A network namespace for each process, joined by a bridge in one more, that can be cut one by one. Nothing in the
/// network of the machine is touched. What is not between the processes (storage, workspace, HTTP) passes through relays,
/// so that a process which is cut off from the others still reaches all else: the more dangerous of the two cuts.
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

    /// <summary>Why this machine has no such networks; null when it has.</summary>
    public static string? WhyNot => Refusal.Value;

    public IReadOnlyList<MemberHome> Homes { get; }

    private string Hub => $"{_name}-hub";

    /// <summary>Makes a port of the machine's loopback reachable at the same port of every home's.</summary>
    /// <param name="port">Both here and there.</param>
    /// <param name="onSent">Told the number of the home and what it sends.</param>
    public void Serve(int port, Action<int, ReadOnlyMemory<byte>>? onSent = null)
    {
        for (var n = 0; n < _count; n++)
        {
            var home = n;
            Relay(Socket(Space(n)), TcpProxy.NewSocket, port, piece => onSent?.Invoke(home, piece));
        }
    }

    /// <summary>From now on nothing passes between this home and the others; no connection is told of it.</summary>
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

    // Of the network for documentation: it exists only between the namespaces.
    private static string Address(int home) => string.Create(CultureInfo.InvariantCulture, $"192.0.2.{home + 1}");

    // A socket belongs to the network of the thread that makes it, for life; so a thread of its own, which ends.
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

/// <summary>A test that needs network namespaces: root on Linux. Skipped, with the reason, where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsNamespacesAttribute : FactAttribute
{
    public NeedsNamespacesAttribute() => Skip = SiloNetwork.WhyNot;
}
