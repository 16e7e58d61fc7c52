// The scenario, by openapi-fetch with the types of openapi-typescript.  node scenario.js URL TOKEN
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const [url, token] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
const report: string[] = [];

const table = (name: string): Schemas["TaskRequestResource"] => ({ type: "table", values: { catalog: "main", schema: "sales", table: name } });
const body: Schemas["TaskRequest"] = {
  type: "RESOURCE_SYNC",
  createTime: "1700000000000",
  requestInfo: { resources: [table("customers"), table("orders")] },
};
const key = crypto.randomUUID();
const first = await api.POST("/policysync/api/v1/task", { body, params: { header: { "Idempotency-Key": key } } });
const again = await api.POST("/policysync/api/v1/task", { body, params: { header: { "Idempotency-Key": key, Prefer: "wait=30" } } });
if (!first.data || !again.data) {
  throw new Error(`${first.error?.code} ${again.error?.code}`);
}

const taskId = first.data.taskId;
report.push(`submitted and repeated: ${taskId === again.data.taskId ? "one task" : "two tasks"}`);

const { data: task } = await api.GET("/policysync/api/v1/tasks/{taskId}", { params: { path: { taskId }, header: { Prefer: "wait=30" } } });
report.push(`ended: ${task?.status}`);
report.push(`progress: ${task?.progress.done} done, ${task?.progress.failed} failed`);

const resources: Schemas["TaskResource"][] = [];
let pageToken: string | undefined;
do {
  const { data: page } = await api.GET("/policysync/api/v1/tasks/{taskId}/resources", {
    params: { path: { taskId }, query: { status: "SUCCESS", pageSize: 1, pageToken } },
  });
  resources.push(...(page?.resources ?? []));
  pageToken = page?.nextPageToken;
} while (pageToken);
report.push(`resources: ${resources.map(resource => `${resource.type} ${resource.fullName} ${resource.status}`).sort().join(", ")}`);

const { data: tasks } = await api.GET("/policysync/api/v1/tasks", { params: { query: { status: "SUCCESS", pageSize: 100 } } });
report.push(`listed: ${tasks?.tasks.some(item => item.taskId === taskId) ? "yes" : "no"}`);
report.push(`event: ${task?.event?.createTime}`);

const unknown = await api.GET("/policysync/api/v1/tasks/{taskId}", { params: { path: { taskId: "1" } } });
report.push(`unknown task: ${unknown.response.status} ${unknown.error?.code}`);

const refused = await api.POST("/policysync/api/v1/task", { body: { type: "RESOURCE_SYNC", requestInfo: { resources: [] } } });
report.push(`faults: ${refused.error?.errors?.map(fault => fault.pointer).join(", ")}`);

const { data: events } = await api.GET("/policysync/api/v1/tasks/{taskId}/events", { params: { path: { taskId } }, parseAs: "text" });
const lines = events?.split("\n") ?? [];
const last = lines.filter(line => line.startsWith("data:")).at(-1);
report.push(`streamed: ${lines.filter(line => line === "event: result").length} results, ended ${last?.includes('"SUCCESS"') ? "SUCCESS" : "otherwise"}`);

const { data: found } = await api.GET("/policysync/api/v1/tasks", { params: { query: { securable: "table main.sales.customers" } } });
report.push(`found by securable: ${found?.tasks.some(item => item.taskId === taskId) ? "yes" : "no"}`);

const sync = (name: string): Schemas["TaskRequest"] => ({ type: "RESOURCE_SYNC", requestInfo: { resources: [table(name)] } });
const { data: failed } = await api.POST("/policysync/api/v1/task", { body: sync("returns"), params: { header: { Prefer: "wait=30" } } });
report.push(`failed: ${failed?.status} ${failed?.failures?.[0]?.code}`);
const failedId = failed?.taskId ?? "";
const { data: retried } = await api.POST("/policysync/api/v1/tasks/{taskId}:retry", {
  params: { path: { taskId: failedId }, header: { "Idempotency-Key": crypto.randomUUID(), Prefer: "wait=30" } },
});
const { data: origin } = await api.GET("/policysync/api/v1/tasks/{taskId}", { params: { path: { taskId: failedId } } });
const linked = retried?.retryOf === failedId && origin?.retriedBy === retried?.taskId;
report.push(`retried: ${retried?.status}, ${linked ? "linked both ways" : "not linked"}`);

const nothing = await api.POST("/policysync/api/v1/tasks/{taskId}:retry", { params: { path: { taskId } } });
report.push(`nothing to retry: ${nothing.response.status} ${nothing.error?.code}`);

const { data: ended } = await api.POST("/policysync/api/v1/tasks/{taskId}:cancel", { params: { path: { taskId } } });
report.push(`cancelled after the end: ${ended?.status}`);
const { data: endless } = await api.POST("/policysync/api/v1/task", { body: sync("shipments") });
const { data: cancelled } = await api.POST("/policysync/api/v1/tasks/{taskId}:cancel", {
  params: { path: { taskId: endless?.taskId ?? "" }, header: { Prefer: "wait=30" } },
});
report.push(`cancelled: ${cancelled?.status} ${cancelled?.outcome}`);

console.log(report.join("\n"));
