using System.Text.Json.Serialization;
using PolicySync.Ranger.Json;

namespace PolicySync.Ranger.Model;

/// <summary>Who gets, or is denied, which access types.</summary>
public class RangerPolicyItem
{
    /// <summary>Access types.</summary>
    public List<RangerAccess> Accesses { get; set; } = [];

    /// <summary>User names; <c>{USER}</c> is every user, <c>{OWNER}</c> the resource's owner.</summary>
    public List<string> Users { get; set; } = [];

    /// <summary>Group names; <c>public</c> is everyone.</summary>
    public List<string> Groups { get; set; } = [];

    /// <summary>Ranger role names.</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>Conditions, all of which must hold.</summary>
    public List<RangerCondition> Conditions { get; set; } = [];

    /// <summary>Whether these principals may manage policies for the resource.</summary>
    public bool DelegateAdmin { get; set; }
}

/// <summary>One access type of an item.</summary>
public sealed class RangerAccess
{
    /// <summary>Name of the access type in the service definition.</summary>
    public string? Type { get; set; }

    /// <summary>False takes the access type out of the item. Default: true.</summary>
    [JsonConverter(typeof(TrueUnlessSaid))]
    public bool IsAllowed { get; set; } = true;
}

/// <summary>An item of a mask policy.</summary>
public sealed class RangerDataMaskPolicyItem : RangerPolicyItem
{
    /// <summary>How the values are masked.</summary>
    public DataMaskInfo? DataMaskInfo { get; set; }
}

/// <summary>How the values of a column are masked.</summary>
public sealed class DataMaskInfo
{
    /// <summary>Name of a mask type; <c>MASK_NONE</c> is a decision to mask nothing.</summary>
    public string? DataMaskType { get; set; }

    /// <summary>Condition under which the mask applies, in the service's own language.</summary>
    public string? ConditionExpr { get; set; }

    /// <summary>The masked value, for mask type <c>CUSTOM</c>.</summary>
    public string? ValueExpr { get; set; }
}

/// <summary>An item of a row-filter policy.</summary>
public sealed class RangerRowFilterPolicyItem : RangerPolicyItem
{
    /// <summary>Which rows remain.</summary>
    public RowFilterInfo? RowFilterInfo { get; set; }
}

/// <summary>Which rows of a table remain.</summary>
public sealed class RowFilterInfo
{
    /// <summary>A boolean expression in the service's own language; empty means every row.</summary>
    public string? FilterExpr { get; set; }
}
