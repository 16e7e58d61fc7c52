using Microsoft.Extensions.Configuration;
using PolicySync.Core.Options;
using PolicySync.Host.Configuration;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Configuration;

/// <summary>The audit stream is checked before anything starts.</summary>
public sealed class AuditSettingsTests : IDisposable
{
    private readonly Signer _signer = Signer.P256();
    private readonly TestFolder _folder;
    private readonly string _home = Directory.CreateTempSubdirectory("audit-").FullName;

    public AuditSettingsTests() => _folder = new TestFolder(_signer.PublicPem);

    public void Dispose()
    {
        _folder.Dispose();
        _signer.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public void Sinks_are_bound_with_all_that_they_have()
    {
        var (settings, faults) = AuditFaults("Sinks:0:Kind=File", "Sinks:0:Path={home}/audit.log", "Sinks:0:MaxSize=5", "Sinks:1:Kind=Stdout", "Spool={home}/spool", "Required=true");

        Assert.Empty(faults);
        Assert.Equal((AuditSinkKind.File, 5, 10), (settings.Audit.Sinks[0].Kind!.Value, settings.Audit.Sinks[0].MaxSize, settings.Audit.Sinks[0].Keep));
        Assert.Equal((AuditSinkKind.Stdout, 256, true), (settings.Audit.Sinks[1].Kind!.Value, settings.Audit.SpoolSize, settings.Audit.Required));
    }

    [Theory]
    [InlineData("ConnectionString=Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0;EntityPath=audit")]
    [InlineData("Namespace=n.servicebus.windows.net|Name=audit|WebSockets=true")]
    public void An_event_hub_is_a_sink(string settings) => Assert.Empty(AuditFaults(
        [.. settings.Split('|').Select(setting => $"Sinks:0:{setting}"), "Sinks:0:Kind=EventHub", "Spool={home}/spool"]).Faults);

    [Fact]
    public void A_secret_is_in_no_fault() => Assert.DoesNotContain(
        AuditFaults("Sinks:0:Kind=EventHub", "Sinks:0:ConnectionString=Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0", "Spool={home}").Faults,
        fault => fault.Problem.Contains("c2VjcmV0", StringComparison.Ordinal));

    [Fact]
    public void Without_a_sink_there_is_nothing_to_be_wrong() => Assert.Empty(AuditFaults().Faults);

    [Theory]
    [InlineData("Sinks:0:Kind=Kafka;Spool={home}", "Sinks:0:Kind", "")]
    [InlineData("Sinks:0:Path=/tmp/a;Spool={home}", "Sinks:0:Kind", "is required")]
    [InlineData("Sinks:0:Kind=Stdout", "Spool", "is required with a sink")]
    [InlineData("Sinks:0:Kind=Stdout;Spool=/proc/nowhere", "Spool", "events cannot be written there")]
    [InlineData("Sinks:0:Kind=File;Spool={home}", "Sinks:0:Path", "is required of a sink of kind `File`")]
    [InlineData("Sinks:0:Kind=File;Sinks:0:Path=/proc/nowhere/a.log;Spool={home}", "Sinks:0:Path", "events cannot be written there")]
    [InlineData("Sinks:0:Kind=Stdout;Sinks:0:Path=/tmp/a;Spool={home}", "Sinks:0:Path", "is for sinks of kind `File`")]
    [InlineData("Sinks:0:Kind=Stdout;Sinks:1:Kind=Stdout;Spool={home}", "Sinks:1:Kind", "there is another sink `Stdout`")]
    [InlineData("Sinks:0:Kind=File;Sinks:0:Path={home}/a;Sinks:1:Kind=File;Sinks:1:Path={home}/./a;Spool={home}", "Sinks:1:Path", "another sink writes the same file")]
    [InlineData("Sinks:0:Kind=File;Sinks:0:Path={home}/a;Sinks:0:MaxSize=0;Spool={home}", "Sinks:0:MaxSize", "must be between 1 and")]
    [InlineData("Sinks:0:Kind=EventHub;Spool={home}", "Sinks:0:ConnectionString", "exactly one of `ConnectionString`, `ConnectionStringFile` and `Namespace` is required")]
    [InlineData("Sinks:0:Kind=EventHub;Sinks:0:ConnectionString=x;Spool={home}", "Sinks:0:ConnectionString", "is not a connection string")]
    [InlineData("Sinks:0:Kind=EventHub;Sinks:0:ConnectionStringFile={home}/none;Spool={home}", "Sinks:0:ConnectionStringFile", "")]
    [InlineData("Sinks:0:Kind=EventHub;Sinks:0:Namespace=n.servicebus.windows.net;Spool={home}", "Sinks:0:Name", "is required with `Namespace`")]
    [InlineData("Sinks:0:Kind=EventHub;Sinks:0:Namespace=n.servicebus.windows.net;Sinks:0:Name=a;Sinks:0:Path=/tmp/a;Spool={home}", "Sinks:0:Path", "is for sinks of kind `File`")]
    [InlineData("Sinks:0:Kind=Stdout;Sinks:0:Name=a;Spool={home}", "Sinks:0:Name", "is for sinks of kind `EventHub`")]
    [InlineData("Sinks:0:Kind=File;Sinks:0:Path={home}/a;Sinks:0:WebSockets=true;Spool={home}", "Sinks:0:WebSockets", "is for sinks of kind `EventHub`")]
    [InlineData("Required=true", "Required", "needs a sink")]
    public void A_wrong_setting_is_named_with_what_is_wrong(string settings, string key, string reason) => Assert.Contains(
        AuditFaults(settings.Split(';')).Faults, fault => fault.Key == $"{AuditOptions.Section}:{key}" && fault.Problem.Contains(reason, StringComparison.Ordinal));

    private (Settings Settings, IReadOnlyList<ConfigurationFault> Faults) AuditFaults(params string[] settings)
    {
        var (read, faults) = Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2))
            .ToDictionary(pair => $"{AuditOptions.Section}:{pair[0]}", pair => (string?)pair[1].Replace("{home}", _home, StringComparison.Ordinal))).Build());
        return (read, [.. faults.Where(fault => fault.Key.StartsWith(AuditOptions.Section, StringComparison.Ordinal))]);
    }
}
