import { deriveSessions, measureSessions, readEventColumns, sessionize } from "clientele/events";
import { column, type EventLog, groupCount, partitionOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, quantile } from "../../src/numeric/quantile.ts";
import { instantOf } from "../oracles/temporal.ts";
import { browsingRows } from "../support/arbitraries.ts";
import { expectClose } from "../support/close-to.ts";
import { freezeDeep } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;

function logOf(rows: readonly { customer: string; type: string; time: number; value?: number | null }[]): EventLog {
  return readEventColumns({
    customer: rows.map(({ customer }) => customer),
    type: rows.map(({ type }) => type),
    time: rows.map(({ time }) => time),
    value: rows.map(({ value }) => value ?? null),
  }).log;
}

// Ann comes twice and buys in her second visit, Bo looks once: worked out by hand.
const visits = logOf([
  { customer: "ann", type: "home", time: 0 },
  { customer: "ann", type: "view", time: 10 * minute },
  { customer: "ann", type: "view", time: 100 * minute },
  { customer: "ann", type: "cart", time: 104 * minute },
  { customer: "ann", type: "buy", time: 106 * minute, value: 30 },
  { customer: "ann", type: "buy", time: 106 * minute, value: 6 },
  { customer: "bo", type: "home", time: 0 },
]);

describe("measureSessions", () => {
  it("counts visits, bounces, goals, entries and exits", () => {
    const report = measureSessions(freezeDeep(visits), sessionize(visits), { goals: ["buy", "cart", "never"] });
    expect(report).toEqual({
      sessions: 3,
      customers: 2,
      events: 7,
      sessionsPerCustomer: { mean: 1.5, median: 1.5, p95: 1.95, max: 2 },
      durationMs: { mean: (16 * minute) / 3, median: 6 * minute, p95: 9.6 * minute, max: 10 * minute },
      eventsPerSession: { mean: 7 / 3, median: 2, p95: 3.8, max: 4 },
      bounces: { sessions: 1, share: 1 / 3 },
      conversions: { sessions: 1, share: 1 / 3 },
      goals: [
        { type: "buy", sessions: 1, share: 1 / 3 },
        { type: "cart", sessions: 1, share: 1 / 3 },
        { type: "never", sessions: 0, share: 0 },
      ],
      value: 36,
      valuePerSession: 12,
      entries: [
        { type: "home", sessions: 2, share: 2 / 3 },
        { type: "view", sessions: 1, share: 1 / 3 },
      ],
      exits: [
        { type: "buy", sessions: 1, share: 1 / 3 },
        { type: "home", sessions: 1, share: 1 / 3 },
        { type: "view", sessions: 1, share: 1 / 3 },
      ],
      byHour: [2, 1, ...new Array<number>(22).fill(0)],
      byWeekday: [0, 0, 0, 3, 0, 0, 0], // 1970-01-01 was a Thursday
    });
  });

  it("has no conversions where no goal is given, and counts a session once however many goals it reaches", () => {
    const sessions = sessionize(visits);
    expect(measureSessions(visits, sessions)).toMatchObject({ conversions: null, goals: [] });
    expect(measureSessions(visits, sessions, { goals: ["cart", "buy"] }).conversions!.sessions).toBe(1);
    expect(measureSessions(visits, sessions, { goals: ["home", "view"] }).conversions).toEqual({
      sessions: 3,
      share: 1,
    });
  });

  it("puts sessions into the local hours and weekdays in which they begin", () => {
    const zone = "America/Sao_Paulo";
    const starts = ["2018-11-03T23:59", "2018-11-04T01:00", "2018-11-05T08:30"].map((local) => instantOf(zone, local));
    const log = logOf(starts.map((time, i) => ({ customer: `visitor ${i}`, type: "view", time })));
    const { byHour, byWeekday } = measureSessions(log, sessionize(log), { timeZone: zone });
    expect([byHour[23], byHour[1], byHour[8]]).toEqual([1, 1, 1]); // midnight of the fourth did not happen
    expect(byWeekday).toEqual([1, 0, 0, 0, 0, 1, 1]);
  });

  it("adds up for any log and any cuts: every session is in each count once", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(0, 30, 600),
        fc.constantFrom("UTC", "Australia/Lord_Howe"),
        (seed, timeoutMinutes, timeZone) => {
          const log = logOf(browsingRows({ events: 120, seed }));
          const sessions = sessionize(log, { timeoutMinutes });
          const report = measureSessions(log, sessions, { goals: ["purchase"], timeZone });
          const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
          expect(report.sessions).toBe(groupCount(sessions));
          for (const part of [report.entries, report.exits]) {
            expect(total(part.map(({ sessions: some }) => some))).toBe(report.sessions);
            expectClose(total(part.map(({ share }) => share!)), 1, {
              absolute: 1e-12,
              because: "five shares are added",
            });
          }
          expect([total(report.byHour), total(report.byWeekday)]).toEqual([report.sessions, report.sessions]);
          // The same figures by way of the table of sessions.
          const table = deriveSessions(log, sessions);
          const [durations, depths] = [column(table, "durationMs"), column(table, "events")];
          expect(report.durationMs!.median).toBe(median(durations));
          expect(report.eventsPerSession!.p95).toBe(quantile(depths, 0.95));
          expect(report.bounces.sessions).toBe(depths.filter((events) => events === 1).length);
          expectClose(report.value, total([...column(table, "value")]), {
            relative: 1e-12,
            because: "the order of sums",
          });
          const buys = table.ids.filter((_id, s) => {
            const [from, to] = [sessions.starts[s], sessions.starts[s + 1]];
            return log.type.codes.subarray(from, to).includes(log.type.names.indexOf("purchase"));
          });
          expect(report.conversions!.sessions).toBe(buys.length);
        },
      ),
    );
  });

  it("has nothing to say about an empty log, and one session of a single event", () => {
    const empty = logOf([]);
    expect(measureSessions(empty, sessionize(empty), { goals: ["buy"] })).toMatchObject({
      sessions: 0,
      customers: 0,
      sessionsPerCustomer: null,
      durationMs: null,
      eventsPerSession: null,
      bounces: { sessions: 0, share: null },
      conversions: { sessions: 0, share: null },
      value: 0,
      valuePerSession: null,
      entries: [],
    });
    const one = logOf([{ customer: "__proto__", type: "constructor", time: 0 }]);
    expect(measureSessions(one, sessionize(one))).toMatchObject({
      durationMs: { mean: 0, median: 0, p95: 0, max: 0 },
      bounces: { sessions: 1, share: 1 },
      entries: [{ type: "constructor", sessions: 1, share: 1 }],
    });
  });

  it("passes over groups and customers without a row", () => {
    expect(measureSessions(visits, partitionOf([0, 6, 0, 0, 1, 0]))).toMatchObject({ sessions: 2, customers: 2 });
  });

  it("keeps the small amounts beside the large ones", () => {
    const log = logOf([1e16, 1, 1, -1e16].map((value, i) => ({ customer: "ann", type: "buy", time: i, value })));
    expect(measureSessions(log, sessionize(log)).value).toBe(2);
  });

  it("refuses bad options, other partitions, sums that overflow, and things that are no log", () => {
    const sessions = sessionize(visits);
    expectRefusal(() => measureSessions(visits, sessions, { goals: [] }), "invalid-option", "options.goals");
    expectRefusal(() => measureSessions(visits, sessions, { goal: "buy" } as never), "unknown-option", "options.goal");
    expectRefusal(() => measureSessions(visits, sessions, { timeZone: "Mars" }), "invalid-option", "options.timeZone");
    expectRefusal(() => measureSessions(visits, partitionOf([3])), "shape-mismatch");
    expectRefusal(() => measureSessions(visits, partitionOf([3, 4])), "shape-mismatch"); // a group of two customers
    expectRefusal(() => measureSessions(null as never, sessions), "shape-mismatch", "log");
    const huge = logOf([1e308, 1e308].map((value, i) => ({ customer: "ann", type: "buy", time: i, value })));
    expectRefusal(() => measureSessions(huge, sessionize(huge)), "invalid-value", "log.value");
  });
});
