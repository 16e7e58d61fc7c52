using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>An endpoint that checks a token and answers 202, and nothing else: the limit that HTTP and JWT set. In this process.</summary>
internal static class BareEndpoint
{
    public static async Task<Rate> RateAsync(int callers, TimeSpan span)
    {
        using var tokens = new Tokens();
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(tokens.KeyFile));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = "policysync", ValidAudience = "instance1", IssuerSigningKey = new ECDsaSecurityKey(key),
            });
        builder.Services.AddAuthorization();
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPost("/", () => Results.Accepted()).RequireAuthorization();
        await app.StartAsync();
        using var client = new Poster(new Uri(app.Urls.Single()), tokens.Sign("policysync.tasks"));
        return await Rate.OfAsync(callers, span, _ => client.PostAsync("", "{}"));
    }
}
