using PolicySync.Core.Reports.Index;
using PolicySync.Grains.Auditing;
using PolicySync.Grains.Resources.Indexing;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Grains.Resources.Reading;
using PolicySync.Grains.Resources.Renames;
using PolicySync.Grains.Resources.Restoring;
using PolicySync.Grains.Schedules;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>What all runs of a silo share.</summary>
/// <param name="Sources">Unity Catalog, and what is remembered of its answers.</param>
/// <param name="Parents">Runs on containers above.</param>
/// <param name="Agenda">Schedules that end.</param>
/// <param name="Renamed">States that follow a renamed object.</param>
/// <param name="Restorer">Stores what an export had.</param>
/// <param name="Index">Where principals and policies have effect.</param>
/// <param name="Generation">Which rows of it exist.</param>
/// <param name="Catalogs">The catalogs that it has.</param>
/// <param name="Indexing">Changes it outside runs that end well.</param>
/// <param name="Questions">Answers of runs that are asked something.</param>
/// <param name="Audit">Tells the audit stream.</param>
/// <param name="Settings">The settings.</param>
/// <param name="Time">The clock.</param>
internal sealed record RunServices(
    RunSources Sources, ParentRuns Parents, Agenda Agenda, RenamedObjects Renamed, StateRestorer Restorer, IAccessIndex Index, IndexGeneration Generation, KnownCatalogs Catalogs,
    IndexUpdates Indexing, RunQuestions Questions, AuditNotices Audit, RunSettings Settings, TimeProvider Time);
