using Microsoft.Extensions.Options;
using PolicySync.Adapters.Policies;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Tests.Policies;

/// <summary>Either source, with what it reads in the hands of a test.</summary>
internal abstract class SourceBench : IDisposable
{
    protected Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal)
    {
        ["policies"] = RangerWorld.PoliciesJson(),
        ["roles"] = """{"serviceName":"uc","roleVersion":3,"rangerRoles":[{"name":"r"}]}""",
        ["userstore"] = """{"userStoreVersion":4}""",
        ["tags"] = """{"op":"add_or_update","serviceName":"uc","tagVersion":5}""",
    };

    public abstract IPolicySource Source { get; }

    public static SourceBench Of(PolicySourceKind kind) => kind == PolicySourceKind.Folder ? new FolderBench() : new RangerBench();

    /// <summary>Replaces a document by what the source has from now on.</summary>
    public virtual void Set(string document, string text) => Texts[document] = text;

    /// <summary>The source does not answer, or does again.</summary>
    public abstract void Fail(bool fails);

    public abstract void Dispose();

    private sealed class FolderBench : SourceBench
    {
        private readonly TemporaryFolder _folder = new();
        private readonly string _path;

        public FolderBench()
        {
            _path = _folder["policies"];
            Directory.CreateDirectory(_path);
            Source = new FolderPolicySource(Options.Create(new PoliciesOptions { Folder = _path }), TimeProvider.System);
            foreach (var (document, text) in Texts)
            {
                Set(document, text);
            }
        }

        public override IPolicySource Source { get; }

        public override void Set(string document, string text)
        {
            base.Set(document, text);
            _folder.Write($"policies/{document}.json", text);
        }

        public override void Fail(bool fails) =>
            Directory.Move(fails ? _path : _folder["away"], fails ? _folder["away"] : _path);

        public override void Dispose() => _folder.Dispose();
    }

    private sealed class RangerBench : SourceBench
    {
        private readonly RangerWorld _world = new();

        public RangerBench()
        {
            foreach (var document in Texts.Keys)
            {
                // Texts that are no JSON have no version by which they could be asked for: Ranger sends them each time.
                _world.Instead[document == "userstore" ? "xusers" : document] = () => StubWorkspace.Json(Texts[document]);
            }
        }

        public override IPolicySource Source => _world.Source;

        public override void Fail(bool fails)
        {
            _world.Instead["policies"] = () => fails ? StubWorkspace.Answer(503, "") : StubWorkspace.Json(Texts["policies"]);
        }

        public override void Dispose() => _world.Dispose();
    }
}
