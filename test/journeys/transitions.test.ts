import { sessionize } from "clientele/events";
import { countTransitions, transitionCounts, type TransitionTable } from "clientele/journeys";
import { type EventLog, nameAt } from "clientele/tables";
import { median, quantile } from "clientele/numeric";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;
const steps: fc.Arbitrary<Happening[]> = fc.array(
  fc.tuple(
    fc.constantFrom("ann", "bob", "__proto__"),
    fc.constantFrom("home", "cart", "__proto__", "constructor"),
    fc.integer({ min: 0, max: 20 }).map((at) => at * 10 * minute),
  ),
  { maxLength: 40 },
);

/** Every pair of neighbors with the time between them, the plain way. */
function movesOf(log: EventLog, starts: ArrayLike<number>): { pair: string; path: number; waited: number }[] {
  const moves = [];
  for (let path = 0; path + 1 < starts.length; path++) {
    let [from, before] = ["(start)", NaN];
    for (let row = starts[path]; row < starts[path + 1]; row++) {
      const to = nameAt(log.type, row)!;
      moves.push({ pair: `${from}>${to}`, path, waited: log.time[row] - before });
      [from, before] = [to, log.time[row]];
    }
    if (starts[path] < starts[path + 1]) moves.push({ pair: `${from}>(end)`, path, waited: NaN });
  }
  return moves;
}

const totalOf = (rows: TransitionTable["counts"]): number => rows.flat().reduce((sum, count) => sum + count, 0);

