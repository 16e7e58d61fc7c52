using PolicySync.Core.Drift;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Records;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.Host.Storage;

/// <summary>Registers the stores in memory, for a process that keeps nothing.</summary>
internal static class MemoryStorage
{
    public static void AddMemoryStorage(this IServiceCollection services)
    {
        services.AddSingleton<ITaskStore>(static provider => ActivatorUtilities.CreateInstance<MemoryTaskStore>(provider, new Random()));
        services.AddSingleton<IDueStore, MemoryDueStore>();
        services.AddSingleton<ITaskKeys, MemoryTaskKeys>();
        services.AddSingleton<ICandidateSets, MemoryCandidateSets>();
        services.AddSingleton<IWatchedSets, MemoryWatchedSets>();
        services.AddSingleton<MemoryObjectNames>();
        services.AddSingleton<IObjectNames>(static provider => provider.GetRequiredService<MemoryObjectNames>());
        services.AddSingleton<MemoryStates>();
        services.AddSingleton<IStoredRecords, MemoryRecords>();
        services.AddSingleton<IDriftStore, MemoryDrift>();
        services.AddSingleton<ISuspensions, MemorySuspensions>();
        services.AddSingleton<IWebhookOutbox, MemoryWebhookOutbox>();
        services.AddSingleton<IAccessIndex, MemoryAccessIndex>();
    }
}
