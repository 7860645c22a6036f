import { run } from "clientele/core";
import { toEvents } from "clientele/events";
import { activityTotals, deriveActivity } from "clientele/features";
import { type EventLog, type Partition, partitionOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { tableLaws } from "../laws/table-laws.ts";
import { bitsOf } from "../support/inspect.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const hour = 3_600_000;
const day = 24 * hour;
const asOf = Date.UTC(2024, 0, 29);

/** Sessions by gaps above two hours, of whatever log: enough to see how they are counted. */
function sessionsOf(log: EventLog): Partition {
  const starts: number[] = [];
  for (let row = 0; row < log.length; row++) {
    const continues = row > 0 && log.customer.codes[row] === log.customer.codes[row - 1];
    if (!continues || log.time[row] - log.time[row - 1] > 2 * hour) starts.push(row);
  }
  return { starts: Uint32Array.from([...starts, log.length]) };
}

tableLaws("deriveActivity over all time", {
  derive: (log, now) => deriveActivity(log, { asOf: now }),
  isIn: () => true,
});

tableLaws("deriveActivity with sessions, a window and a zone", {
  derive: (log, now) => {
    const isLog = (log as EventLog | null)?.customer !== undefined && log.value.length === log.length;
    const sessions = isLog ? sessionsOf(log) : { starts: new Uint32Array(1) };
    return deriveActivity(log, { asOf: now, windowDays: 7, timeZone: "Australia/Lord_Howe", sessions });
  },
  isIn: () => true,
});

describe("deriveActivity", () => {
  // Four weeks before asOf: two visits on one day, two weeks later one more, and one just now.
  const regular = logOf([
    ["a", "view", asOf - 28 * day],
    ["a", "view", asOf - 28 * day + hour],
    ["a", "view", asOf - 28 * day + 5 * hour],
    ["a", "buy", asOf - 14 * day],
    ["a", "view", asOf - 6 * hour],
  ]);

  it("counts events, active days and rates per week of exposure", () => {
    expect(rowOf(deriveActivity(regular, { asOf, sessions: sessionsOf(regular) }), "a")).toEqual({
      daysSinceLastActivity: 0.25,
      tenureDays: 28,
      activeDays: 3,
      events: 5,
      eventsPerWeek: 1.25,
      sessions: 4,
      sessionsPerWeek: 1,
      eventsPerSession: 1.25,
    });
  });

  it("leaves the features per session out when there are no sessions", () => {
    const { names, units } = deriveActivity(regular, { asOf });
    expect(names).toEqual(["daysSinceLastActivity", "tenureDays", "activeDays", "events", "eventsPerWeek"]);
    expect(units).toEqual({ daysSinceLastActivity: "day", tenureDays: "day", activeDays: "day" });
  });

  it("looks at the window for counts, but at all time for tenure and the last activity", () => {
    const table = deriveActivity(regular, { asOf, windowDays: 14, sessions: sessionsOf(regular) });
    // The purchase lies exactly 14 days back: the window is open there.
    expect(rowOf(table, "a")).toMatchObject({ tenureDays: 28, activeDays: 1, events: 1, sessions: 1 });
    expect(rowOf(table, "a")).toMatchObject({ eventsPerWeek: 0.5, sessionsPerWeek: 0.5, daysSinceLastActivity: 0.25 });
    const wider = deriveActivity(regular, { asOf, windowDays: 14.001, sessions: sessionsOf(regular) });
    expect(rowOf(wider, "a")).toMatchObject({ events: 2, sessions: 2 });
  });

  it("divides by the exposure, not by the window: two customers of one rate are alike", () => {
    const log = logOf([
      ["new", "view", asOf - 7 * day],
      ["new", "view", asOf - 3 * day],
      ["old", "view", asOf - 28 * day],
      ...Array.from({ length: 8 }, (_, i) => ["old", "view", asOf - (27 - 3 * i) * day] as const),
    ]);
    const table = deriveActivity(log, { asOf, windowDays: 28 });
    expect(rowOf(table, "new")["eventsPerWeek"]).toBe(2);
    expect(rowOf(table, "old")["eventsPerWeek"]).toBe(2);
  });

  it("takes at least one day of exposure, so that a first visit right now is no infinite rate", () => {
    const log = logOf([["a", "view", asOf]]);
    expect(rowOf(deriveActivity(log, { asOf, sessions: sessionsOf(log) }), "a")).toEqual({
      daysSinceLastActivity: 0,
      tenureDays: 0,
      activeDays: 1,
      events: 1,
      eventsPerWeek: 7,
      sessions: 1,
      sessionsPerWeek: 7,
      eventsPerSession: 1,
    });
  });

  it("knows a customer who was not active in the window: 0 sessions, events per session missing", () => {
    const log = logOf([["a", "view", asOf - 30 * day]]);
    const row = rowOf(deriveActivity(log, { asOf, windowDays: 7, sessions: sessionsOf(log) }), "a");
    expect(row).toMatchObject({ activeDays: 0, events: 0, sessions: 0, sessionsPerWeek: 0, daysSinceLastActivity: 30 });
    expect(row["eventsPerSession"]).toBeNaN();
  });

  it("counts a session that is cut by asOf or by the window with the part inside", () => {
    const log = logOf([
      ["a", "view", asOf - 7 * day - hour],
      ["a", "view", asOf - 7 * day + hour],
      ["a", "view", asOf],
      ["a", "view", asOf + hour],
      ["b", "view", asOf - 10 * day],
      ["b", "view", asOf + hour],
    ]);
    const sessions = partitionOf([2, 2, 2]);
    const table = deriveActivity(log, { asOf, windowDays: 7, sessions });
    expect(rowOf(table, "a")).toMatchObject({ events: 2, sessions: 2, eventsPerSession: 1 });
    // b's only session spans the whole window without an event in it.
    expect(rowOf(table, "b")).toMatchObject({ events: 0, sessions: 0 });
  });

  it("counts dates of the zone: one evening in New York is two dates in UTC", () => {
    const log = logOf([
      ["a", "view", Date.UTC(2024, 0, 10, 23)],
      ["a", "view", Date.UTC(2024, 0, 11, 2)],
    ]);
    const daysIn = (timeZone?: string): number => rowOf(deriveActivity(log, { asOf, timeZone }), "a")["activeDays"];
    expect([daysIn(), daysIn("UTC"), daysIn("America/New_York")]).toEqual([2, 2, 1]);
    const local = rowOf(deriveActivity(log, { asOf, timeZone: "America/New_York" }), "a");
    // asOf is the evening of the 28th in New York.
    expect(local).toMatchObject({ tenureDays: 18, daysSinceLastActivity: 18 });
  });

  it("counts a date once that comes back because a clock was set back over midnight", () => {
    // At 00:01 on 29 October 2006 the clocks of Newfoundland went back to 23:01 on the 28th.
    const change = Date.UTC(2006, 9, 29, 2, 31);
    const times = [change - 30_000, change + 30_000, change + hour - 30_000];
    const log = logOf(times.map((time) => ["a", "view", time]));
    const options = { asOf: change + day, timeZone: "America/St_Johns" };
    expect(rowOf(deriveActivity(log, options), "a")["activeDays"]).toBe(2);
    expect(bitsOf(run(activityTotals(options), toEvents(log)))).toBe(bitsOf(deriveActivity(log, options)));
  });

  it("counts a window in local dates where a zone is given, in days of 24 hours otherwise", () => {
    // asOf is noon: 28 times 24 hours reach into a 29th date.
    const noon = asOf + 12 * hour;
    const log = logOf(Array.from({ length: 40 }, (_, i) => ["a", "view", noon - i * day] as const));
    const early = logOf([
      ["a", "view", noon - 28 * day + 6 * hour],
      ["a", "view", noon],
    ]);
    const inWindow = (which: EventLog, timeZone?: string): number =>
      rowOf(deriveActivity(which, { asOf: noon, windowDays: 28, timeZone }), "a")["activeDays"];
    expect([inWindow(log), inWindow(log, "UTC")]).toEqual([28, 28]);
    expect([inWindow(early), inWindow(early, "UTC")]).toEqual([2, 1]);
  });

  it("knows the first day of 1970 and the days before it", () => {
    const log = logOf([
      ["a", "view", -day],
      ["a", "view", 0],
      ["b", "view", 0],
    ]);
    const table = deriveActivity(log, { asOf });
    expect([rowOf(table, "a")["activeDays"], rowOf(table, "b")["activeDays"]]).toEqual([2, 1]);
  });

  it("ignores empty sessions and customers whose events all lie ahead", () => {
    const log = logOf([
      ["b", "view", asOf + 1],
      ["a", "view", asOf],
    ]);
    const sessions: Partition = { starts: Uint32Array.of(0, 1, 1, 2) };
    const table = deriveActivity(log, { asOf, sessions });
    expect(table.ids).toEqual(["a"]);
    expect(rowOf(table, "a")["sessions"]).toBe(1);
  });

  it("refuses sessions of another log, or that cross customers", () => {
    const log = logOf([
      ["a", "view", 1],
      ["b", "view", 1],
    ]);
    expectRefusal(() => deriveActivity(log, { asOf, sessions: partitionOf([1]) }), "shape-mismatch");
    expectRefusal(
      () => deriveActivity(log, { asOf, sessions: partitionOf([2]) }),
      "shape-mismatch",
      "options.sessions.starts",
    );
    expectRefusal(() => deriveActivity(log, { asOf, sessions: {} as Partition }), "invalid-option", "options.sessions");
  });

  it("needs asOf and a window above 0", () => {
    expectRefusal(() => deriveActivity(regular, {} as never), "invalid-option", "options.asOf");
    expectRefusal(() => deriveActivity(regular, { asOf, windowDays: 0 }), "invalid-option", "options.windowDays");
  });
});
