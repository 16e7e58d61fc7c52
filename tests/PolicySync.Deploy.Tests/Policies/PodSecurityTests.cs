using System.Text.Json.Nodes;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Policies;

/// <summary>Pods of every example, that of <c>helm test</c> and containers that an example adds included, are restricted.</summary>
public sealed class PodSecurityTests
{
    private const string Good = """
        {"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}}, "volumes": [{"name": "tmp", "emptyDir": {}}],
         "initContainers": [{"name": "first", "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}],
         "containers": [{"name": "main", "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}, "ports": [{"containerPort": 80}], "livenessProbe": {"httpGet": {"port": 80}}}]}
        """;

    public static TheoryData<string> Examples => Example.Names;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Pods_pass_the_restricted_pod_security_standard(string example)
    {
        var pods = (await Example.Of(example).ObjectsAsync()).Select(item => (item.Name, Pod: Json.PodOf(Json.Of(item)))).Where(item => item.Pod is not null).ToList();

        Assert.True(pods.Count >= 2, "a deployment and the pod of helm test");
        Assert.Empty(pods.SelectMany(item => PodSecurityStandard.Refused(item.Pod!).Select(control => $"{item.Name}: {control}")));
    }

    /// <summary>Each control refuses a pod that breaks it, in an init container as well as in a container.</summary>
    [Theory]
    [InlineData("HostProcess", "/securityContext/windowsOptions", """{"hostProcess": true}""")]
    [InlineData("Host Namespaces", "/hostPID", "true")]
    [InlineData("Privileged Containers", "/initContainers/0/securityContext/privileged", "true")]
    [InlineData("Capabilities", "/initContainers/0/securityContext/capabilities", """{"drop": ["KILL"]}""")]
    [InlineData("Capabilities", "/containers/0/securityContext/capabilities/add", """["SYS_TIME"]""")]
    [InlineData("HostPath Volumes;Volume Types", "/volumes/0", """{"name": "tmp", "hostPath": {"path": "/"}}""")]
    [InlineData("Host Ports", "/containers/0/ports/0/hostPort", "80")]
    [InlineData("Host Probes / Lifecycle Hooks", "/containers/0/livenessProbe/httpGet/host", "\"10.0.0.1\"")]
    [InlineData("AppArmor", "/containers/0/securityContext/appArmorProfile", """{"type": "Unconfined"}""")]
    [InlineData("SELinux", "/securityContext/seLinuxOptions", """{"user": "root"}""")]
    [InlineData("/proc Mount Type", "/containers/0/securityContext/procMount", "\"Unmasked\"")]
    [InlineData("Sysctls", "/securityContext/sysctls", """[{"name": "kernel.msgmax", "value": "1"}]""")]
    [InlineData("Volume Types", "/volumes/0", """{"name": "tmp", "nfs": {"server": "a", "path": "/"}}""")]
    [InlineData("Privilege Escalation", "/initContainers/0/securityContext/allowPrivilegeEscalation", "true")]
    [InlineData("Running as Non-root", "/containers/0/securityContext/runAsNonRoot", "false")]
    [InlineData("Running as Non-root user", "/securityContext/runAsUser", "0")]
    [InlineData("Seccomp", "/containers/0/securityContext/seccompProfile", """{"type": "Unconfined"}""")]
    public void A_pod_that_breaks_a_control_is_refused_by_its_name(string controls, string path, string value)
    {
        var pod = JsonNode.Parse(Good)!;
        Assert.Empty(PodSecurityStandard.Refused(pod));

        pod.Put(path, JsonNode.Parse(value));

        Assert.Equal(controls.Split(';'), PodSecurityStandard.Refused(pod));
    }

    [Fact]
    public void Every_control_has_a_pod_that_breaks_it()
    {
        var tried = typeof(PodSecurityTests).GetMethod(nameof(A_pod_that_breaks_a_control_is_refused_by_its_name))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Cast<InlineDataAttribute>().SelectMany(data => $"{data.GetData(null!).Single()[0]}".Split(';'));
        Assert.Empty(PodSecurityStandard.Controls.Keys.Except(tried, StringComparer.Ordinal));
    }
}
