import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takeStates } from "../../src/numeric/state-elimination.ts";

describe("takeStates", () => {
  it("takes every state once, and what is recorded of a state are the ways around the states before it", () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(size, fc.integer(), (n, salt) => {
        let state = salt >>> 0;
        const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
        const to = Array.from({ length: n }, () => [
          ...new Set([n, ...Array.from({ length: 3 }, () => Math.floor(random() * n))]),
        ]);
        const weight = to.map((targets) => targets.map(() => 1 / targets.length));
        const taken = takeStates(
          { to: [...to, []], weight: [...weight, []] },
          to.map((_, i) => i),
        );
        expect(taken.map((record) => record.state).sort((a, b) => a - b)).toEqual(to.map((_, i) => i));
        const when = new Map(taken.map((record, at) => [record.state, at]));
        taken.forEach((record, at) => {
          for (const other of [...record.to, ...record.from]) expect(when.get(other) ?? Infinity).toBeGreaterThan(at);
          // Every path ends in n, so what leaves a state is all but its own loop.
          expect(record.leaves).toBeGreaterThan(0);
          expect(record.leaves).toBeLessThanOrEqual(1 + 1e-12);
        });
        // The last of them can only go to n, with everything that it has.
        expect([...taken[taken.length - 1].to]).toEqual([n]);
      }),
    );
  });

  it("keeps all digits of a chain that hardly ever moves", () => {
    // From 0 a step to 1 has the chance 1e-18, back 3e-18: in the long run three quarters of the time are spent in 0.
    const [first, last] = takeStates({ to: [[0, 1], [0, 1]], weight: [[1, 1e-18], [3e-18, 1]] }, [0, 1]); // prettier-ignore
    expect([first.leaves, first.fromWeight[0], last.leaves]).toEqual([1e-18, 3e-18, 0]);
  });
});
