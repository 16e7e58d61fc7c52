using PolicySync.Core.Planning;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Planning;

public sealed class ExternalChangesTests
{
    [Theory]
    [InlineData("mallory@x.com", "svc@x.com", "mallory@x.com")]
    [InlineData("Svc@X.com", "svc@x.com", null)] // our own change came last: of theirs nothing is known
    [InlineData(null, "svc@x.com", null)]
    [InlineData("mallory@x.com", null, "mallory@x.com")]
    public void Who_did_it_is_told_where_the_record_names_somebody_else(string? changedBy, string? self, string? by)
    {
        var facts = Notation.Schema with { ChangedBy = changedBy, ChangedAt = Notation.Then };

        var changes = ExternalChanges.Name(facts, Notation.Owned("ann:SELECT").Entries, [("eve", "MODIFY")], self);

        Assert.Equal(
            [
                new ExternalChange(ChangeAction.Revoke, "ann", "SELECT", 1, Notation.TaskId, by, by is null ? null : Notation.Then),
                new ExternalChange(ChangeAction.Grant, "eve", "MODIFY", null, null, by, by is null ? null : Notation.Then),
            ],
            changes);
    }
}
