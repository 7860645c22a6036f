import { sessionize } from "clientele/events";
import {
  chooseMarkovOrder,
  compareJourneys,
  countTransitions,
  fitMarkov,
  measureAbsorption,
  measureStationary,
} from "clientele/journeys";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const names = ["home", "cart", "__proto__", "10"];
const happenings: fc.Arbitrary<Happening[]> = fc
  .array(fc.tuple(fc.constantFrom("ann", "bob", "eve"), fc.constantFrom(...names)), { maxLength: 60 })
  .map((rows) => rows.map(([who, what], i): Happening => [who, what, i * 1_000_000]));
const path = (text: string, who = "ann"): Happening[] => text.split("").map((what, i): Happening => [who, what, i]);

describe("fitMarkov", () => {
  it("of order 1 has the shares of the log's own transitions", () => {
    fc.assert(
      fc.property(happenings, fc.boolean(), (rows, bySession) => {
        const log = logOf(rows);
        const options = bySession ? { per: sessionize(log) } : {};
        const table = countTransitions(log, options);
        const model = fitMarkov(log, options);
        expect([model.states, model.counts, model.probabilities]).toEqual([
          table.states,
          table.counts,
          table.probabilities,
        ]);
        expect(model.contexts).toEqual(model.states.map((_, state) => [state]));
      }),
    );
  });

  it("of any order counts what follows the last states, as cutting every path into windows does", () => {
    fc.assert(
      fc.property(happenings, fc.integer({ min: 2, max: 4 }), (rows, order) => {
        const { states, contexts, counts, totals } = fitMarkov(logOf(rows), { order });
        const windows = new Map<string, number>();
        for (const who of ["ann", "bob", "eve"]) {
          const own = rows.filter(([customer]) => customer === who).map(([, what]) => what);
          if (own.length === 0) continue;
          const whole = ["(start)", ...own, "(end)"];
          for (let at = 1; at < whole.length; at++) {
            const key = JSON.stringify([whole.slice(Math.max(0, at - order), at), whole[at]]);
            windows.set(key, (windows.get(key) ?? 0) + 1);
          }
        }
        let cells = 0;
        contexts.forEach((context, row) => {
          counts[row].forEach((count, state) => {
            if (count === 0) return;
            cells++;
            const key = JSON.stringify([context.map((at) => states[at]), states[state]]);
            expect(windows.get(key)).toBe(count);
          });
          expect(totals[row]).toBe(counts[row].reduce((sum, count) => sum + count, 0));
        });
        expect(cells).toBe(windows.size);
      }),
    );
  });

  it("adds the smoothing to whatever can follow, and to nothing else", () => {
    const model = fitMarkov(logOf(path("aab")), { smoothing: 1 });
    // From the start a or b; from a and b also the end. Nothing leads into the start, and the end leads nowhere.
    expect(model.probabilities).toEqual([
      [0, 2 / 3, 1 / 3, 0],
      [0, 2 / 5, 2 / 5, 1 / 5],
      [0, 1 / 4, 1 / 4, 2 / 4],
      [0, 0, 0, 0],
    ]);
    expect(model.absorbing).toEqual(["(end)"]);
  });

  it("cuts a path behind the first terminal state", () => {
    const model = fitMarkov(logOf(path("abab")), { terminal: ["b"], smoothing: 1 });
    expect(model.counts).toEqual([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]); // prettier-ignore
    expect(model.probabilities[2]).toEqual([0, 0, 0, 1]);
    expectRefusal(() => fitMarkov(logOf(path("a")), { terminal: ["c"] }), "invalid-option", "options.terminal[0]");
  });

  it("tells a state that is not known from one that leads nowhere", () => {
    const model = fitMarkov(logOf(path("ab")), { states: ["a", "b", "c"] });
    expect([model.unseen, model.totals]).toEqual([["c"], [1, 1, 1, 0, 0]]);
    expect(model.notes.map(({ code }) => code)).toEqual(["unseen-states"]);
    expect(fitMarkov(logOf([])).notes.map(({ code }) => code)).toEqual(["no-paths"]);
  });

  it("knows its likelihood and what it costs", () => {
    // By hand: a→a, a→b, a→end after the start: three of three, so (1/3)³ · 1 for b→a.
    const model = fitMarkov(logOf(path("aaba")));
    expect(model.logLikelihood).toBeCloseTo(3 * Math.log(1 / 3), 12);
    // One free share from the start, two from each of a and b.
    expect(model.parameters).toBe(5);
    expect(model.aic).toBeCloseTo(10 - 2 * model.logLikelihood, 12);
    expect(model.bic).toBeCloseTo(5 * Math.log(5) - 2 * model.logLikelihood, 12);
  });

  it("marks the states that nothing comes after: the terminal ones and the end, not those that are unknown", () => {
    const model = fitMarkov(logOf(path("aabx")), { terminal: ["b"], states: ["x", "b", "a"] });
    expect([model.absorbing, model.unseen]).toEqual([["b", "(end)"], ["x"]]);
    expect(model.probabilities[2]).toEqual([0, 0, 0, 0, 1]);
    expect(model.probabilities[1]).toEqual([0, 0, 0, 0, 0]);
    expect(fitMarkov(logOf(path("aabx")), { order: 2, terminal: ["b"] }).absorbing).toEqual(["b", "(end)"]);
  });

  it("answers for 10,000 states and for contexts of 100,000 steps: a list in place of squares, the same figures", () => {
    const steps = Array.from({ length: 100_000 }, (_, i): Happening => [
      "ann",
      `page ${(i * 7 + (i >> 14)) % 10_000}`,
      i,
    ]);
    const log = logOf(steps);
    const table = countTransitions(log);
    const model = fitMarkov(log);
    expect([model.counts, model.probabilities, model.edges]).toEqual([[], [], table.edges]);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
    const { probability, expectedSteps } = measureAbsorption(model, { into: "page 7" });
    expect([probability["page 0"], expectedSteps["(end)"]]).toEqual([1, 0]);
    expect(measureStationary(model).closedClasses).toHaveLength(1);
    const second = fitMarkov(log, { order: 2 });
    expect(second.edges.reduce((sum, { count }) => sum + count, 0)).toBe(100_001);
    expect(second.logLikelihood).toBeGreaterThanOrEqual(model.logLikelihood - 1e-9);
    expectRefusal(() => fitMarkov(log, { smoothing: 1 }), "too-large", "options.smoothing");
    const broken = { ...model, edges: [...model.edges, { from: 0, to: 20_000, count: 1, probability: 1 }] };
    expectRefusal(() => measureAbsorption(broken, { into: "(end)" }), "incompatible-model", "model.probabilities");
  }, 60_000);

  it("says the same of a chain as a list and as squares", () => {
    const pages = Array.from({ length: 2001 }, (_, i) => `p${i}`);
    const log = logOf(Array.from({ length: 3000 }, (_, i): Happening => [`c${i % 40}`, pages[(i * i + (i >> 3)) % 900], i])); // prettier-ignore
    const [list, square] = [pages, pages.slice(0, 900)].map((states) => fitMarkov(log, { states }));
    expect([list.counts.length, square.edges.length]).toEqual([0, 0]);
    const [a, b] = [list, square].map((model) => measureAbsorption(model, { into: ["p7", "p100"] }));
    for (const name of square.states) {
      expect(a.probability[name]).toBeCloseTo(b.probability[name], 12);
      // A page that never occurs has none.
      expect(a.expectedSteps[name] ?? -1).toBeCloseTo(b.expectedSteps[name] ?? -1, 9);
    }
    expect([list.logLikelihood, list.paths]).toEqual([square.logLikelihood, square.paths]);
    expect(compareJourneys(list, square).distance).toBe(0);
  });

  it("refuses more contexts than can be held", () => {
    const size = 1_100_000;
    let state = 5;
    const page = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 22;
    const log: EventLog = {
      length: size,
      customer: { codes: new Uint32Array(size), names: ["ann"] },
      type: { codes: Uint32Array.from({ length: size }, page), names: Array.from({ length: 1024 }, (_, i) => `s${i}`) }, // prettier-ignore
      time: Float64Array.from({ length: size }, (_, i) => i),
      value: new Float64Array(size),
      extra: {},
      byCustomer: { starts: Uint32Array.of(0, size) },
    };
    expectRefusal(() => fitMarkov(log, { order: 5 }), "too-large", "options.order");
  }, 60_000);
});

describe("chooseMarkovOrder", () => {
  it("finds that where a customer came from matters", () => {
    // a then b or c in turns: the step before a decides what follows it.
    const rows = Array.from({ length: 400 }, (_, i): Happening => ["ann", ["a", "b", "a", "c"][i % 4], i]);
    const { order, orders } = chooseMarkovOrder(logOf(rows));
    expect(order).toBe(2);
    expect(orders[1].pValue).toBeLessThan(1e-10);
    expect(orders.map((point) => point.logLikelihood)).toEqual([...orders.map((point) => point.logLikelihood)].sort((a, b) => a - b)); // prettier-ignore
  });

  it("keeps order 1 where it does not", () => {
    let state = 7;
    const coin = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const rows = Array.from({ length: 3000 }, (_, i): Happening => [`c${i % 50}`, coin() < 0.4 ? "a" : "b", i]);
    expect(chooseMarkovOrder(logOf(rows)).order).toBe(1);
  });
});
