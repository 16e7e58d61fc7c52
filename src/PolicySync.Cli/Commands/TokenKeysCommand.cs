using System.CommandLine;
using System.Security.Cryptography;
using PolicySync.Cli.Connections;

namespace PolicySync.Cli.Commands;

/// <summary><c>token keys</c>: makes a key pair with which tokens are signed and checked.</summary>
internal static class TokenKeysCommand
{
    private const string PrivateName = "private.pem";
    private const string PublicName = "public.pem";

    public static Command Build(Runner runner)
    {
        var folder = new Option<string>("--out") { Description = "Folder for the two files; it is made if it is not there.", HelpName = "FOLDER", Required = true };
        return runner.With(new Command("keys", $"Make a key pair (EC on P-256): {PrivateName}, which signs tokens, and {PublicName} for the service.") { folder }, run =>
        {
            var path = run.Value(folder)!;
            var (secret, shared) = (Path.Combine(path, PrivateName), Path.Combine(path, PublicName));
            if (File.Exists(secret) || File.Exists(shared))
            {
                throw new CliException($"{path} has a key already, and tokens that it signed would not be valid any more", "give another folder, or delete the key first");
            }

            Directory.CreateDirectory(path);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Profiles.WriteSecret(secret, key.ExportPkcs8PrivateKeyPem() + "\n");
            File.WriteAllText(shared, key.ExportSubjectPublicKeyInfoPem() + "\n");
            run.Printer.Print(new { privateKey = secret, publicKey = shared }, printer => printer.Pairs(
                ("Private key", $"{secret}: keep it from everyone who may not make tokens"), ("Public key", $"{shared}: the service's Auth:PublicKeyFile")));
            return Task.FromResult(ExitCode.Success);
        });
    }
}
