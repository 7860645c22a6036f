import { compareJourneys, countTransitions, fitMarkov, type TransitionTable } from "clientele/journeys";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const paths = (...texts: string[]): TransitionTable =>
  countTransitions(
    logOf(texts.flatMap((text, who) => text.split("").map((what, at): Happening => [`c${who}`, what, at]))),
  );
const anyPaths = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 }); // prettier-ignore

describe("compareJourneys", () => {
  it("finds no difference between a group and itself, and the opposite when the groups are exchanged", () => {
    fc.assert(
      fc.property(anyPaths, anyPaths, (first, second) => {
        const [a, b] = [paths(...first), paths(...second)];
        const same = compareJourneys(a, a);
        expect([same.distance, same.differences.every(({ difference }) => difference === 0)]).toEqual([0, true]);
        const [there, back] = [compareJourneys(a, b), compareJourneys(b, a)];
        expect(back.distance).toBeCloseTo(there.distance!, 12);
        for (const { from, to, difference, pValue } of there.differences) {
          const other = back.differences.find((step) => step.from === from && step.to === to)!;
          if (difference === null) expect(other.difference).toBeNull();
          else expect(other.difference).toBeCloseTo(-difference, 14);
          if (pValue !== null) expect(other.pValue).toBeCloseTo(pValue, 12);
        }
      }),
    );
  });

  it("tests each step as two proportions", () => {
    // After a: b in 30 of 40 against 10 of 40; χ² = 80 · (30·30 − 10·10)² / (40 · 40 · 40 · 40) = 20, p = 7.74e-6 (R's pchisq).
    const group = (b: number, c: number): TransitionTable =>
      paths(...Array<string>(b).fill("ab"), ...Array<string>(c).fill("ac"));
    const { differences, distance, notes } = compareJourneys(group(30, 10), group(10, 30));
    const step = differences.find(({ from, to }) => from === "a" && to === "b")!;
    expect(step).toMatchObject({ countA: 30, countB: 10, probabilityA: 0.75, probabilityB: 0.25, difference: 0.5 });
    expect(step.pValue).toBeCloseTo(7.744216e-6, 11);
    expect(step.adjustedPValue).toBeGreaterThanOrEqual(step.pValue!);
    // Newcombe's method 10 by hand from Wilson's (0.598, 0.858) and (0.142, 0.402).
    expect(step.interval![0]).toBeCloseTo(0.2849, 3);
    expect(step.interval![1]).toBeCloseTo(0.653, 3);
    // Only a is left in different ways: a share of 80 of 240 leavings (start, a, then b or c), at √(1 − H(¼)) bits.
    const entropy = -(0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75));
    expect(distance).toBeCloseTo(Math.sqrt(1 - entropy) / 3, 12);
    expect(notes).toEqual([]);
  });

  it("says null where a state is left by one group only, and takes models and hostile names", () => {
    const a = fitMarkov(logOf([["ann", "__proto__", 0], ["ann", "home", 1]])); // prettier-ignore
    const b = fitMarkov(logOf([["bob", "home", 0]])); // prettier-ignore
    const { differences, states, paths: sizes, notes } = compareJourneys(a, b);
    expect(states).toEqual(["(start)", "__proto__", "home", "(end)"]);
    expect(sizes).toEqual({ a: 1, b: 1 });
    expect(differences.find(({ from }) => from === "__proto__")).toMatchObject({
      probabilityB: null,
      difference: null,
      pValue: null,
    });
    expect(notes.map(({ code }) => code)).toEqual(["few-paths"]);
    expect(compareJourneys(paths(), paths()).distance).toBeNull();
  });

  it("refuses what is no table of transitions", () => {
    for (const wrong of [null, {}, { states: ["a"], counts: [] }, { states: ["a"], counts: [[1, 2]] }]) {
      expectRefusal(() => compareJourneys(wrong as never, paths("a")), "shape-mismatch", "a");
      expectRefusal(() => compareJourneys(paths("a"), wrong as never), "shape-mismatch", "b");
    }
  });
});
