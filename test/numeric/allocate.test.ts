import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate } from "../../src/numeric/allocate.ts";
import type { Allocation } from "../../src/numeric/allocation-prices.ts";

/** The best of all allocations, one by one. */
function bruteForce({ agents, options, gains, resources }: Allocation): number {
  const visit = (agent: number, left: readonly number[]): number => {
    if (agent === agents) return 0;
    let best = visit(agent + 1, left);
    for (let option = 0; option < options; option++) {
      const rest = left.map((amount, r) => amount - resources[r].uses[option]);
      if (rest.some((amount) => amount < -1e-9)) continue;
      best = Math.max(best, gains[agent * options + option] + visit(agent + 1, rest));
    }
    return best;
  };
  return visit(0, resources.map(({ limit }) => limit)); // prettier-ignore
}

const problems = fc
  .record({ agents: fc.integer({ min: 0, max: 6 }), options: fc.integer({ min: 1, max: 3 }) })
  .chain(({ agents, options }) =>
    fc.record({
      agents: fc.constant(agents),
      options: fc.constant(options),
      gains: fc
        .array(fc.integer({ min: -3, max: 12 }), { minLength: agents * options, maxLength: agents * options })
        .map((values) => Float64Array.from(values)),
      resources: fc.array(
        fc.record({
          uses: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: options, maxLength: options }),
          limit: fc.integer({ min: 0, max: 12 }),
        }),
        { maxLength: 3 },
      ),
    }),
  );

describe("allocate", () => {
  it("finds the best allocation of few agents, within limits, and a bound above it", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { choice, gain, bound } = allocate(problem);
        expect(gain).toBeCloseTo(bruteForce(problem), 9);
        expect(bound).toBeGreaterThanOrEqual(gain - 1e-9);
        problem.resources.forEach(({ uses, limit }) => {
          expect(choice.reduce((sum, option) => sum + (option < 0 ? 0 : uses[option]), 0)).toBeLessThanOrEqual(
            limit + 1e-9,
          );
        });
      }),
      { numRuns: 300 },
    );
  });

  it("stays within one agent of the bound where there are many", () => {
    const agents = 3000;
    const gains = Float64Array.from({ length: 2 * agents }, (_, i) => ((i * 7919) % 10007) / 1000);
    const problem = { agents, options: 2, gains, resources: [{ uses: [1, 2.5], limit: 1000 }] };
    const { gain, bound, prices, choice } = allocate(problem);
    expect(bound - gain).toBeLessThan(10.007);
    expect(prices[0]).toBeGreaterThan(0);
    expect(choice.reduce((sum, option) => sum + (option < 0 ? 0 : [1, 2.5][option]), 0)).toBeGreaterThan(997.5);
  });

  it("gives the earlier agent and the earlier option what is equal", () => {
    const gains = Float64Array.of(2, 2, 2, 2, 2, 2);
    const one = allocate({ agents: 3, options: 2, gains, resources: [{ uses: [1, 1], limit: 2 }] });
    expect([...one.choice]).toEqual([0, 0, -1]);
  });

  it("takes nothing that does not gain, and what costs nothing without limit", () => {
    const gains = Float64Array.of(0, -1, 3, -Infinity);
    expect([...allocate({ agents: 2, options: 2, gains, resources: [] }).choice]).toEqual([-1, 0]);
    const free = allocate({ agents: 2, options: 2, gains: Float64Array.of(1, 5, 1, 5), resources: [{ uses: [0, 4], limit: 4 }] }); // prettier-ignore
    expect([...free.choice].sort()).toEqual([0, 1]);
    expect(free.gain).toBe(6);
  });
});