describe("countTransitions", () => {
  it("counts each pair of neighbors, the paths that have it, and the time between, as counting by hand does", () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (happenings, bySession) => {
        const log = logOf(happenings);
        const per = bySession ? sessionize(log) : log.byCustomer;
        const table = countTransitions(log, bySession ? { per } : {});
        const moves = movesOf(log, per.starts);
        expect(table.transitions).toHaveLength(new Set(moves.map(({ pair }) => pair)).size);
        for (const { from, to, count, paths, medianMs, p95Ms } of table.transitions) {
          const same = moves.filter(({ pair }) => pair === `${from}>${to}`);
          expect([count, paths]).toEqual([same.length, new Set(same.map(({ path }) => path)).size]);
          const waits = same.map(({ waited }) => waited);
          const timed = from !== "(start)" && to !== "(end)";
          expect([medianMs, p95Ms]).toEqual(timed ? [median(waits), quantile(waits, 0.95)] : [null, null]);
        }
      }),
    );
  });

  it("keeps what flows: as much comes into a state as leaves it, and every path starts and ends", () => {
    fc.assert(
      fc.property(steps, (happenings) => {
        const { states, counts, totals, paths, steps: rows, transitions } = countTransitions(logOf(happenings));
        for (let state = 1; state + 1 < states.length; state++) {
          expect(counts.reduce((sum, row) => sum + row[state], 0)).toBe(totals[state]);
        }
        expect([totals[0], totals[totals.length - 1]]).toEqual([paths, 0]);
        expect(totalOf(counts)).toBe(rows + paths);
        expect(transitions.reduce((sum, { count }) => sum + count, 0)).toBe(rows + paths);
      }),
    );
  });

  it("gives rows of shares that add up to 1, and a row of zeros where a state is never left", () => {
    const table = countTransitions(logOf([["ann", "home", 0], ["ann", "cart", 1]]), { states: ["home", "cart", "never"] }); // prettier-ignore
    expect(table.states).toEqual(["(start)", "home", "cart", "never", "(end)"]);
    expect(table.probabilities.map((row) => row.reduce((sum, share) => sum + share, 0))).toEqual([1, 1, 1, 0, 0]);
    expect(table.totals).toEqual([1, 1, 1, 0, 0]);
  });

  it("leaves out events that are no states, and counts them and the groups without a step", () => {
    const log = logOf([["ann", "home", 0], ["ann", "ad", 1], ["ann", "cart", 2], ["bob", "ad", 3]]); // prettier-ignore
    const table = countTransitions(log, { states: ["cart", "home"] });
    expect(table.transitions.map(({ from, to }) => `${from}>${to}`)).toEqual([
      "(start)>home",
      "cart>(end)",
      "home>cart",
    ]);
    expect(table).toMatchObject({ paths: 1, steps: 2, ignored: 2, emptied: 1 });
  });

  it("takes a step repeated at once as part of the first on request, whose time is when it began", () => {
    const log = logOf([["ann", "home", 0], ["ann", "home", 5], ["ann", "cart", 9], ["ann", "home", 10]]); // prettier-ignore
    expect(countTransitions(log).counts[2]).toEqual([0, 1, 1, 1]);
    const collapsed = countTransitions(log, { selfLoops: "collapse" });
    expect(collapsed.counts[2]).toEqual([0, 1, 0, 1]);
    expect(collapsed.transitions.find(({ to }) => to === "cart")?.medianMs).toBe(9);
    expect(collapsed.steps).toBe(3);
  });

  it("does not depend on the order in which events with distinct times arrive", () => {
    fc.assert(
      fc.property(steps, fc.integer(), (happenings, salt) => {
        const apart = happenings.map(([who, what], i): Happening => [who, what, i]);
        const mixed = apart
          .map((row, i) => ({ row, key: Math.imul(i ^ salt, 0x9e3779b1) }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        expect(bitsOf(countTransitions(logOf(mixed)))).toBe(bitsOf(countTransitions(logOf(apart))));
      }),
    );
  });

  it("knows no path in an empty log", () => {
    expect(countTransitions(logOf([]))).toEqual({
      states: ["(start)", "(end)"],
      counts: [[0, 0], [0, 0]], // prettier-ignore
      probabilities: [[0, 0], [0, 0]], // prettier-ignore
      edges: [],
      totals: [0, 0],
      paths: 0,
      steps: 0,
      ignored: 0,
      emptied: 0,
      transitions: [],
    });
  });

  it("follows a path of 100,000 steps through 2,000 states", () => {
    const path = Array.from({ length: 100_000 }, (_, i): Happening => ["ann", `page ${(i * 7) % 2000}`, i * 1000]);
    const table = countTransitions(logOf(path));
    expect(table.states).toHaveLength(2002);
    expect(table.transitions).toHaveLength(2002);
    expect(table.transitions[0]).toMatchObject({ count: 50, paths: 1, medianMs: 1000, p95Ms: 1000 });
  });

  it("lists the steps of 10,000 states instead of writing out squares, and so does the accumulator", () => {
    const path = Array.from({ length: 100_000 }, (_, i): Happening => [
      "ann",
      `page ${(i * 7 + (i >> 14)) % 10_000}`,
      i,
    ]);
    const table = countTransitions(logOf(path));
    expect([table.states.length, table.counts, table.probabilities]).toEqual([10_002, [], []]);
    const named = table.edges.map(({ from, to, count, probability }) => ({ from: table.states[from], to: table.states[to], count, probability })); // prettier-ignore
    const sameKeys = table.transitions.map(({ from, to, count, probability }) => ({ from, to, count, probability }));
    const byName = (a: { from: string; to: string }, b: { from: string; to: string }): number => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1); // prettier-ignore
    expect(named.sort(byName)).toEqual(sameKeys.sort(byName));
    expect(table.edges.reduce((sum, { count }) => sum + count, 0)).toBe(100_001);
    const sums = transitionCounts(table.states.slice(1, -1));
    const state = path.reduce((sum, [customer, type]) => sums.add(sum, { customer, type }), sums.init());
    expect(sums.finish(state)).toEqual({
      states: table.states,
      counts: [],
      probabilities: [],
      edges: table.edges,
      totals: table.totals,
      paths: 1,
      ignored: 0,
    });
  });

  it("writes squares for 2,000 states that say what the list says", () => {
    const names = Array.from({ length: 2000 }, (_, i) => `page ${i}`);
    const log = logOf(Array.from({ length: 6000 }, (_, i): Happening => ["ann", names[(i * i) % 2000], i]));
    const [square, list] = [names, [...names, "never"]].map((states) => countTransitions(log, { states }));
    expect([square.counts.length, square.edges.length, list.counts.length]).toEqual([2002, 0, 0]);
    for (const { from, to, count, probability } of list.edges) {
      // "never" comes between the others and the end.
      const column = to > 2000 ? 2001 : to;
      expect([square.counts[from][column], square.probabilities[from][column]]).toEqual([count, probability]);
    }
    expect(square.counts.flat().filter((count) => count > 0)).toHaveLength(list.edges.length);
  });

  it("refuses what it cannot use", () => {
    const log = logOf([["ann", "(end)", 0]]);
    expectRefusal(() => countTransitions(log), "invalid-value", "log.type.names[0]");
    expectRefusal(() => countTransitions(log, { states: ["a", "(start)"] }), "invalid-option", "options.states[1]");
    expectRefusal(() => countTransitions(log, { states: ["a", "a"] }), "invalid-option", "options.states[1]");
    const many = Array.from({ length: 10_001 }, (_, i) => `s${i}`);
    expectRefusal(() => countTransitions(log, { states: many }), "too-large", "options.states");
    expectRefusal(() => countTransitions(log, { per: { starts: Uint32Array.of(0, 2) } }), "shape-mismatch");
    const two = logOf([["ann", "a", 0], ["bob", "a", 0]]); // prettier-ignore
    expectRefusal(() => countTransitions(two, { per: { starts: Uint32Array.of(0, 2) } }), "shape-mismatch");
  });
});
