using Microsoft.AspNetCore.Http;
using PolicySync.Client;
using PolicySync.Ui.Hosting;
using PolicySync.Ui.Layout;

namespace PolicySync.Ui.Http;

/// <summary>Why a page cannot be shown or an action was refused: a problem of the API, with the words for people.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The code for programs.</param>
/// <param name="Title">A short name.</param>
public sealed record PageProblem(int Status, string Code, string Title)
{
    /// <summary>What is wrong with this request; null when the title says all.</summary>
    public string? Detail { get; init; }

    /// <summary>What to do; null when nothing is known.</summary>
    public string? Remedy { get; init; }

    /// <summary>The id under which the log has the cause; null without one.</summary>
    public string? TraceId { get; init; }

    /// <summary>The faults of the request.</summary>
    public IReadOnlyList<ProblemFault> Faults { get; init; } = [];

    /// <summary>When to try again; null when the service does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The page of this problem.</summary>
    public IResult ToResult() => new PageResult<ErrorPage>(new { Problem = this }, Status);

    internal static PageProblem Of(PolicySyncException e, IPageHost host) => new((int)e.Status, e.Code, e.Title ?? "The request failed")
    {
        Detail = e.Code == PolicySyncException.NotFromService ? e.Message : e.Detail,
        Remedy = host.HelpOn(e.Code)?.Remedy,
        TraceId = e.TraceId,
        Faults = e.Faults,
        RetryAfter = e.RetryAfter,
    };

    internal static PageProblem Invalid(string detail) => new(StatusCodes.Status400BadRequest, "INVALID_REQUEST", "Invalid request") { Detail = detail };

    internal static PageProblem NotFound() => new(StatusCodes.Status404NotFound, "NOT_FOUND", "Not found")
    {
        Detail = "There is nothing with this name or id that your token may read.",
        Remedy = "Check the name. Ended tasks are deleted after `Tasks:Retention`.",
    };
}

/// <summary>A request that the pages themselves cannot pass on to the API.</summary>
internal sealed class PageFault(PageProblem problem) : Exception(problem.Detail)
{
    public PageProblem Problem => problem;

    public static PageFault Invalid(string detail) => new(PageProblem.Invalid(detail));
}
