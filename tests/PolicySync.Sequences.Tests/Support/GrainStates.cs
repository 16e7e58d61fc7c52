using System.Reflection;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Resources;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>States of grains, kept over restarts, and the grain that remembers which policies were accepted.</summary>
internal sealed class GrainStates
{
    /// <summary>Where the accepted policies are remembered.</summary>
    public const string Baseline = "policy-baseline";

    private readonly Dictionary<string, object> _states = new(StringComparer.Ordinal);

    public GrainStates()
    {
        Grains = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)Grains).Grain = new PolicyBaselineGrain(Of<PolicyBaselineState>(Baseline));
    }

    /// <summary>Tells nobody which policies were accepted last.</summary>
    public void Forget() => ((Factory)Grains).Grain = new Forgetful(((Factory)Grains).Grain!);

    public IGrainFactory Grains { get; }

    public IPersistentState<T> Of<T>(string key)
        where T : new()
    {
        if (!_states.TryGetValue(key, out var state))
        {
            _states[key] = state = new Kept<T>();
        }

        return (IPersistentState<T>)state;
    }

    private sealed class Kept<T> : IPersistentState<T>
        where T : new()
    {
        public T State { get; set; } = new();

        public string Etag => "";

        public bool RecordExists => true;

        public Task ReadStateAsync() => Task.CompletedTask;

        public Task WriteStateAsync() => Task.CompletedTask;

        public Task ClearStateAsync() => Task.CompletedTask;
    }

    /// <summary>Gives what stands for the grain of a securable, by its key.</summary>
    public Func<string, IResourceGrain> Resources
    {
        set => ((Factory)Grains).Resources = value;
    }

    /// <summary>Knows the grains that others ask for something.</summary>
    public class Factory : DispatchProxy
    {
        internal IPolicyBaselineGrain? Grain { get; set; }

        internal Func<string, IResourceGrain>? Resources { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.GetGenericArguments() is not [var type] ? throw new NotSupportedException(targetMethod.Name)
                : type == typeof(IPolicyBaselineGrain) ? Grain
                : type == typeof(IResourceGrain) ? Resources!((string)args![0]!)
                : throw new NotSupportedException($"{targetMethod.Name} of {string.Join(", ", targetMethod.GetGenericArguments().Select(type => type.Name))}");
    }

    private sealed class Forgetful(IPolicyBaselineGrain grain) : IPolicyBaselineGrain
    {
        public Task<PolicyBaselineWire?> GetAsync() => Task.FromResult<PolicyBaselineWire?>(null);

        public Task SetAsync(PolicyBaselineWire baseline) => grain.SetAsync(baseline);
    }
}
