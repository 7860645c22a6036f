import { sessionize } from "clientele/events";
import { measureStepMatrix, type StepMatrix } from "clientele/journeys";
import { type EventLog, nameAt } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;
const steps: fc.Arbitrary<Happening[]> = fc.array(
  fc.tuple(
    fc.constantFrom("ann", "bob", "cem", "__proto__"),
    fc.constantFrom("home", "cart", "__proto__", "constructor", "paid"),
    fc.integer({ min: 0, max: 20 }).map((at) => at * 10 * minute),
  ),
  { maxLength: 40 },
);

/** The names of the steps of every path, the plain way. */
function pathsOf(log: EventLog, starts: ArrayLike<number> = log.byCustomer.starts): string[][] {
  const paths = [];
  for (let path = 0; path + 1 < starts.length; path++) {
    const rows = Array.from({ length: starts[path + 1] - starts[path] }, (_, i) => starts[path] + i);
    paths.push(rows.map((row) => nameAt(log.type, row)!));
  }
  return paths.filter((path) => path.length > 0);
}

/** One character per event: `logOfPaths("abc", "ab")`. */
const logOfPaths = (...paths: string[]): EventLog =>
  logOf(paths.flatMap((path, p) => Array.from(path, (type, i): Happening => [`c${p}`, type, i])));

const cellOf = ({ states, steps: columns, counts }: StepMatrix, state: string, step: number): number =>
  counts[states.indexOf(state)][columns.indexOf(step)];

