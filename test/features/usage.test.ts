import { run } from "clientele/core";
import { readEvents, toEvents } from "clientele/events";
import { deriveUsage, usageTotals } from "clientele/features";
import { column, type EventLog, type FeatureTable } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { codesOf } from "../../src/tables/codes.ts";
import { sortedLog } from "../../src/tables/event-log.ts";
import { tableLaws } from "../laws/table-laws.ts";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = Date.UTC(2024, 0, 29, 12);

tableLaws("deriveUsage of event types", {
  derive: (log, now) => deriveUsage(log, { features: ["view", "__proto__"], asOf: now }),
  isIn: () => true,
});

tableLaws("deriveUsage of a column, in a window and a zone", {
  derive: (log, now) =>
    deriveUsage(log, {
      features: { first: ["o1", "__proto__"], second: "o2", both: ["o1", "o2"] },
      featureColumn: "order",
      asOf: now,
      windowDays: 7,
      timeZone: "Australia/Lord_Howe",
    }),
  isIn: () => true,
});

describe("deriveUsage", () => {
  const log = logOf([
    ["a", "search", asOf - 30 * day],
    ["a", "search", asOf - 2 * day],
    ["a", "share", asOf - 2 * day + 5],
    ["a", "view", asOf - day],
    ["a", "search", asOf],
    ["a", "export", asOf + 1],
    ["b", "view", asOf],
    ["c", "search", asOf + 1],
  ]);

  it("counts breadth, depth, active days and events per feature", () => {
    const table = deriveUsage(log, { features: ["search", "share", "export"], asOf });
    expect(table.names).toEqual([
      "breadth", "depth", "activeDays", "daysSinceFirstUse", "daysSinceLastUse",
      "searchEvents", "shareEvents", "exportEvents",
    ]); // prettier-ignore
    expect(table.units).toEqual({ activeDays: "day", daysSinceFirstUse: "day", daysSinceLastUse: "day" });
    expect(rowOf(table, "a")).toEqual({
      breadth: 2,
      depth: 4,
      activeDays: 3,
      daysSinceFirstUse: 30,
      daysSinceLastUse: 0,
      searchEvents: 3,
      shareEvents: 1,
      exportEvents: 0,
    });
  });

  it("knows who used nothing, and leaves out who was not there yet", () => {
    const table = deriveUsage(log, { features: ["search"], asOf });
    expect(table.ids).toEqual(["a", "b"]);
    expect(rowOf(table, "b")).toEqual({
      breadth: 0,
      depth: 0,
      activeDays: 0,
      daysSinceFirstUse: NaN,
      daysSinceLastUse: NaN,
      searchEvents: 0,
    });
  });

  it("counts the dates of a window and no more: 28 days make the L28", () => {
    const daily = logOf(Array.from({ length: 60 }, (_, i) => ["a", "search", asOf - i * day] as const));
    expect(rowOf(deriveUsage(daily, { features: ["search"], asOf, windowDays: 28 }), "a")).toMatchObject({
      activeDays: 28,
      depth: 28,
      daysSinceFirstUse: 59,
    });
    expect(column(deriveUsage(daily, { features: ["search"], asOf, windowDays: 1 }), "activeDays")[0]).toBe(1);
  });

  it("counts dates of the zone, UTC unless one is given, and days since as elapsed time unless one is given", () => {
    const evening = logOf([
      ["a", "search", Date.UTC(2024, 0, 10, 23)],
      ["a", "search", Date.UTC(2024, 0, 11, 2)],
    ]);
    const options = { features: ["search"], asOf: Date.UTC(2024, 0, 12, 2) };
    expect(rowOf(deriveUsage(evening, options), "a")).toMatchObject({ activeDays: 2, daysSinceLastUse: 1 });
    const local = deriveUsage(evening, { ...options, timeZone: "America/New_York", windowDays: 1 });
    expect(rowOf(local, "a")).toMatchObject({ activeDays: 0, daysSinceLastUse: 1, daysSinceFirstUse: 1 });
    const two = deriveUsage(evening, { ...options, timeZone: "America/New_York", windowDays: 2 });
    expect(rowOf(two, "a")).toMatchObject({ activeDays: 1, depth: 2 });
  });

  it("counts a date once that comes back because a clock was set back over midnight", () => {
    // At 00:01 on 29 October 2006 the clocks of Newfoundland went back to 23:01 on the 28th.
    const change = Date.UTC(2006, 9, 29, 2, 31);
    const times = [change - 30_000, change + 30_000, change + 3_570_000];
    const visits = logOf(times.map((time) => ["a", "view", time]));
    const options = { features: ["view"], asOf: change + day, timeZone: "America/St_Johns" };
    expect(rowOf(deriveUsage(visits, options), "a")["activeDays"]).toBe(2);
    expect(bitsOf(run(usageTotals(options), toEvents(visits)))).toBe(bitsOf(deriveUsage(visits, options)));
  });

  it("lets a name be a use of several features, and counts its event once in depth", () => {
    const features = { find: ["search", "share", "search"], social: "share" };
    expect(rowOf(deriveUsage(log, { features, asOf }), "a")).toMatchObject({
      breadth: 2,
      depth: 4,
      findEvents: 4,
      socialEvents: 1,
    });
  });

  it("reads features from a column, every value of it when none is named", () => {
    const pages = logOf([
      ["a", "view", asOf, 1, "home"],
      ["a", "view", asOf, 1, "cart"],
      ["a", "view", asOf, 1, null],
      ["b", "view", asOf, 1, "home"],
      ["b", "view", asOf + 1, 1, "later"],
    ]);
    const table = deriveUsage(pages, { featureColumn: "order", asOf });
    expect(table.names.slice(5)).toEqual(["cartEvents", "homeEvents"]);
    expect(rowOf(table, "a")).toMatchObject({ breadth: 2, depth: 2, cartEvents: 1 });
    const named = deriveUsage(pages, { features: ["home", "later"], featureColumn: "order", asOf });
    expect(rowOf(named, "b")).toMatchObject({ breadth: 1, homeEvents: 1, laterEvents: 0 });
  });

  it("reads a column of numbers", () => {
    const numbers = sortedLog({
      customer: codesOf(["a", "a", "a", "a"]),
      type: codesOf(["click", "click", "click", "click"]),
      time: Float64Array.of(1, 2, 3, 4),
      extra: { category: Float64Array.of(2, 10, NaN, 2) },
    });
    const table = deriveUsage(numbers, { featureColumn: "category", asOf });
    expect(rowOf(table, "a")).toMatchObject({ breadth: 2, depth: 3, "2Events": 2, "10Events": 1 });
  });

  it("ends with the log's last event when no asOf is given", () => {
    expect(rowOf(deriveUsage(log, { features: ["search", "export"] }), "a")).toMatchObject({ exportEvents: 1 });
    expect(deriveUsage(log, { features: ["search"] }).ids).toEqual(["a", "b", "c"]);
    expect(deriveUsage(logOf([]), { features: ["search"] }).ids).toEqual([]);
  });

  it("takes hostile feature names", () => {
    const hostile = logOf([
      ["__proto__", "__proto__", 1],
      ["__proto__", "constructor", 2],
      ["__proto__", "breadth", 3],
      ["__proto__", "\ud800", 4],
      ["__proto__", "", 5],
    ]);
    const table = deriveUsage(hostile, { features: ["__proto__", "constructor", "breadth", "\ud800", "", "10"], asOf });
    expect(Array.from(table.values)).toEqual([5, 5, 1, expect.any(Number), expect.any(Number), 1, 1, 1, 1, 1, 0]);
    const features = JSON.parse('{"__proto__": ["__proto__", "constructor"]}') as Record<string, string[]>;
    const one = deriveUsage(hostile, { features, asOf });
    expect(one.names.at(-1)).toBe("__proto__Events");
    expect(one.values.at(-1)).toBe(2);
  });

  it("refuses to guess: no features, an unknown column", () => {
    expectRefusal(() => deriveUsage(log, {}), "invalid-option", "options.features");
    expectRefusal(() => deriveUsage(log, { featureColumn: "page" }), "invalid-option", "options.featureColumn");
    expectRefusal(() => deriveUsage({} as EventLog, { features: ["a"] }), "shape-mismatch");
  });

  it("refuses a column of ids, whose table no memory would hold", () => {
    const n = 20_000;
    const names = Array.from({ length: n }, (_, i) => `id ${i}`);
    const ids = sortedLog({
      customer: codesOf(names),
      type: codesOf(names.map(() => "view")),
      time: new Float64Array(n),
      extra: { page: codesOf(names) },
    });
    expectRefusal(() => deriveUsage(ids, { featureColumn: "page", asOf }), "too-large", "options.featureColumn");
  });
});

