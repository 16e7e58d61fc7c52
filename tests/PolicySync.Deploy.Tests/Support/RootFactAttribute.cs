namespace PolicySync.Deploy.Tests.Support;

/// <summary>
/// A test that builds images or mounts, which takes Linux, root and a program: buildah, unless another is named. In CI that
/// they are missing is a failure.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute(string program = "/usr/bin/buildah")
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && !(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists(program)))
        {
            Skip = $"needs Linux, root and {program}: run deploy/dev.sh test as root on a Debian machine";
        }
    }
}
