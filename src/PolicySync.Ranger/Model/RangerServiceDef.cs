namespace PolicySync.Ranger.Model;

/// <summary>What a kind of service has: resources, access types, masks, filters, conditions.</summary>
public sealed class RangerServiceDef
{
    /// <summary>Id in Ranger Admin.</summary>
    public long? Id { get; set; }

    /// <summary>Name, for example <c>hive</c>; the prefix of its access types in tag policies.</summary>
    public string? Name { get; set; }

    /// <summary>Name for people.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Switches, for example <c>enableDenyAndExceptionsInPolicies</c>.</summary>
    public Dictionary<string, string> Options { get; set; } = [];

    /// <summary>Resource levels.</summary>
    public List<RangerResourceDef> Resources { get; set; } = [];

    /// <summary>Access types.</summary>
    public List<RangerAccessTypeDef> AccessTypes { get; set; } = [];

    /// <summary>Access types that represent a category, as Ranger Admin computes them.</summary>
    public List<RangerAccessTypeDef> MarkerAccessTypes { get; set; } = [];

    /// <summary>Conditions that policies may use.</summary>
    public List<RangerPolicyConditionDef> PolicyConditions { get; set; } = [];

    /// <summary>Sources of facts about a request, for example tags.</summary>
    public List<RangerContextEnricherDef> ContextEnrichers { get; set; } = [];

    /// <summary>Resources, access types and types of masks.</summary>
    public RangerDataMaskDef? DataMaskDef { get; set; }

    /// <summary>Resources and access types of row filters.</summary>
    public RangerRowFilterDef? RowFilterDef { get; set; }
}

/// <summary>One level of resources.</summary>
public sealed class RangerResourceDef
{
    /// <summary>Name, for example <c>table</c>.</summary>
    public string? Name { get; set; }

    /// <summary>Level; smaller is nearer to the root.</summary>
    public int? Level { get; set; }

    /// <summary>Name of the level above; null or empty for a root.</summary>
    public string? Parent { get; set; }

    /// <summary>Whether a policy of this level must name it.</summary>
    public bool? Mandatory { get; set; }

    /// <summary>Whether a value may cover what lies below it.</summary>
    public bool? RecursiveSupported { get; set; }

    /// <summary>Whether a policy may be for everything but its values.</summary>
    public bool? ExcludesSupported { get; set; }

    /// <summary>Whether a policy may end at this level although it has levels below.</summary>
    public bool? IsValidLeaf { get; set; }

    /// <summary>Java class name of the matcher.</summary>
    public string? Matcher { get; set; }

    /// <summary>Options of the matcher.</summary>
    public Dictionary<string, string> MatcherOptions { get; set; } = [];

    /// <summary>Access types that make sense at this level. Ranger's engine ignores it.</summary>
    public List<string> AccessTypeRestrictions { get; set; } = [];
}

/// <summary>One access type.</summary>
public sealed class RangerAccessTypeDef
{
    /// <summary>Name, for example <c>select</c>.</summary>
    public string? Name { get; set; }

    /// <summary>Access types that come with this one; not followed further.</summary>
    public List<string> ImpliedGrants { get; set; } = [];

    /// <summary>CREATE, READ, UPDATE, DELETE or MANAGE; null when Ranger has none for it.</summary>
    public string? Category { get; set; }
}

/// <summary>One type of condition.</summary>
public sealed class RangerPolicyConditionDef
{
    /// <summary>Name that policies refer to.</summary>
    public string? Name { get; set; }

    /// <summary>Java class name of the evaluator.</summary>
    public string? Evaluator { get; set; }

    /// <summary>Options of the evaluator.</summary>
    public Dictionary<string, string> EvaluatorOptions { get; set; } = [];
}

/// <summary>One source of facts about a request.</summary>
public sealed class RangerContextEnricherDef
{
    /// <summary>Name.</summary>
    public string? Name { get; set; }

    /// <summary>Java class name.</summary>
    public string? Enricher { get; set; }

    /// <summary>Options.</summary>
    public Dictionary<string, string> EnricherOptions { get; set; } = [];
}

/// <summary>Resources, access types and types of masks. Entries overlay those of the service definition by name.</summary>
public sealed class RangerDataMaskDef
{
    /// <summary>Types of masks.</summary>
    public List<RangerDataMaskTypeDef> MaskTypes { get; set; } = [];

    /// <summary>Access types that a mask policy may name.</summary>
    public List<RangerAccessTypeDef> AccessTypes { get; set; } = [];

    /// <summary>Resource levels that a mask policy may name.</summary>
    public List<RangerResourceDef> Resources { get; set; } = [];
}

/// <summary>One type of mask.</summary>
public sealed class RangerDataMaskTypeDef
{
    /// <summary>Name, for example <c>MASK_HASH</c>.</summary>
    public string? Name { get; set; }

    /// <summary>Expression with <c>{col}</c> for the column and <c>{type}</c> for its type.</summary>
    public string? Transformer { get; set; }
}

/// <summary>Resources and access types of row filters. Entries overlay those of the service definition by name.</summary>
public sealed class RangerRowFilterDef
{
    /// <summary>Access types that a filter policy may name.</summary>
    public List<RangerAccessTypeDef> AccessTypes { get; set; } = [];

    /// <summary>Resource levels that a filter policy may name.</summary>
    public List<RangerResourceDef> Resources { get; set; } = [];
}
