import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { customerView } from "clientele/features";
import { fitChurnModel, labelOutcomes, predictPropensity, type PropensityModel } from "clientele/predictions";
import { simulateShop } from "clientele/simulate";
import { readEvents } from "clientele/events";
import { selectFeatures } from "clientele/tables";
import { readSettings } from "../../examples/service/settings.ts";
import { type Service, startService } from "../../examples/service/service.ts";
import { scratchFolder } from "../support/built.ts";
import { ask, type Answered, hour, start } from "../support/service.ts";

const scratch = scratchFolder("service");
let service: Service;
let folder: string;
let starts = 0;
let now = start + 48 * hour;

async function begin(inFolder: string): Promise<void> {
  folder = inFolder;
  service = await startService({
    folder,
    host: "127.0.0.1",
    port: 0,
    settings: readSettings({}),
    tickSeconds: 0,
    snapshotEvery: 1000,
    keepJournals: false,
    now: () => now,
  });
}

beforeEach(async () => {
  now = start + 48 * hour;
  await begin(join(scratch, String(++starts)));
});
afterEach(() => service.close());
afterAll(() => rmSync(scratch, { recursive: true }));

const send = (path: string, body?: unknown, type?: string): Promise<Answered> => ask(service.url, path, body, type);
const event = (id: string, more: object = {}): object => ({ id, customer: "ann@example.org", type: "cart", time: start, ...more }); // prettier-ignore

describe("POST /events", () => {
  it("takes one event or a batch, and ignores what it knows", async () => {
    const one = await send("/events", event("1", { time: "2025-01-06T01:00:00+01:00", cart: "c", value: null }));
    expect(one).toEqual({ status: 200, body: { seq: 2, accepted: 1, duplicates: 0, refused: [], messages: 1 } });
    const batch = [event("1"), event("2", { type: "purchase", value: 20, time: start + hour / 2, cart: "c" })];
    expect((await send("/events", batch)).body).toMatchObject({ seq: 3, accepted: 1, duplicates: 1 });
    await send("/tick", { now: start + 24 * hour });
    const { body } = await send("/customers/ann%40example.org");
    expect(body).toMatchObject({ customer: "ann@example.org", asOf: now, view: { orderCount: 1, revenue: 20 } });
    // The first event's time was read with its offset: the purchase half an hour later cancelled the reminder.
    const { messages } = (await send("/actions")).body as { messages: { rule: string }[] };
    expect(messages.map(({ rule }) => rule)).toEqual(["welcome"]);
  });

  it("says that an event was refused by the library, and takes the others", async () => {
    // Sums of sessions would need 1e293 events to overflow: what the door lets pass is added. So nothing is refused here.
    const { body } = await send("/events", [event("1", { value: 1e15 }), event("2", { value: -1e15 })]);
    expect(body).toMatchObject({ accepted: 2, refused: [] });
  });

  const long = "x".repeat(201);
  it.each<[unknown, string, string]>([
    [[], "invalid-value", "events"],
    [Array.from({ length: 1001 }, (_, i) => event(String(i))), "invalid-value", "events"],
    ["{", "invalid-value", "body"],
    ['"secret@example.org', "invalid-value", "body"],
    ["7", "invalid-value", "events[0]"],
    ["null", "invalid-value", "events[0]"],
    [[event("1"), []], "invalid-value", "events[1]"],
    [event("1", { colour: "secret" }), "unknown-option", "events[0]"],
    ['{"id":"1","customer":"ann","type":"view","time":0,"__proto__":{"x":1}}', "unknown-option", "events[0]"],
    [event("1", { id: undefined }), "invalid-value", "events[0].id"],
    [event("1", { id: 7 }), "invalid-value", "events[0].id"],
    [event(""), "invalid-value", "events[0].id"],
    [event(long), "invalid-value", "events[0].id"],
    [event("1", { customer: "" }), "invalid-value", "events[0].customer"],
    [event("1", { customer: null }), "invalid-value", "events[0].customer"],
    [event("1", { customer: long }), "invalid-value", "events[0].customer"],
    [event("1", { type: 5 }), "invalid-value", "events[0].type"],
    [event("1", { type: "" }), "invalid-value", "events[0].type"],
    [[event("0"), event("1", { time: undefined })], "invalid-value", "events[1].time"],
    [event("1", { time: "2025-01-06T00:00:00" }), "invalid-value", "events[0].time"],
    [event("1", { time: "2025-02-30T00:00:00Z" }), "invalid-value", "events[0].time"],
    [event("1", { time: 1e300 }), "invalid-value", "events[0].time"],
    [event("1", { time: start + 50 * hour }), "invalid-value", "events[0].time"],
    [event("1", { value: "20" }), "invalid-value", "events[0].value"],
    [event("1", { value: 1e16 }), "invalid-value", "events[0].value"],
    ['{"id":"1","customer":"ann","type":"view","time":0,"value":1e999}', "invalid-value", "events[0].value"],
    [event("1", { cart: { id: "secret" } }), "invalid-value", "events[0].cart"],
    [event("1", { cart: "x".repeat(1001) }), "invalid-value", "events[0].cart"],
    [event("1", { timeZone: "secret/zone" }), "invalid-value", "events[0].timeZone"],
    [event("1", { timeZone: 5 }), "invalid-value", "events[0].timeZone"],
  ])("refuses %j as a whole", async (body, code, path) => {
    const refused = await send("/events", body);
    expect(refused.status).toBe(400);
    expect(refused.body["error"]).toMatchObject({ code, path });
    expect(JSON.stringify(refused.body)).not.toMatch(/secret|example|ann/);
    expect((await send("/health")).body).toMatchObject({ seq: 1, customers: 0 });
  });

  it("refuses bodies that are too large or no JSON", async () => {
    expect((await send("/events", `"${"x".repeat(1 << 20)}"`)).status).toBe(413);
    expect((await send("/events", "id=1", "application/x-www-form-urlencoded")).status).toBe(415);
    expect((await send("/events", "")).status).toBe(400);
  });
});

