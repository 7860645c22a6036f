import { mergeAll } from "clientele/core";
import { countTransitions, transitionCounts, type TransitionStep } from "clientele/journeys";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { bitsOf } from "../support/inspect.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const states = ["home", "__proto__", "cart"];
const step: fc.Arbitrary<TransitionStep> = fc.record({
  customer: fc.constantFrom("ann", "bob", "__proto__", "10"),
  type: fc.constantFrom(...states, "other"),
});

accumulatorLaws("transitionCounts", {
  accumulator: transitionCounts(states),
  arbitraryInput: step,
  equal: (a, b) => bitsOf(a) === bitsOf(b),
  commutative: false,
});

describe("transitionCounts", () => {
  const counts = transitionCounts(states);

  it("merged in the order of time is countTransitions, however paths are cut between shards", () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 5 }), (shards) => {
        const parts = shards.map((shard) => shard.reduce(counts.add.bind(counts), counts.init()));
        const happenings = shards.flat().map(({ customer, type }, i): Happening => [customer, type, i]);
        const batch = countTransitions(logOf(happenings), { states });
        const { paths, ignored, ...tables } = counts.finish(mergeAll(counts, parts));
        expect(batch).toMatchObject({ ...tables, paths, ignored });
      }),
    );
  });

  it("refuses a path that goes back in time, within a shard and from shard to shard", () => {
    const at = (time: number): TransitionStep => ({ customer: "ann", type: "home", time });
    const late = counts.add(counts.init(), at(5));
    expectRefusal(() => counts.add(structuredClone(late), at(4)), "invalid-value", "step.time");
    expectRefusal(() => counts.merge(late, counts.add(counts.init(), at(4))), "invalid-value", "b.customers");
    expect(counts.finish(counts.add(late, at(5))).counts[1][1]).toBe(1);
  });

  it("refuses steps and states that it cannot use", () => {
    const add = (wrong: unknown) => () => counts.add(counts.init(), wrong as TransitionStep);
    expectRefusal(add(null), "shape-mismatch", "step");
    expectRefusal(add({ customer: "", type: "home" }), "invalid-value", "step.customer");
    expectRefusal(add({ customer: "ann" }), "invalid-value", "step.type");
    // A number may be the id of somebody.
    expect(add({ customer: 4711, type: "home" })).toThrow(/^(?!.*4711).*another number/);
    expect(add({ customer: "ann", type: 4711 })).toThrow(/^(?!.*4711).*another number/);
    expectRefusal(add({ customer: "ann", type: "home", time: NaN }), "invalid-value", "step.time");
    expectRefusal(() => transitionCounts("home" as never), "shape-mismatch", "states");
    expectRefusal(() => transitionCounts(["a", "(end)"]), "invalid-option", "states[1]");
  });
});
