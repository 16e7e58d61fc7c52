using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conformance;

/// <summary>The engines that a request is put to: one, or two where conditions are open, which must then agree.</summary>
internal sealed class EngineReadings(ServicePolicies policies, RangerRoles roles, ServiceTags? tags)
{
    private readonly Dictionary<bool, IReadOnlyList<RangerEngine>> _engines = [];
    private readonly Dictionary<bool, OpenConditions?> _open = [];

    /// <summary>The engines for a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="userStore">Attributes of users and groups that the test brings along; null when it has none.</param>
    public IReadOnlyList<RangerEngine> For(AccessRequest request, RangerUserStore? userStore)
    {
        var fromAddress = request.ClientAddress is not null;
        if (userStore is not null)
        {
            return Compile(fromAddress, userStore);
        }

        if (!_engines.TryGetValue(fromAddress, out var engines))
        {
            engines = Compile(fromAddress, userStore: null);
            _engines.Add(fromAddress, engines);
        }

        return engines;
    }

    /// <summary>Why the engines for a request may disagree.</summary>
    public string ReasonFor(AccessRequest request) => OpenFor(request.ClientAddress is not null)?.Reason ?? "";

    private IReadOnlyList<RangerEngine> Compile(bool fromAddress, RangerUserStore? userStore) =>
        OpenFor(fromAddress) is { } open
            ? [Compile(open.Settle(policies, holds: true), userStore), Compile(open.Settle(policies, holds: false), userStore)]
            : [Compile(policies, userStore)];

    private RangerEngine Compile(ServicePolicies settled, RangerUserStore? userStore) =>
        RangerEngine.Compile(settled, roles, userStore, tags, EngineFile.Options);

    private OpenConditions? OpenFor(bool fromAddress)
    {
        if (!_open.TryGetValue(fromAddress, out var open))
        {
            open = OpenConditions.In(policies, fromAddress);
            _open.Add(fromAddress, open);
        }

        return open;
    }
}
