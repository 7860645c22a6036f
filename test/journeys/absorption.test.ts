import { fitMarkov, type MarkovModel, measureAbsorption, measureStationary } from "clientele/journeys";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solve } from "../../src/numeric/linalg.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const path = (text: string, who = "ann"): Happening[] => text.split("").map((what, i): Happening => [who, what, i]);

/** A chain over named states, written by hand; the start leads to the first. */
function chainOf(names: readonly string[], rows: readonly (readonly number[])[]): MarkovModel {
  const model = fitMarkov(logOf([]), { states: names });
  const first = [0, 1, ...names.map(() => 0)];
  const probabilities = [first, ...rows.map((row) => [0, ...row]), first.map(() => 0)];
  return { ...model, probabilities, paths: 1 };
}

describe("measureAbsorption", () => {
  it("solves the gambler's ruin: the chance is that of the textbook, to the last digits", () => {
    // Feller: with p up and q down the chance from i of n is (1 − (q/p)^i) / (1 − (q/p)^n); steps i(n − i) for p = ½.
    const n = 30;
    const names = Array.from({ length: n + 1 }, (_, i) => `have ${i}`);
    for (const p of [0.5, 0.3, 0.9]) {
      const step = (from: number, to: number): number => {
        if (from === 0 || from === n) return to === n + 1 ? 1 : 0;
        if (to === from + 1) return p;
        return to === from - 1 ? 1 - p : 0;
      };
      const rows = names.map((_, from) => Array.from({ length: n + 2 }, (__, to) => step(from, to)));
      const { probability, expectedSteps } = measureAbsorption(chainOf(names, rows), { into: [`have ${n}`, "have 0"] });
      expect(probability["have 3"]).toBeCloseTo(1, 14);
      if (p === 0.5) expect(expectedSteps["have 7"]! / (7 * (n - 7))).toBeCloseTo(1, 12);
      const up = measureAbsorption(chainOf(names, rows), { into: `have ${n}` }).probability;
      const r = (1 - p) / p;
      const chance = (i: number): number => (p === 0.5 ? i / n : (1 - r ** i) / (1 - r ** n));
      for (const i of [1, 7, 29]) expect(up[`have ${i}`] / chance(i)).toBeCloseTo(1, 12);
    }
  });

  it("gives what solving (I − Q) x = r gives, on any log, and agrees with the share of paths of a chain without memory", () => {
    const rows = fc
      .array(fc.tuple(fc.constantFrom("ann", "bob", "eve"), fc.constantFrom("a", "b", "c", "__proto__", "goal")), {
        minLength: 1,
        maxLength: 80,
      }) // prettier-ignore
      .map((list) => list.map(([who, what], i): Happening => [who, what, i]));
    fc.assert(
      fc.property(rows, (list) => {
        const model = fitMarkov(logOf([["zoe", "goal", 0], ...list]));
        const { states, probabilities } = model;
        const { probability, expectedSteps } = measureAbsorption(model, { into: "goal" });
        const passing = states.flatMap((name, state) => (name === "goal" || name === "(end)" ? [] : [state]));
        const goal = states.indexOf("goal");
        const system = passing.map((from) => passing.map((to) => (from === to ? 1 : 0) - probabilities[from][to]));
        const right = passing.map((from) => [probabilities[from][goal], 1]);
        solve("test", system, right).forEach(([hit, steps], i) => {
          expect(probability[states[passing[i]]]).toBeCloseTo(hit, 9);
          expect(expectedSteps[states[passing[i]]]).toBeCloseTo(steps, 6);
        });
        expect([probability["goal"], expectedSteps["goal"], probability["(end)"], expectedSteps["(end)"]]).toEqual([
          1, 0, 0, 0,
        ]);
      }),
    );
  });

  it("has a result where a path never ends: no chance, no expected steps, and a note", () => {
    const model = chainOf(["a", "b", "c"], [[0, 0.5, 0, 0.5], [0, 0, 1, 0], [0, 1, 0, 0]]); // prettier-ignore
    const { probability, expectedSteps, fromStart, notes } = measureAbsorption(model, { into: "(end)" });
    expect({ ...probability }).toEqual({ "(start)": 0.5, a: 0.5, b: 0, c: 0, "(end)": 1 });
    expect({ ...expectedSteps }).toEqual({ "(start)": null, a: null, b: null, c: null, "(end)": 0 });
    expect(fromStart).toBe(0.5);
    expect(notes.map(({ code }) => code)).toEqual(["closed-class"]);
  });

  it("works on contexts of a higher order", () => {
    const log = logOf([...path("ab", "ann"), ...path("cbg", "bob"), ...path("cbg", "eve")]);
    const { probability, fromStart } = measureAbsorption(fitMarkov(log, { order: 2 }), { into: "g" });
    expect(probability["a > b"]).toBe(0);
    expect(probability["c > b"]).toBe(1);
    expect(fromStart).toBeCloseTo(2 / 3, 14);
  });

  it("keeps contexts apart whose names look alike when joined", () => {
    const alike = [["a", "b > c"], ["a > b", "c"], ["a >", "b"], ["a", "> b"], ['"a', "b"]]; // prettier-ignore
    const log = logOf(alike.flatMap((names, who) => names.map((what, at): Happening => [`customer ${who}`, what, at])));
    const model = fitMarkov(log, { order: 2 });
    const { probability, expectedSteps } = measureAbsorption(model, { into: "(end)" });
    expect(Object.keys(probability)).toHaveLength(model.contexts.length);
    expect(Object.keys(expectedSteps)).toHaveLength(model.contexts.length);
    expect(probability).toHaveProperty(['a > "b > c"'], 1);
    expect(Object.keys(measureAbsorption(fitMarkov(log), { into: "(end)" }).probability)).toContain("b > c");
  });

  it("answers for 4,000 states in a chain of single steps, and for 600 that lead to each other", () => {
    const long = Array.from({ length: 4_000 }, (_, i): Happening => ["ann", `page ${i}`, i]);
    const { expectedSteps } = measureAbsorption(fitMarkov(logOf(long)), { into: "page 3999" });
    expect(expectedSteps["page 0"]).toBe(3_999);
    let state = 3;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const crowd = Array.from({ length: 60_000 }, (_, i): Happening => [`c${i % 900}`, `page ${Math.floor(random() * 600)}`, i]); // prettier-ignore
    const { probability } = measureAbsorption(fitMarkov(logOf(crowd)), { into: "page 7" });
    expect(probability["(start)"]).toBeGreaterThan(0.03);
    expect(probability["(start)"]).toBeLessThan(0.3);
  }, 120_000);

  it("refuses what is no model and a goal that is no state", () => {
    const model = fitMarkov(logOf(path("ab")));
    expectRefusal(() => measureAbsorption(model, { into: "z" }), "invalid-option", "options.into[0]");
    expectRefusal(() => measureAbsorption({ ...model, probabilities: [[NaN]] }, { into: "a" }), "incompatible-model");
    expectRefusal(() => measureAbsorption(null as never, { into: "a" }), "incompatible-model", "model");
  });
});

