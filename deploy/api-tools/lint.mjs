// Judges the OpenAPI document by Spectral's own ruleset, Azure's, and Redocly's. Prints a line for each finding.
//   node lint.mjs FILE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectral from "@stoplight/spectral-core";
import parsers from "@stoplight/spectral-parsers";
import rulesets from "@stoplight/spectral-rulesets";

// Rules that do not suit this service, each with its reason. Azure's rules for OpenAPI 2.0 alone do not apply to a document of 3.1.
const exceptions = {
  // Each instance has its own operator, whose address the document does not have.
  "info-contact": "off",
  // Refusals are listed one by one, so that a test can tell an answer that is documented from one that is not.
  DefaultResponse: "off",
  // `Noun_Verb` names classes of Azure's generators. Ids here are names of functions: `createTask`.
  OperationId: "off",
  // The version of the document is that of the product. The version of the API is in its path, as the vendor has it.
  VersionConvention: "off",
};

// Single findings that are right as they are. The HTML standard gives the header its name.
const excused = found => found.code === "ParameterNamesConvention" && found.message.includes('"Last-Event-ID"');

// What Spectral knows of a rule; Azure's rules have more for tools of Azure's own.
const members = new Set(["description", "message", "severity", "formats", "resolved", "given", "then"]);
const rulesOf = ruleset => ({ ...Object.assign({}, ...(ruleset.extends ?? []).map(rulesOf)), ...ruleset.rules });
const azure = createRequire(import.meta.url)("@microsoft.azure/openapi-validator-rulesets/dist/spectral/az-dataplane.js").default;
const azureRules = Object.fromEntries(Object.entries(rulesOf(azure)).map(
  ([name, rule]) => [name, Object.fromEntries(Object.entries(rule).filter(([member]) => members.has(member)))]));

const file = process.argv[2];
const source = readFileSync(file, "utf8");
const linter = new spectral.Spectral();
linter.setRuleset(new spectral.Ruleset({ extends: [[rulesets.oas, "all"], { rules: azureRules }], rules: exceptions }));
for (const found of await linter.run(new spectral.Document(source, parsers.Json, file))) {
  if (!excused(found)) console.log(`spectral ${found.code} at ${found.path.join("/")}: ${found.message}`);
}

for (const found of await lintFromString({ source, config: await createConfig({ extends: ["recommended-strict"] }) })) {
  console.log(`redocly ${found.ruleId} at ${found.location[0]?.pointer}: ${found.message}`);
}

console.log(`${Object.keys(linter.ruleset.rules).length} rules of Spectral and Azure, less ${Object.keys(exceptions).length}`);
