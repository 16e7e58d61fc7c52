using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>Translates single items of filter and mask policies into what their readers see.</summary>
/// <param name="table">The table.</param>
/// <param name="functions">Functions that expressions may call.</param>
/// <param name="serviceDef">The service definition, which may define mask types.</param>
internal sealed class GuardOutcomes(TableShape table, PolicyFunctions functions, RangerServiceDef serviceDef)
{
    /// <summary>What the principals of a filter item see.</summary>
    public GuardOutcome OfFilter(RangerPolicyItem item)
    {
        var text = ((RangerRowFilterPolicyItem)item).RowFilterInfo?.FilterExpr;
        return string.IsNullOrWhiteSpace(text) ? GuardOutcome.Open
            : PolicyExpression.Read(text, table.Columns, masked: null, functions) switch
            {
                ExpressionReading.Accepted { Expression: var expression } => new GuardOutcome($"({expression.Sql})", expression.Columns),
                ExpressionReading.Refused { Reason: var reason } =>
                    GuardOutcome.Hidden(TruthTable.Never, GapCode.ConditionUnsupported, $"its row filter cannot be used: {reason}"),
                _ => throw new InvalidOperationException("the readings of an expression are a closed set"),
            };
    }

    /// <summary>What the principals of a mask item see of a column.</summary>
    public GuardOutcome OfMask(RangerPolicyItem item, TableColumn column)
    {
        var info = ((RangerDataMaskPolicyItem)item).DataMaskInfo;
        if (info?.DataMaskType == MaskMeaning.None)
        {
            return GuardOutcome.Open;
        }

        if (column.Type is not { } type)
        {
            return new GuardOutcome("NULL", []); // the slot has the fault
        }

        if (!string.IsNullOrWhiteSpace(info?.ConditionExpr))
        {
            return Hidden("its mask has a condition that only a request can decide");
        }

        if (info?.DataMaskType is { } name && MaskMeaning.Of(name, GuardSql.Name(column.Name), type) is { } value)
        {
            return new GuardOutcome(value, []);
        }

        var text = info?.DataMaskType == MaskMeaning.Custom ? info.ValueExpr : TransformerOf(info?.DataMaskType);
        return string.IsNullOrWhiteSpace(text) ? Hidden($"mask type `{info?.DataMaskType}` is not supported")
            : PolicyExpression.Read(text, table.Columns, column, functions) switch
            {
                ExpressionReading.Accepted { Expression: var expression } =>
                    new GuardOutcome($"try_cast(({expression.Sql}) AS {type.Text})", expression.Columns),
                ExpressionReading.Refused { Reason: var reason } => Hidden($"its mask cannot be used: {reason}"),
                _ => throw new InvalidOperationException("the readings of an expression are a closed set"),
            };

        GuardOutcome Hidden(string reason) => GuardOutcome.Hidden(MaskMeaning.Null(type), GapCode.ConditionUnsupported, reason);
    }

    // A mask type that the service definition adds carries its own expression.
    private string? TransformerOf(string? maskType) => maskType is null ? null
        : serviceDef.DataMaskDef?.MaskTypes.Find(type => type.Name == maskType)?.Transformer;
}
