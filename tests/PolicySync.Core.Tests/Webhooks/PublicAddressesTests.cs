using System.Net;
using PolicySync.Core.Webhooks;

namespace PolicySync.Core.Tests.Webhooks;

public sealed class PublicAddressesTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("168.63.129.15")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:81b::200e")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void Public_addresses_are_public(string address) => Assert.Null(PublicAddresses.Fault(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0", "this host")]
    [InlineData("0.1.2.3", "this host")]
    [InlineData("10.0.0.1", "private")]
    [InlineData("10.255.255.255", "private")]
    [InlineData("172.16.0.1", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.168.1.1", "private")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.254", "loopback")]
    [InlineData("169.254.169.254", "link-local")] // metadata of AWS, Azure, Google
    [InlineData("168.63.129.16", "the platform of Azure")]
    [InlineData("100.64.0.1", "shared by a carrier")]
    [InlineData("100.100.100.200", "shared by a carrier")] // metadata of Alibaba
    [InlineData("192.0.0.192", "reserved")] // metadata of Oracle
    [InlineData("198.18.0.1", "reserved")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "reserved")]
    [InlineData("::", "this host")]
    [InlineData("::1", "loopback")]
    [InlineData("::ffff:127.0.0.1", "loopback")]
    [InlineData("::ffff:10.0.0.1", "private")]
    [InlineData("::ffff:169.254.169.254", "link-local")]
    [InlineData("::127.0.0.1", "reserved")]
    [InlineData("64:ff9b::10.0.0.1", "private")]
    [InlineData("64:ff9b::169.254.169.254", "link-local")]
    [InlineData("64:ff9b:1::a00:1", "reserved")]
    [InlineData("2002:a00:1::1", "reserved")] // 6to4 of 10.0.0.1
    [InlineData("2001:0:a00:1::1", "reserved")] // Teredo
    [InlineData("2001:db8::1", "reserved")]
    [InlineData("fc00::1", "private")]
    [InlineData("fd00:ec2::254", "private")] // metadata of AWS
    [InlineData("fe80::1", "link-local")]
    [InlineData("fec0::1", "reserved")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("100::1", "reserved")]
    [InlineData("4000::1", "reserved")]
    public void All_others_are_not(string address, string what) => Assert.Equal(what, PublicAddresses.Fault(IPAddress.Parse(address)));
}
