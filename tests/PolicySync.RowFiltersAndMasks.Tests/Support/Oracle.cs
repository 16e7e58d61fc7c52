using PolicySync.Ranger.Model;

namespace PolicySync.RowFiltersAndMasks.Tests.Support;

/// <summary>What Ranger's own evaluation says that somebody reads. It knows neither functions nor how they are made.</summary>
internal static class Oracle
{
    /// <summary>The rows in full, or in the form in which the user sees them.</summary>
    public static List<string?[]> Read(Case @case, string user, Data data) => [.. ReadBesideRaw(@case, user, data).Select(row => row.Seen)];

    /// <summary>The same, each row beside what it would be unmasked.</summary>
    public static List<(string?[] Raw, string?[] Seen)> ReadBesideRaw(Case @case, string user, Data data)
    {
        var filter = @case.Policies.Engine.EvaluateRowFilter(@case.RequestOf(user, null)).RowFilter?.FilterExpr ?? "";
        var holds = RandomCase.Filters.Single(known => known.Sql == filter).Holds;
        var masks = data.Columns.Select(column => MaskOf(@case.Policies.Engine.EvaluateDataMask(@case.RequestOf(user, column.Name)).DataMask, column.Type)).ToList();
        return [.. data.Rows.Where(holds).Select(row => (row, row.Select((value, i) => masks[i](value)).ToArray()))];
    }

    private static Func<string?, string?> MaskOf(DataMaskInfo? info, string type)
    {
        if (info is null or { DataMaskType: "MASK_NONE" })
        {
            return value => value;
        }

        var isText = type == "string";
        var mask = info.DataMaskType == "CUSTOM" ? $"CUSTOM:{info.ValueExpr}" : info.DataMaskType;
        return isText ? RandomCase.Masks.Single(known => known.Mask == mask).Of : _ => null; // nothing else means anything for a number or date
    }
}
