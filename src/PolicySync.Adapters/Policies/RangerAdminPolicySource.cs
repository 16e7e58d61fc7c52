using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Model;

namespace PolicySync.Adapters.Policies;

/// <summary>
/// Policies from Ranger Admin's secure downloads. Each check requests all four parts with the versions read last. All four
/// are needed: without roles or users, denials to them would be missed.
/// </summary>
internal sealed class RangerAdminPolicySource(RangerAdminClient ranger, IOptions<PoliciesOptions> options) : IPolicySource
{
    private Held? _held;

    public async Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation)
    {
        var held = Volatile.Read(ref _held);
        var credential = await RangerCredential.ReadAsync(options.Value.RangerAdmin, cancellation);
        var policies = AskAsync(RangerParts.Policies, held?.Policies, credential, cancellation);
        var roles = AskAsync(RangerParts.Roles, held?.Roles, credential, cancellation);
        var users = AskAsync(RangerParts.UserStore, held?.UserStore, credential, cancellation);
        var tags = AskAsync(RangerParts.Tags, held?.Tags, credential, cancellation);
        await ((Task)Task.WhenAll(policies, roles, users, tags)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // All or nothing: parts are used only together with those read in the same check. Of several failures, the first in
        // this order is reported.
        var now = new Held((await policies).Held, (await roles).Held, (await users).Held, (await tags).Held);
        Volatile.Write(ref _held, now);
        return string.Equals(now.Stamp, knownStamp, StringComparison.Ordinal)
            ? null
            : new PolicyDownload(
                now.Stamp,
                ObjectsOf(RangerParts.Policies, await policies),
                ObjectsOf(RangerParts.Roles, await roles),
                ObjectsOf(RangerParts.UserStore, await users),
                ObjectsOf(RangerParts.Tags, await tags))
            {
                DocumentsFrom = () => now.Documents,
            };
    }

    private async Task<Answer<T>> AskAsync<T>(
        RangerPart<T> part, HeldAnswer? held, AuthenticationHeaderValue credential, CancellationToken cancellation)
        where T : class
    {
        var content = await ranger.FetchAsync(part, held?.Version, credential, cancellation);
        if (content is null)
        {
            return new Answer<T>(held!, null);
        }

        var objects = Parse(part, content);
        return objects is ServicePolicies { ServiceName: { } name }
            && !string.Equals(name, options.Value.RangerAdmin.ServiceName, StringComparison.OrdinalIgnoreCase)
            ? throw PolicyFiles.Unavailable($"{part.Name} is for another service, not `{options.Value.RangerAdmin.ServiceName}`")
            : new Answer<T>(new HeldAnswer(content, part.VersionOf(objects)), objects);
    }

    private static T ObjectsOf<T>(RangerPart<T> part, Answer<T> answer)
        where T : class =>
        answer.Objects ?? Parse(part, answer.Held.Content);

    private static T Parse<T>(RangerPart<T> part, PackedContent content)
    {
        using var stream = content.Open();
        return RangerDocument.Parse(part.Name, stream, part.Read);
    }

    /// <summary>An answer: the part to keep, and its objects when it was parsed in this check.</summary>
    private sealed record Answer<T>(HeldAnswer Held, T? Objects)
        where T : class;

    /// <summary>The parts of one check.</summary>
    private sealed record Held(HeldAnswer Policies, HeldAnswer Roles, HeldAnswer UserStore, HeldAnswer Tags)
    {
        /// <summary>Identifies the content, whatever its version is.</summary>
        public string Stamp { get; } = RangerDocuments.StampOf([Policies.Digest, Roles.Digest, UserStore.Digest, Tags.Digest]);

        public IReadOnlyList<PolicyDocument> Documents =>
        [
            new(RangerDocuments.PoliciesName, Policies.Content.Unpack()), new(RangerDocuments.RolesName, Roles.Content.Unpack()),
            new(RangerDocuments.UserStoreName, UserStore.Content.Unpack()), new(RangerDocuments.TagsName, Tags.Content.Unpack()),
        ];
    }
}