describe("measureStepMatrix", () => {
  it("counts the paths in each state at each step, and those that are over", () => {
    const matrix = measureStepMatrix(logOfPaths("abc", "ab", "b"), { steps: 4 });
    expect(matrix.steps).toEqual([1, 2, 3, 4]);
    expect(matrix.states).toEqual(["a", "b", "c", "(end)"]);
    expect(matrix.counts).toEqual([[2, 0, 0, 0], [1, 2, 0, 0], [0, 0, 1, 0], [0, 1, 2, 3]]); // prettier-ignore
    expect(matrix.ends).toEqual([[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]); // prettier-ignore
    expect(matrix.shares[0]).toEqual([2 / 3, 0, 0, 0]);
    expect(matrix.flows).toEqual([
      { step: 1, from: "a", to: "b", count: 2 },
      { step: 2, from: "b", to: "c", count: 1 },
    ]);
    expect(matrix).toMatchObject({ paths: 3, centeredOn: null, uncentered: 0, goal: null, others: 0, ignored: 0 });
  });

  it("says the same as looking at every path, from the first step and around an event, by customer and by session", () => {
    const options = { steps: fc.integer({ min: 1, max: 5 }), bySession: fc.boolean(), isCentered: fc.boolean() };
    fc.assert(
      fc.property(steps, fc.record(options), (happenings, { steps: width, bySession, isCentered }) => {
        const log = logOf(happenings);
        const per = bySession ? sessionize(log) : undefined;
        const matrix = measureStepMatrix(log, { steps: width, per, centeredOn: isCentered ? "cart" : undefined });
        const all = pathsOf(log, per?.starts);
        const paths = isCentered ? all.filter((path) => path.includes("cart")) : all;
        const zeros = paths.map((path) => (isCentered ? path.indexOf("cart") : -1));
        const at = (p: number, step: number): string => {
          const i = zeros[p] + step;
          return i < 0 ? "(start)" : (paths[p][i] ?? "(end)");
        };
        expect([matrix.paths, matrix.uncentered]).toEqual([paths.length, all.length - paths.length]);
        expect(matrix.steps).toHaveLength(isCentered ? 2 * width + 1 : width);
        for (const step of matrix.steps) {
          for (const state of matrix.states) {
            expect(cellOf(matrix, state, step)).toBe(paths.filter((_, p) => at(p, step) === state).length);
          }
        }
        for (const { step, from, to, count } of matrix.flows) {
          expect(count).toBe(paths.filter((_, p) => at(p, step) === from && at(p, step + 1) === to).length);
        }
      }),
    );
  });

  it("makes every column add up to the paths, also when rare states are put together", () => {
    fc.assert(
      fc.property(steps, fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), (happenings, top) => {
        const { counts, paths, flows, ends, states, steps: columns } = measureStepMatrix(logOf(happenings), { steps: 4, top }); // prettier-ignore
        columns.forEach((step, c) => {
          expect(counts.reduce((sum, row) => sum + row[c], 0)).toBe(paths);
          states.slice(0, -1).forEach((state, row) => {
            const leaving = flows.filter(({ step: s, from }) => s === step && from === state);
            const outflow = leaving.reduce((sum, { count }) => sum + count, 0);
            if (c + 1 < columns.length) expect(outflow + ends[row][c]).toBe(counts[row][c]);
          });
        });
      }),
    );
  });

  it("puts the first occurrence of an event into column 0, and tells who has none", () => {
    const matrix = measureStepMatrix(logOfPaths("xab", "bxa", "xaxa", "bb"), { steps: 2, centeredOn: "a" });
    expect(matrix.steps).toEqual([-2, -1, 0, 1, 2]);
    expect(matrix.states).toEqual(["(start)", "a", "b", "x", "(end)"]);
    expect(matrix.counts).toEqual([
      [2, 0, 0, 0, 0],
      [0, 0, 3, 0, 1],
      [1, 0, 0, 1, 0],
      [0, 3, 0, 1, 0],
      [0, 0, 0, 1, 2],
    ]);
    expect(matrix).toMatchObject({ paths: 3, uncentered: 1, centeredOn: "a" });
    expect(matrix.flows[0]).toEqual({ step: -2, from: "(start)", to: "x", count: 2 });
  });

  it("keeps the most frequent states of the columns, ties by position, and always the event in the middle and the goal", () => {
    const log = logOfPaths("aab", "aac", "abd", "acddddd");
    const { states, others, counts } = measureStepMatrix(log, { steps: 3, top: 2 });
    expect([states, others]).toEqual([["a", "b", "(other)", "(end)"], 2]);
    expect(counts[2]).toEqual([0, 1, 3]);
    expect(measureStepMatrix(log, { steps: 3, top: 1, centeredOn: "b", goal: "d" }).states).toEqual([
      "(start)",
      "b",
      "d",
      "(other)",
      "(end)",
    ]);
    expect(measureStepMatrix(log, { steps: 3, top: 4 })).toEqual(measureStepMatrix(log, { steps: 3 }));
    expect(measureStepMatrix(log, { steps: 3, top: 9, states: ["d", "a", "never"] }).states).toEqual(["d", "a", "never", "(end)"]); // prettier-ignore
  });

  it("tells the overall conversion, also of paths that reach the goal after the last column", () => {
    const log = logOfPaths("aaaag", "ga", "a");
    expect(measureStepMatrix(log, { steps: 2, goal: "g" }).goal).toEqual({ event: "g", paths: 2, conversion: 2 / 3 });
    // Around an event only what comes after it counts.
    expect(measureStepMatrix(log, { steps: 2, goal: "g", centeredOn: "a" }).goal?.paths).toBe(1);
    expect(measureStepMatrix(log, { steps: 2, goal: "no such" }).goal?.paths).toBe(0);
  });

  it("gives no paths, and no share that is no number, for a log without events or without the event in the middle", () => {
    const empty = measureStepMatrix(logOf([]), { steps: 2, goal: "g" });
    expect(empty).toMatchObject({ paths: 0, states: ["(end)"], counts: [[0, 0]], shares: [[0, 0]], flows: [] });
    expect(empty.goal?.conversion).toBeNull();
    const without = measureStepMatrix(logOfPaths("ab"), { steps: 1, centeredOn: "z" });
    expect([without.paths, without.uncentered, without.flows]).toEqual([0, 1, []]);
  });

  it("leaves out events that are no states, and takes repeated steps as one on request", () => {
    const log = logOfPaths("aaxb", "x");
    const matrix = measureStepMatrix(log, { steps: 2, states: ["b", "a"], selfLoops: "collapse" });
    expect(matrix).toMatchObject({ states: ["b", "a", "(end)"], paths: 1, ignored: 2, emptied: 1 });
    expect(matrix.counts).toEqual([[0, 1], [1, 0], [0, 0]]); // prettier-ignore
  });

  it("counts a path of 200,000 steps, and 20,000 states", () => {
    const long = logOf(Array.from({ length: 200_000 }, (_, i): Happening => ["ann", `s${i % 20_000}`, i]));
    const matrix = measureStepMatrix(long, { steps: 1000, top: 5, centeredOn: "s19999" });
    expect([matrix.paths, matrix.others, matrix.states.length]).toEqual([1, 19_995, 8]);
    expectRefusal(() => measureStepMatrix(long, { steps: 1000 }), "too-large", "options.top");
  });

  it("refuses names of its own rows, and events that the states do not list", () => {
    const log = logOf([["ann", "(other)", 0]]);
    expectRefusal(() => measureStepMatrix(log, { steps: 1, top: 1 }), "invalid-value", "log.type.names[0]");
    expectRefusal(() => measureStepMatrix(log, { steps: 1, top: 1, states: ["a", "(other)"] }), "invalid-option", "options.states[1]"); // prettier-ignore
    expect(measureStepMatrix(log, { steps: 1 }).counts).toEqual([[1], [0]]);
    expectRefusal(() => measureStepMatrix(logOf([["ann", "(end)", 0]]), { steps: 1 }), "invalid-value");
    for (const option of ["goal", "centeredOn"] as const) {
      expectRefusal(() => measureStepMatrix(log, { steps: 1, states: ["a"], [option]: "b" }), "invalid-option", `options.${option}`); // prettier-ignore
    }
  });
});
