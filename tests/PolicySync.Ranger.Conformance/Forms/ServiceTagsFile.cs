using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conformance;

/// <summary>The tag download that a tag enricher of a service names.</summary>
internal static class ServiceTagsFile
{
    /// <exception cref="MissingSupportFileException">The file is not there.</exception>
    public static ServiceTags? For(ServicePolicies policies, SuiteFolder folder)
    {
        var name = new[] { policies.ServiceDef, policies.TagPolicies?.ServiceDef }
            .SelectMany(def => def?.ContextEnrichers ?? [])
            .Select(enricher => enricher.EnricherOptions.GetValueOrDefault("serviceTagsFileName"))
            .FirstOrDefault(file => !string.IsNullOrEmpty(file));
        return name is null ? null : TestJson.Read(folder.Find(name)).As<ServiceTags>();
    }
}
