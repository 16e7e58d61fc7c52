using Microsoft.Extensions.Configuration;
using PolicySync.Host.Configuration;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Configuration;

/// <summary>The event hub is checked before anything starts, under the vendor's keys and our own.</summary>
public sealed class EventSettingsTests : IDisposable
{
    private const string On = "CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED";
    private const string Vendors = "CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING";
    private const string Hub = "Endpoint=sb://x.servicebus.windows.net;SharedAccessKeyName=k;SharedAccessKey=c2VjcmV0;EntityPath=sync";
    private const string Section = "PolicySync:Events";

    private readonly Signer _signer = Signer.P256();
    private readonly TestFolder _folder;

    public EventSettingsTests() => _folder = new TestFolder(_signer.PublicPem);

    public void Dispose()
    {
        _folder.Dispose();
        _signer.Dispose();
    }

    [Fact]
    public void The_vendors_two_variables_are_enough_and_without_them_events_are_off()
    {
        var (off, none) = Read([]);
        var (on, faults) = Read([(On, "true"), (Vendors, Hub)]);

        Assert.Empty(none);
        Assert.False(off.HasEvents);
        Assert.Empty(faults);
        Assert.True(on.HasEvents);
        Assert.Equal(Hub, on.Events.EventHub.ConnectionString);
    }

    [Fact]
    public void Own_keys_do_the_same_and_a_gateway_reads_no_events()
    {
        var (on, faults) = Read([($"{Section}:EventHub:Enabled", "true"), ($"{Section}:EventHub:Namespace", "x.servicebus.windows.net"), ($"{Section}:EventHub:Name", "sync")]);
        var (gateway, _) = Read([(On, "true"), ("PolicySync:Role", "Gateway")]);

        Assert.Empty(faults);
        Assert.True(on.HasEvents);
        Assert.False(gateway.HasEvents);
    }

    /// <summary>What is set beside the switch (`;;` between), the key at fault, and words of the reason.</summary>
    [Theory]
    [InlineData("", "EventHub:ConnectionString", "exactly one of")]
    [InlineData($"{Vendors}={Hub};;{Section}:EventHub:Namespace=x.servicebus.windows.net", "EventHub:ConnectionString", "exactly one of")]
    [InlineData($"{Vendors}={Hub};;{Section}:EventHub:ConnectionString={Hub}x", "EventHub:ConnectionString", $"differs from {Vendors}")]
    [InlineData($"{Vendors}=hunter2", "EventHub:ConnectionString", "is not a connection string")]
    [InlineData($"{Vendors}=Endpoint=sb://x.servicebus.windows.net;SharedAccessKeyName=k;SharedAccessKey=c2VjcmV0", "EventHub:Name", "has no `EntityPath`")]
    [InlineData($"{Vendors}={Hub};;{Section}:EventHub:Name=other", "EventHub:Name", "differs from `EntityPath`")]
    [InlineData($"{Vendors}={Hub};UseDevelopmentEmulator=true", "EventHub:ConnectionString", "loopback")]
    [InlineData($"{Section}:EventHub:ConnectionStringFile=/nowhere/hub", "EventHub:ConnectionStringFile", "there is no file")]
    [InlineData($"{Section}:EventHub:Namespace=sb://x", "EventHub:Namespace", "must be a host name")]
    [InlineData($"{Section}:EventHub:Namespace=x.servicebus.windows.net", "EventHub:Name", "is required with `Namespace`")]
    [InlineData($"{Vendors}={Hub};;{Section}:EventHub:OwnershipExpires=00:00:20", "EventHub:OwnershipExpires", "at least 4 times")]
    [InlineData($"{Vendors}={Hub};;{Section}:EventHub:Enabled=false", "EventHub:Enabled", $"differs from {On}")]
    [InlineData($"{Vendors}={Hub};;{Section}:BatchSize=501", "BatchSize", "must be between 1 and 500")]
    [InlineData($"{Vendors}={Hub};;{Section}:DeadLetter:Container=Dead_Letters", "DeadLetter:Container", "must match")]
    [InlineData($"{Vendors}={Hub};;{Section}:Checkpoints:ServiceUri=http://x.example", "Checkpoints:ServiceUri", "https://")]
    [InlineData($"{Vendors}={Hub};;{Section}:Checkpoints:ServiceUri=https://x.example;;{Section}:Checkpoints:ConnectionString=y", "Checkpoints:ServiceUri", "remove one")]
    public void A_wrong_setting_is_named_with_what_is_wrong_and_no_secret(string changes, string key, string reason)
    {
        var (_, faults) = Read([(On, "true"), .. changes.Split(";;", StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);

        var fault = Assert.Single(faults);
        Assert.Equal($"{Section}:{key}", fault.Key);
        Assert.Contains(reason, fault.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Storage_in_memory_needs_a_place_for_positions()
    {
        var (_, faults) = Read([(On, "true"), (Vendors, Hub), ("PolicySync:Storage:Provider", "Memory"), ("PolicySync:Storage:ConnectionString", "")]);

        Assert.Contains(faults, fault => fault.Key == $"{Section}:Checkpoints:ConnectionString" && fault.Problem.Contains("outlive the process", StringComparison.Ordinal));
    }

    private (Settings Settings, IReadOnlyList<ConfigurationFault> Faults) Read(IEnumerable<(string Key, string Value)> changes) =>
        Settings.Read(new ConfigurationBuilder().AddCommandLine(_folder.Arguments(
            [("PolicySync:Storage:Provider", "AzureTable"), ("PolicySync:Storage:ConnectionString", "UseDevelopmentStorage=true"), .. changes])).Build());
}
