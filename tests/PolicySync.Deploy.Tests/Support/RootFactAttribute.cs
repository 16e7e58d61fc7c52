namespace PolicySync.Deploy.Tests.Support;

/// <summary>A test that builds images or mounts, which takes Linux, root and buildah. In CI that they are missing is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && !(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/buildah")))
        {
            Skip = "needs Linux, root and buildah: run deploy/dev.sh test as root on a Debian machine";
        }
    }
}
