namespace PolicySync.Core.Guards;

/// <summary>
/// An expression of a policy, read token by token and written again: one SQL expression over columns of the table. Anything the
/// reader does not know is refused, sub-queries, comments and parameters among it, so that a database with another reading of
/// quotes finds nothing in it that the reader did not.
/// </summary>
/// <param name="Sql">The expression, without parentheses around it.</param>
/// <param name="Columns">The columns that it names, in the table's spelling, each once, in order.</param>
internal sealed record PolicyExpression(string Sql, IReadOnlyList<string> Columns)
{
    /// <summary>Reads an expression.</summary>
    /// <param name="text">The policy's text.</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="masked">The column that <c>{col}</c> means, and whose type <c>{type}</c> means; null in a filter.</param>
    /// <param name="functions">Functions that it may call.</param>
    public static ExpressionReading Read(string text, IReadOnlyList<TableColumn> columns, TableColumn? masked, PolicyFunctions functions)
    {
        try
        {
            return new ExpressionReading.Accepted(new ExpressionReader(text, columns, masked, functions).Read());
        }
        catch (ExpressionFault e)
        {
            return new ExpressionReading.Refused(e.Message);
        }
    }
}

/// <summary>What reading an expression gives.</summary>
internal abstract record ExpressionReading
{
    private ExpressionReading()
    {
    }

    /// <summary>The expression can be used.</summary>
    /// <param name="Expression">The expression, written again.</param>
    public sealed record Accepted(PolicyExpression Expression) : ExpressionReading;

    /// <summary>The expression cannot be used.</summary>
    /// <param name="Reason">The reason, for people; its subject is the expression.</param>
    public sealed record Refused(string Reason) : ExpressionReading;
}

/// <summary>Ends the reading of an expression; only <see cref="PolicyExpression.Read"/> catches it.</summary>
internal sealed class ExpressionFault(string message) : Exception(message);
