namespace PolicySync.Ranger.Conformance;

/// <summary>The tag download that a tag enricher of a service names, relative to the folder of the suite.</summary>
internal static class ServiceTagsFile
{
    public static ServiceTags? For(ServicePolicies policies, string folder)
    {
        var name = new[] { policies.ServiceDef, policies.TagPolicies?.ServiceDef }
            .SelectMany(def => def?.ContextEnrichers ?? [])
            .Select(enricher => enricher.EnricherOptions.GetValueOrDefault("serviceTagsFileName"))
            .FirstOrDefault(file => !string.IsNullOrEmpty(file));
        if (name is null)
        {
            return null;
        }

        var file = Path.Combine(folder, name.TrimStart('/'));
        return File.Exists(file)
            ? TestJson.Read(file).As<ServiceTags>()
            : throw new InvalidOperationException($"the file names `{name}`, which is not in the folder");
    }
}