describe("measureStationary", () => {
  it("is what one more step does not change, and its share of steps is that of a long walk", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 2, maxLength: 60 }), (steps) => {
        const model = fitMarkov(logOf(path(`${steps.join("")}${steps[0]}`)));
        const { probability, entropyRateBits } = measureStationary(model);
        const inner = model.states.slice(1, -1);
        const rows = inner.map((_, i) => model.probabilities[i + 1].slice(1, -1));
        const sums = rows.map((row) => row.reduce((sum, p) => sum + p, 0));
        inner.forEach((name, j) => {
          const next = inner.reduce((sum, from, i) => sum + (probability![from] * rows[i][j]) / sums[i], 0);
          expect(next).toBeCloseTo(probability![name], 12);
        });
        expect(inner.reduce((sum, name) => sum + probability![name], 0)).toBeCloseTo(1, 12);
        expect(entropyRateBits).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("counts the start and the end when paths begin again", () => {
    const { probability } = measureStationary(fitMarkov(logOf([...path("ab"), ...path("a", "bob")])), {
      ends: "restart",
    });
    // Per two paths: two starts, two ends, two a and one b.
    expect(probability!["a"]).toBeCloseTo(2 / 7, 14);
    expect(probability!["b"]).toBeCloseTo(1 / 7, 14);
    expect(probability!["(start)"]).toBeCloseTo(2 / 7, 14);
  });

  it("gives a state that is left for good no share, and says when the long run depends on the start", () => {
    expect({ ...measureStationary(fitMarkov(logOf(path("abcbcb")))).probability }).toMatchObject({ a: 0 });
    const apart = measureStationary(fitMarkov(logOf([...path("xaa"), ...path("xbb", "bob")])));
    expect(apart).toMatchObject({ probability: null, closedClasses: [["a"], ["b"]], entropyRateBits: null });
    expect(apart.notes.map(({ code }) => code)).toEqual(["several-closed-classes"]);
    expect(measureStationary(fitMarkov(logOf(path("a")))).notes.map(({ code }) => code)).toEqual(["no-steps"]);
    expectRefusal(() => measureStationary(fitMarkov(logOf(path("ab")), { order: 2 })), "unsupported", "model.order");
  });
});
