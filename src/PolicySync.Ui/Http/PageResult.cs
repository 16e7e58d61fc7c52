using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace PolicySync.Ui.Http;

/// <summary>A page: its component, what it shows, and a status.</summary>
internal sealed class PageResult<TPage>(object? parameters = null, int status = StatusCodes.Status200OK) : IResult
    where TPage : IComponent
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        _ = httpContext.RequestServices.GetRequiredService<PageView>(); // sets a cookie, which must precede the answer
        PageHeaders.Protect(httpContext.Response.Headers);
        var page = parameters is null ? new RazorComponentResult<TPage>() : new RazorComponentResult<TPage>(parameters);
        page.StatusCode = status;
        page.PreventStreamingRendering = true;
        await page.ExecuteAsync(httpContext);
    }
}

/// <summary>Answers of the pages.</summary>
internal static class Show
{
    /// <summary>A page with its parameters by name.</summary>
    public static PageResult<TPage> Page<TPage>(object? parameters = null, int status = StatusCodes.Status200OK)
        where TPage : IComponent => new(parameters, status);

    /// <summary>Leads the browser to a page after an action, so that a reload repeats nothing.</summary>
    public static IResult Then(string address, string? done = null) => new SeeOther(
        done is null ? address : $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{PageView.DoneName}={done}");

    private sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            PageHeaders.Protect(httpContext.Response.Headers);
            httpContext.Response.Headers.Location = address;
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            return Task.CompletedTask;
        }
    }
}
