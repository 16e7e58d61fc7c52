using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PolicySync.Core.Events;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Events;

/// <summary>Registers the reader of the event hub.</summary>
public static class EventHubServices
{
    /// <summary>
    /// Adds the reader. Needs the options <see cref="EventsOptions"/>, an <see cref="IEventIntake"/>, metrics, logging and a <see cref="TimeProvider"/>.
    /// It is a hosted service: add it after the silo, so that it stops before it.
    /// </summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="place">Where positions and dead letters are kept, and who reads.</param>
    public static IServiceCollection AddEventHub(this IServiceCollection services, EventHubPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        services.AddSingleton(provider => new EventHubAddress(Options(provider).EventHub, place.Reader));
        services.AddSingleton(provider => BlobAccount.Of(Options(provider).Checkpoints, place.StorageConnectionString, place.TableService));
        services.AddSingleton(static provider => new BlobCheckpoints(provider.GetRequiredService<BlobAccount>().Container(Options(provider).Checkpoints.Container)));
        services.AddSingleton(provider => new DeadLetters(provider.GetRequiredService<BlobAccount>().Container(Options(provider).DeadLetter.Container), place.Instance));
        services.AddSingleton(static _ => new EventBackoff(new Random()));
        services.AddSingleton<EventMetrics>();
        services.AddSingleton<HubTrouble>();
        services.AddSingleton<EventBatches>();
        return services.AddHostedService<EventHubReader>();
    }

    private static EventsOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<EventsOptions>>().Value;
}

/// <summary>Where positions and dead letters are kept, and who reads.</summary>
/// <param name="Instance">The instance of the service, which begins the names of its dead letters.</param>
/// <param name="Reader">The name of this process among the readers, the same after a restart in the same place.</param>
/// <param name="StorageConnectionString">Connection string of the account with the tables; null when it has none.</param>
/// <param name="TableService">Endpoint of the tables; null with a connection string.</param>
public sealed record EventHubPlace(string Instance, string Reader, string? StorageConnectionString, Uri? TableService);
