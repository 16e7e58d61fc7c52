namespace UnityCatalog.Emulator.Sql;

/// <summary>An expression as it was written.</summary>
internal abstract record Expression;

internal sealed record Literal(object? Value) : Expression;

internal sealed record NameReference(string Name) : Expression;

internal sealed record Unary(string Operator, Expression Operand) : Expression;

internal sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

internal sealed record InList(Expression Value, IReadOnlyList<Expression> Items, bool Negated) : Expression;

internal sealed record Between(Expression Value, Expression Low, Expression High, bool Negated) : Expression;

internal sealed record Like(Expression Value, Expression Pattern, bool IgnoresCase, bool Negated) : Expression;

/// <summary>IS [NOT] NULL, TRUE, FALSE.</summary>
internal sealed record IsTest(Expression Value, bool? Wanted, bool Negated) : Expression;

internal sealed record Case(Expression? Subject, IReadOnlyList<(Expression When, Expression Then)> Branches, Expression? Otherwise) : Expression;

internal sealed record CastTo(Expression Value, SqlType Type, bool Tries) : Expression;

internal sealed record Invocation(string Name, IReadOnlyList<Expression> Arguments) : Expression;