describeWithData("deriveUsage on real shops", ["simple_shop", "retentioneering_ab", "eshop2008"], () => {
  const sums = ({ ids, names, values }: FeatureTable, of: (cell: number) => number): Record<string, number> =>
    Object.fromEntries(
      names.map((name, j) => [name, ids.reduce((sum, _, i) => sum + of(values[i * names.length + j]), 0)]),
    );

  it.each([
    ["simple_shop", "simple_shop.csv.gz"],
    ["retentioneering_ab", "ab_test_demo.csv.gz"],
  ])("counts events and users of every event type of %s as pandas does", (name, file) => {
    interface Expected {
      readonly counts: {
        events: number;
        users: number;
        event_types: Record<string, number>;
        users_per_event_type: Record<string, number>;
      };
      readonly daily: { sum_of_daily_active_users: number };
    }
    const { counts, daily } = readDataJson<Expected>(`${name}/expected.json`);
    const { log } = readEvents(readDataRows(`${name}/${file}`), {
      customer: "user_id",
      type: "event",
      time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
    });
    const features = Object.keys(counts.event_types);
    const usage = deriveUsage(log, { features });
    expect(usage.ids).toHaveLength(counts.users);
    const events = sums(usage, (cell) => cell);
    const users = sums(usage, (cell) => (cell > 0 ? 1 : 0));
    expect(Object.fromEntries(features.map((feature) => [feature, events[`${feature}Events`]]))).toEqual(
      counts.event_types,
    );
    expect(Object.fromEntries(features.map((feature) => [feature, users[`${feature}Events`]]))).toEqual(
      counts.users_per_event_type,
    );
    expect(events).toMatchObject({ depth: counts.events, activeDays: daily.sum_of_daily_active_users });
    expect(bitsOf(run(usageTotals({ features, asOf: log.time.reduce((a, b) => Math.max(a, b)) }), toEvents(log)))).toBe(
      bitsOf(usage),
    );
  });

  it("counts the clicks of the clothing shop by category and by session", () => {
    interface Expected {
      readonly counts: Record<
        "sessions" | "clicks_per_session_mean" | "clicks_per_session_max" | "single_click_sessions",
        number
      > & { clicks_by_category: Record<string, number>; clicks_by_page: Record<string, number> };
    }
    const { counts } = readDataJson<Expected>("eshop2008/expected.json");
    const { log } = readEvents(readDataRows("eshop2008/eshop2008.csv.gz"), {
      customer: "session_id",
      type: () => "click",
      time: (row: TextRow) => Date.UTC(2008, Number(row["month"]) - 1, Number(row["day"])) + Number(row["order"]),
      extra: { category: "page1_main_category", page: "page" },
    });
    for (const [featureColumn, expected] of [
      ["category", counts.clicks_by_category],
      ["page", counts.clicks_by_page],
    ] as const) {
      const usage = deriveUsage(log, { featureColumn });
      const clicks = sums(usage, (cell) => cell);
      expect(usage.ids).toHaveLength(counts.sessions);
      expect(Object.fromEntries(Object.keys(expected).map((key) => [key, clicks[`${key}Events`]]))).toEqual(expected);
      const depth = column(usage, "depth");
      expect(clicks["depth"] / counts.sessions).toBeCloseTo(counts.clicks_per_session_mean, 12);
      expect(depth.reduce((a, b) => Math.max(a, b))).toBe(counts.clicks_per_session_max);
      expect(depth.filter((value) => value === 1)).toHaveLength(counts.single_click_sessions);
      // Every session has one date.
      expect(clicks["activeDays"]).toBe(counts.sessions);
    }
  });
});
