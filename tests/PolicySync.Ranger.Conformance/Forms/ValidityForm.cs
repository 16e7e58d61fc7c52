using System.Text.Json.Nodes;
using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Conformance.Schedules;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;

namespace PolicySync.Ranger.Conformance;

/// <summary><c>[{validitySchedules, accessTime, result{isValid, isApplicable, validationFailureCount}}]</c>: schedules alone.</summary>
internal static class ValidityForm
{
    public static IEnumerable<ConformanceCase> Run(JsonNode root)
    {
        foreach (var test in root.Items())
        {
            var name = test["name"].Text() ?? "?";
            yield return ConformanceCase.Guard(name, () =>
            {
                var schedules = test["validitySchedules"].AsOrNull<List<RangerValiditySchedule>>() ?? [];
                var faults = schedules.Sum(s => ValidityScheduleValidator.Validate(s).Count);
                var time = RangerDate.Parse(test["accessTime"].Text() ?? "") ?? throw new FormatException("no access time");
                var applies = faults == 0 && new PolicyValidity(schedules, EngineFile.Options).At(time) == Truth.True;
                var expected = test["result"];
                return ConformanceCase.Compare(
                    name,
                    (expected?["isValid"].Flag(), expected?["isApplicable"].Flag(), expected?["validationFailureCount"].Text() ?? "0"),
                    (faults == 0, applies, $"{faults}"));
            });
        }
    }
}
