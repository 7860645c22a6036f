import { deriveSessions, readEvents, sessionize } from "clientele/events";
import { column, type EventLog, partitionOf, toRows } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { browsingRows } from "../support/arbitraries.ts";
import { bitsOf, freezeDeep } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const readers = { customer: "customer", type: "type", time: "time", value: "value" } as const;
const minute = 60_000;

function logOf(rows: readonly object[]): EventLog {
  return readEvents(rows, readers).log;
}

describe("deriveSessions", () => {
  it("says who, when, how long and how much", () => {
    const log = logOf([
      { customer: "bo", type: "view", time: 5 * minute },
      { customer: "ann", type: "view", time: 0 },
      { customer: "ann", type: "buy", time: 10 * minute, value: 20 },
      { customer: "ann", type: "buy", time: 10 * minute, value: 0.5 },
      { customer: "ann", type: "view", time: 60 * minute },
    ]);
    expect(toRows(deriveSessions(log, sessionize(log)))).toEqual([
      { id: "ann#1", customer: 0, start: 0, durationMs: 10 * minute, events: 3, value: 20.5 },
      { id: "ann#2", customer: 0, start: 60 * minute, durationMs: 0, events: 1, value: 0 },
      { id: "bo#1", customer: 1, start: 5 * minute, durationMs: 0, events: 1, value: 0 },
    ]);
  });

  it("gives each session an id of its own, whatever customers are called", () => {
    const names = ["a", "a#1", "a#1#1", "#", "#1", "__proto__"];
    const log = logOf(names.flatMap((customer) => [0, 1, 2].map((i) => ({ customer, type: "x", time: i * 3.6e6 }))));
    const { ids } = deriveSessions(log, sessionize(log));
    expect(new Set(ids).size).toBe(18);
    expect(ids.map((id) => id.slice(0, id.lastIndexOf("#")))).toEqual(
      names.sort().flatMap((name) => [name, name, name]),
    );
  });

  it("counts every event and every unit of value once", () => {
    const log = logOf(browsingRows({ events: 500 }));
    const table = deriveSessions(freezeDeep(log), freezeDeep(sessionize(log)));
    const sum = (cells: Float64Array): number => cells.reduce((total, cell) => total + cell, 0);
    expect(sum(column(table, "events"))).toBe(500);
    expect(sum(column(table, "value"))).toBeCloseTo(sum(log.value.filter((value) => !Number.isNaN(value))), 8);
  });

  it("describes whole customers by the log's own partition, without those that have no events", () => {
    const { length, ...log } = logOf([{ customer: "ann", type: "view", time: 3 }]);
    const padded = {
      ...log,
      length,
      customer: { codes: Uint32Array.of(1), names: ["nobody", "ann", "none"] },
      byCustomer: partitionOf([0, 1, 0]),
    };
    expect(toRows(deriveSessions(padded, padded.byCustomer))).toEqual([
      { id: "ann#1", customer: 1, start: 3, durationMs: 0, events: 1, value: 0 },
    ]);
  });

  it("makes an empty table of an empty log", () => {
    const table = deriveSessions(logOf([]), sessionize(logOf([])));
    expect(table.ids).toEqual([]);
    expect(table.names).toEqual(["customer", "start", "durationMs", "events", "value"]);
  });

  it("refuses sessions that are none or reach across customers, and values too large to add up", () => {
    const rows = [
      { customer: "ann", type: "view", time: 0, value: 1e308 },
      { customer: "ann", type: "view", time: 0, value: 1e308 },
      { customer: "bo", type: "view", time: 0 },
    ];
    const log = logOf(rows);
    expectRefusal(() => deriveSessions(log, partitionOf([3])), "shape-mismatch", "sessions.starts");
    expectRefusal(() => deriveSessions(log, partitionOf([2])), "shape-mismatch", "sessions.starts");
    expectRefusal(() => deriveSessions(log, undefined as never), "shape-mismatch");
    expectRefusal(() => deriveSessions(log, log.byCustomer), "invalid-value", "log.value");
    expect(bitsOf(deriveSessions(log, partitionOf([1, 1, 1])).ids)).toBe(bitsOf(["ann#1", "ann#2", "bo#1"]));
  });
});
