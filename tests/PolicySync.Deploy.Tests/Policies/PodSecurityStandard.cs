using System.Text.Json.Nodes;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Policies;

/// <summary>
/// Every control of the restricted Pod Security Standard, those of the baseline that it includes too. Source:
/// kubernetes.io/docs/concepts/security/pod-security-standards. Each rule is a control of that page under its name.
/// </summary>
internal static class PodSecurityStandard
{
    private static readonly string[] Volumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    private static readonly string[] Sysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    private static readonly string?[] SelinuxTypes = [null, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    public static IReadOnlyDictionary<string, Func<JsonNode, bool>> Controls { get; } = new Dictionary<string, Func<JsonNode, bool>>(StringComparer.Ordinal)
    {
        ["HostProcess"] = pod => Contexts(pod).All(context => !context["windowsOptions"]?["hostProcess"].IsTrue() ?? true),
        ["Host Namespaces"] = pod => !pod["hostNetwork"].IsTrue() && !pod["hostPID"].IsTrue() && !pod["hostIPC"].IsTrue(),
        ["Privileged Containers"] = pod => OwnContexts(pod).All(context => !context?["privileged"].IsTrue() ?? true),
        ["Capabilities"] = pod => OwnContexts(pod).All(context =>
            (context?["capabilities"]?["drop"].Items() ?? []).Any(name => name.Text() == "ALL")
            && (context?["capabilities"]?["add"].Items() ?? []).All(name => name.Text() == "NET_BIND_SERVICE")),
        ["HostPath Volumes"] = pod => pod["volumes"].Items().All(volume => volume["hostPath"] is null),
        ["Host Ports"] = pod => Json.ContainersOf(pod).All(container => container["ports"].Items().All(port => port["hostPort"].Text() is null or "0")),
        ["Host Probes / Lifecycle Hooks"] = pod => Handlers(pod).All(handler =>
            string.IsNullOrEmpty(handler["httpGet"]?["host"].Text()) && string.IsNullOrEmpty(handler["tcpSocket"]?["host"].Text())),
        ["AppArmor"] = pod => Contexts(pod).All(context => context["appArmorProfile"]?["type"].Text() is null or "RuntimeDefault" or "Localhost"),
        ["SELinux"] = pod => Contexts(pod).All(context => SelinuxTypes.Contains(context["seLinuxOptions"]?["type"].Text())
            && string.IsNullOrEmpty(context["seLinuxOptions"]?["user"].Text()) && string.IsNullOrEmpty(context["seLinuxOptions"]?["role"].Text())),
        ["/proc Mount Type"] = pod => OwnContexts(pod).All(context => context?["procMount"].Text() is null or "Default"),
        ["Sysctls"] = pod => (pod["securityContext"]?["sysctls"].Items() ?? []).All(sysctl => Sysctls.Contains(sysctl["name"].Text())),
        ["Volume Types"] = pod => pod["volumes"].Items().All(volume => volume.AsObject().Where(pair => pair.Key != "name").All(pair => Volumes.Contains(pair.Key))),
        ["Privilege Escalation"] = pod => OwnContexts(pod).All(context => context?["allowPrivilegeEscalation"].IsFalse() ?? false),
        ["Running as Non-root"] = pod => OwnContexts(pod).All(context => (context?["runAsNonRoot"] ?? pod["securityContext"]?["runAsNonRoot"]).IsTrue()),
        ["Running as Non-root user"] = pod => Contexts(pod).All(context => context["runAsUser"].Text() != "0"),
        ["Seccomp"] = pod => OwnContexts(pod).All(context =>
            (context?["seccompProfile"] ?? pod["securityContext"]?["seccompProfile"])?["type"].Text() is "RuntimeDefault" or "Localhost"),
    };

    /// <summary>The controls that a pod does not pass.</summary>
    public static IEnumerable<string> Refused(JsonNode pod) => Controls.Where(control => !control.Value(pod)).Select(control => control.Key);

    private static IEnumerable<JsonNode?> OwnContexts(JsonNode pod) => Json.ContainersOf(pod).Select(container => container["securityContext"]);

    private static IEnumerable<JsonNode> Contexts(JsonNode pod) => OwnContexts(pod).Append(pod["securityContext"]).OfType<JsonNode>();

    private static IEnumerable<JsonNode> Handlers(JsonNode pod) => Json.ContainersOf(pod).SelectMany(container => new[]
    {
        container["startupProbe"], container["livenessProbe"], container["readinessProbe"], container["lifecycle"]?["postStart"], container["lifecycle"]?["preStop"],
    }).OfType<JsonNode>();
}
