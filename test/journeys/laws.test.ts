import { sessionize } from "clientele/events";
import {
  countTransitions,
  fitMarkov,
  matchPaths,
  measureAbsorption,
  measureDropOff,
  measureFunnel,
  measureStepMatrix,
  sankeyOf,
  transitionCounts,
} from "clientele/journeys";
import { type EventLog, nameAt, type Partition } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { type Happening, logOf } from "../support/logs.ts";

// What no function of the room may break alone: all figures are read off the same paths, so they agree.

const names = ["home", "cart", "paid", "__proto__"];
const hour = 3_600_000;
const happenings: fc.Arbitrary<Happening[]> = fc
  .array(fc.tuple(fc.constantFrom("ann", "bob", "eve", "__proto__"), fc.constantFrom(...names), fc.nat({ max: 40 })), { maxLength: 60 })
  .map((rows) => rows.map(([who, what, at]): Happening => [who, what, (at * hour) / 4])); // prettier-ignore
const logs = fc.tuple(happenings, fc.boolean()).map(([rows, bySession]): { log: EventLog; per: Partition | undefined; rows: Happening[] } => {
  const log = logOf(rows);
  return { log, per: bySession ? sessionize(log) : undefined, rows };
}); // prettier-ignore
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("figures of journeys", () => {
  it("step n of a funnel is the number of paths that match the pattern of its steps, in sequence and strictly", () => {
    const steps = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(logs, steps, fc.boolean(), ({ log, per }, list, strict) => {
        const order = strict ? "strict" : "sequential";
        const { steps: reached } = measureFunnel(log, { steps: list, per, states: names, order });
        reached.forEach(({ count }, i) => {
          const pattern = list.slice(0, i + 1).join(strict ? "->" : "->.*->");
          expect(matchPaths(log, { pattern, per, states: names }).count).toBe(count);
        });
      }),
    );
  });

  it("columns of a step matrix, of its Sankey and the transitions add up to the same paths and steps", () => {
    fc.assert(
      fc.property(logs, ({ log, per }) => {
        const table = countTransitions(log, { per, states: names });
        const steps = 62; // longer than any path
        const matrix = measureStepMatrix(log, { steps, per, states: names });
        const sankey = sankeyOf(matrix);
        for (let column = 0; column < steps; column++) expect(sum(matrix.counts.map((row) => row[column]))).toBe(table.paths);
        matrix.states.slice(0, -1).forEach((name, state) => {
          // Each time that a state is entered, it is in one cell of its row.
          expect(sum(matrix.counts[state])).toBe(sum(table.counts.map((row) => row[table.states.indexOf(name)])));
          const nodes = sankey.nodes.filter(({ event }) => event === name);
          expect(sum(nodes.map(({ count }) => count))).toBe(sum(matrix.counts[state]));
          expect(sum(nodes.map(({ dropped }) => dropped))).toBe(table.counts[table.states.indexOf(name)][table.states.length - 1]);
        });
        for (const from of names) {
          for (const to of names) {
            const links = sankey.links.filter(({ source, target }) => source.endsWith(`:${from}`) && target.endsWith(`:${to}`));
            expect(sum(links.map(({ value }) => value))).toBe(table.counts[table.states.indexOf(from)][table.states.indexOf(to)]);
          }
        }
      }),
    ); // prettier-ignore
  });

  it("paths end where transitions lead to the end, says the drop-off", () => {
    fc.assert(
      fc.property(logs, ({ log, per }) => {
        const table = countTransitions(log, { per, states: names });
        const { points } = measureDropOff(log, { per, states: names, minPaths: 1 });
        const ends = Object.create(null) as Record<string, number>;
        for (const { name, lost } of points) ends[name] = lost;
        table.states.slice(1, -1).forEach((name, i) => {
          expect(ends[name] ?? 0).toBe(table.counts[i + 1][table.states.length - 1]);
        });
      }),
    );
  });

  it("events with distinct times may arrive in any order", () => {
    fc.assert(
      fc.property(happenings, fc.integer(), (rows, salt) => {
        const apart = rows.map(([who, what], i): Happening => [who, what, i * 1000]);
        const mixed = apart.map((row, i) => ({ row, key: Math.imul(i ^ salt, 0x9e3779b1) })).sort((a, b) => a.key - b.key).map(({ row }) => row); // prettier-ignore
        const [a, b] = [apart, mixed].map((list) => {
          const log = logOf(list);
          return {
            funnel: measureFunnel(log, { steps: ["home", "cart"], states: names }),
            matrix: measureStepMatrix(log, { steps: 3, states: names }),
            model: fitMarkov(log, { states: names, order: 2 }),
            matches: matchPaths(log, { pattern: "home->.*->paid", states: names }).count,
          };
        });
        expect(b).toEqual(a);
      }),
    );
  });

  it("shards of time merge to one pass, wherever paths are cut", () => {
    fc.assert(
      fc.property(happenings, fc.nat({ max: 40 }), fc.nat({ max: 40 }), (rows, first, second) => {
        const log = logOf(rows);
        const sums = transitionCounts(names);
        const shards = [0, 1, 2].map(() => sums.init());
        const cuts = [first, second].map((at) => (at * hour) / 4 + 1).sort((a, b) => a - b);
        for (let row = 0; row < log.length; row++) {
          const step = { customer: nameAt(log.customer, row)!, type: nameAt(log.type, row)!, time: log.time[row] };
          sums.add(shards[cuts.filter((cut) => step.time > cut).length], step);
        }
        const merged = sums.finish(sums.merge(sums.merge(shards[0], shards[1]), shards[2]));
        const { counts, probabilities, totals, paths } = countTransitions(log, { states: names });
        expect(merged).toMatchObject({ counts, probabilities, totals, paths });
      }),
    );
  });

  it("a chain of order 1 has the shares of the transitions, and from its start reaches an event that ends paths as often as paths have it", () => {
    fc.assert(
      fc.property(logs, ({ log, per }) => {
        const model = fitMarkov(log, { per, states: names, terminal: ["paid"] });
        const { probability } = measureAbsorption(model, { into: "paid" });
        const reached = matchPaths(log, { pattern: "paid", per, states: names });
        if (reached.paths > 0) expectClose(probability["(start)"], reached.count / reached.paths, { absolute: 1e-12, because: "rounding of an exact identity" }); // prettier-ignore
        const whole = fitMarkov(log, { per, states: names });
        expect(whole.probabilities).toEqual(countTransitions(log, { per, states: names }).probabilities);
      }),
    );
  });
});