describe("POST /tick", () => {
  it("fires what is due, at the given time or now", async () => {
    await send("/events", event("1"));
    expect((await send("/tick", { now: start + hour - 1 })).body).toMatchObject({ messages: 0 });
    expect((await send("/tick", { now: "2025-01-06T01:00:00Z" })).body).toMatchObject({ messages: 0 }); // no cart, no key
    await send("/events", event("2", { cart: "c", time: start + hour }));
    expect((await send("/tick", {})).body).toMatchObject({ messages: 1 });
    expect((await send("/health")).body).toMatchObject({ clock: now });
    expect((await send("/tick", { now: 5 })).body).toMatchObject({ messages: 0 });
    expect((await send("/health")).body).toMatchObject({ clock: now });
  });

  it.each<[unknown, string, string]>([
    [{ now: "soon" }, "invalid-value", "now"],
    [{ now: start + 50 * hour }, "invalid-value", "now"],
    [{ then: 5 }, "unknown-option", "body"],
    [[], "invalid-value", "body"],
  ])("refuses %j", async (body, code, path) => {
    const refused = await send("/tick", body);
    expect([refused.status, refused.body["error"]]).toEqual([400, expect.objectContaining({ code, path })]);
  });
});

describe("GET /actions and POST /actions/acknowledge", () => {
  it("hands messages out after a number until they are acknowledged", async () => {
    await send(
      "/events",
      [1, 2, 3, 4].map((i) => event(String(i), { customer: `c${i}`, type: "view" })),
    );
    const all = (await send("/actions")).body as {
      messages: { seq: number; customer: string; idempotencyKey: string }[];
    };
    expect(all).toMatchObject({ next: 4, last: 4 });
    expect(all.messages.map(({ seq, customer }) => `${seq} ${customer}`)).toEqual(["1 c1", "2 c2", "3 c3", "4 c4"]);
    expect(new Set(all.messages.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(4);
    expect((await send("/actions?after=1&limit=2")).body).toEqual({
      messages: all.messages.slice(1, 3),
      next: 3,
      last: 4,
    });
    expect((await send("/actions/acknowledge", { through: 3 })).body).toMatchObject({ messages: 3 });
    expect((await send("/actions")).body).toEqual({ messages: all.messages.slice(3), next: 4, last: 4 });
    expect((await send("/actions?after=4")).body).toEqual({ messages: [], next: 4, last: 4 });
  });

  it.each<[string, unknown, string, string]>([
    ["/actions?after=-1", undefined, "invalid-value", "query.after"],
    ["/actions?after=x", undefined, "invalid-value", "query.after"],
    ["/actions?after=1&after=2", undefined, "invalid-value", "query.after"],
    ["/actions?limit=1001", undefined, "invalid-value", "query.limit"],
    ["/actions?since=1", undefined, "unknown-option", "query"],
    ["/actions/acknowledge", { through: 1 }, "invalid-value", "through"],
    ["/actions/acknowledge", {}, "invalid-value", "through"],
    ["/actions/acknowledge", { through: 0.5 }, "invalid-value", "through"],
    ["/actions/acknowledge", { through: 0, more: 1 }, "unknown-option", "body"],
  ])("refuse %s %j", async (path, body, code, at) => {
    const refused = await send(path, body);
    expect([refused.status, refused.body["error"]]).toEqual([400, expect.objectContaining({ code, path: at })]);
  });
});

/** A model of churn as it is learned elsewhere, from a log of the same events. */
function churnModel(): PropensityModel {
  const { rows } = simulateShop({ customers: 400, days: 240, seed: 7 });
  const { log } = readEvents(rows, { customer: "customer", type: "type", time: "time", value: "value" });
  const cutoffs = [120, 150, 180].map((day) => Date.UTC(2025, 0, 1) + day * 24 * hour);
  const population = { events: ["purchase"], withinDays: 60 };
  const churn = labelOutcomes(log, { cutoff: cutoffs, horizonDays: 30, event: "purchase", population, positive: "no-event" }); // prettier-ignore
  const names = ["daysSinceLastActivity", "eventsPerWeek", "orderCount", "revenue", "daysSinceLastPurchase"];
  const views = cutoffs.map((cutoff) => selectFeatures(customerView(log, { asOf: cutoff - 1, purchase: "purchase" }), names)); // prettier-ignore
  return fitChurnModel(views, churn);
}

describe("POST and GET /models/:name", () => {
  const model = churnModel();

  it("keep a model, apply it to customers, and have it after a restart", async () => {
    const saved = await send("/models/churn", model);
    expect(saved).toEqual({ status: 200, body: { name: "churn", kind: "propensity", target: "churn", features: 5 } });
    await send("/events", [event("1", { customer: "ann", type: "purchase", value: 30 }), event("2", { customer: "ann", type: "view" })]); // prettier-ignore
    const check = async (): Promise<void> => {
      expect((await send("/models/churn")).body).toEqual(JSON.parse(JSON.stringify(model)));
      expect((await send("/models")).body).toEqual({
        models: [{ name: "churn", kind: "propensity", target: "churn" }],
      });
      const { body } = await send(`/customers/ann?asOf=${start + 20 * 24 * hour}`);
      const cells = (body["view"] ?? {}) as Record<string, number>;
      const row = { ids: ["ann"], names: [...model.features], values: Float64Array.from(model.features, (name) => cells[name]) }; // prettier-ignore
      const [probability] = predictPropensity(model, row);
      expect(body["models"]).toEqual({ churn: { target: "churn", probability } });
      expect(probability > 0 && probability < 1).toBe(true);
    };
    await check();
    await service.close();
    await begin(folder);
    await check();
    expect(readdirSync(join(folder, "models"))).toEqual(["churn.json"]);
  });

  it("keep the one that came last, and sweep away what a crash left", async () => {
    const changed = { ...model, baseRate: 0.5 };
    await Promise.all([model, changed, model, changed].map((one) => send("/models/churn", one)));
    expect((await send("/models/churn")).body["baseRate"]).toBeDefined();
    await service.close();
    writeFileSync(join(folder, "models", "churn.json.9-9.tmp"), "{");
    const kept = JSON.parse(readFileSync(join(folder, "models/churn.json"), "utf8")) as PropensityModel;
    await begin(folder);
    expect((await send("/models/churn")).body).toEqual(kept);
    expect(readdirSync(join(folder, "models"))).toEqual(["churn.json"]);
  });

  it.each<[string, unknown, string, string]>([
    ["churn", "[]", "invalid-value", "model"],
    ["churn", "null", "invalid-value", "model"],
    ["churn", {}, "unsupported", "model.kind"],
    ["churn", { ...model, kind: "k-means" }, "unsupported", "model.kind"],
    ["churn", { ...model, version: 2 }, "incompatible-model", "model.version"],
    ["churn", { ...model, features: "all" }, "incompatible-model", "model.features"],
    ["churn", { ...model, features: model.features.with(1, "weight") }, "incompatible-model", "model.features[1]"],
    ["churn", { ...model, columns: [] }, "incompatible-model", "model.columns"],
    ["churn", { ...model, regression: null }, "incompatible-model", "model"],
    ["Churn", model, "invalid-value", "name"],
    ["..%2Fchurn", model, "invalid-value", "name"],
    ["%2e", model, "invalid-value", "name"],
    ["x".repeat(65), model, "invalid-value", "name"],
  ])("refuse what is none: %s %#", async (name, body, code, path) => {
    const refused = await send(`/models/${name}`, body);
    expect([refused.status, refused.body["error"]]).toEqual([400, expect.objectContaining({ code })]);
    expect((refused.body["error"] as { path: string }).path.startsWith(path)).toBe(true);
    expect((await send("/models")).body).toEqual({ models: [] });
  });
});

describe("the rest", () => {
  it("says what is not there", async () => {
    for (const path of ["/customers/nobody", "/models/none", "/nothing", "/"]) {
      const { status, body } = await send(path);
      expect([status, (body["error"] as { code: string }).code]).toEqual([404, "not-found"]);
    }
    expect((await send("/customers/a", {})).status).toBe(404);
  });

  it("answers for an instant that is not before the latest event", async () => {
    await send("/events", event("1", { customer: "ann" }));
    expect((await send(`/customers/ann?asOf=${start}`)).status).toBe(200);
    for (const query of [`asOf=${start - 1}`, "asOf=x", "at=1"]) expect((await send(`/customers/ann?${query}`)).status).toBe(400); // prettier-ignore
  });

  it("is healthy", async () => {
    const figures = { seq: 1, clock: null, customers: 0, unacknowledged: 0, waiting: 0 };
    expect(await send("/health")).toEqual({ status: 200, body: { status: "ok", ...figures } });
  });

  it("finds its state again", async () => {
    await send("/events", [event("1", { cart: "c" }), event("2", { customer: "bob" })]);
    await send("/tick", {});
    const paths = ["/actions", "/health", "/customers/bob"];
    const before = await Promise.all(paths.map((path) => send(path)));
    await service.close();
    await begin(folder);
    expect(await Promise.all(paths.map((path) => send(path)))).toEqual(before);
  });
});
