using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Faults;

/// <summary>The rules in force, in order of creation.</summary>
internal sealed class FaultStore(WorkspaceHost host, TimeProvider time)
{
    /// <summary>Former grants are kept a little longer than the longest lag.</summary>
    private const int KeepMarginMs = 1000;

    private readonly Lock _lock = new();
    private volatile FaultRule[] _rules = [];
    private int _made;

    public FaultList List
    {
        get
        {
            var rules = _rules;
            return new FaultList([.. rules.Select(rule => rule.View)], rules.Sum(rule => rule.Held));
        }
    }

    public FaultRule? Find(string id) => Array.Find(_rules, rule => rule.Id == id);

    /// <summary>Adds a rule. A rule with the same id is replaced, and its held requests are released.</summary>
    public FaultRule Put(FaultDefinition definition)
    {
        definition.Check();
        lock (_lock)
        {
            var rule = new FaultRule(definition with { Id = definition.Id ?? $"fault-{++_made}" }, time);
            Remove(former => former.Id == rule.Id);
            Install([.. _rules, rule]);
            return rule;
        }
    }

    public bool Remove(string id) => Remove(rule => rule.Id == id);

    public void Clear() => Remove(_ => true);

    /// <summary>Applies the rules in order: each may delay or hold; the first with an error ends the request.</summary>
    public ValueTask<FaultOutcome> MeetAsync(string method, string path, byte[] body, CancellationToken stopping) =>
        _rules.Length == 0 ? ValueTask.FromResult(FaultOutcome.None) : MeetRulesAsync(method, path, body, stopping);

    private async ValueTask<FaultOutcome> MeetRulesAsync(string method, string path, byte[] body, CancellationToken stopping)
    {
        var outcome = FaultOutcome.None;
        foreach (var rule in _rules)
        {
            if (!rule.Matches(method, path, body) || !rule.Strike())
            {
                continue;
            }

            await rule.WaitAsync(stopping);
            outcome = outcome.Add(rule);
            if (outcome.Mode is not null)
            {
                break;
            }
        }

        return outcome;
    }

    private bool Remove(Predicate<FaultRule> condition)
    {
        lock (_lock)
        {
            var gone = Array.FindAll(_rules, condition);
            Install(Array.FindAll(_rules, rule => !condition(rule)));
            Array.ForEach(gone, rule => rule.Release());
            return gone.Length > 0;
        }
    }

    private void Install(FaultRule[] rules)
    {
        _rules = rules;
        var lag = rules.Select(rule => rule.Definition.ReadLagMs).DefaultIfEmpty().Max();
        host.KeepFormerGrants(lag == 0 ? 0 : lag + KeepMarginMs);
    }
}
