import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeAll, run } from "../../src/core/accumulate.ts";
import type { Accumulator } from "../../src/core/accumulate.ts";

/** What the laws need to know about an accumulator. */
export interface AccumulatorCase<Input, State, Result> {
  /** The accumulator that is held to the laws. */
  readonly accumulator: Accumulator<Input, State, Result>;
  /** Inputs it must accept, with its awkward ones: ties, huge, negative, repeated. */
  readonly arbitraryInput: fc.Arbitrary<Input>;
  /** True when two results are the same up to rounding; exact unless addition of doubles is involved. */
  readonly equal: (a: Result, b: Result, inputs: readonly Input[]) => boolean;
  /** False when the order of the inputs matters; default true. */
  readonly commutative?: boolean;
  /** The same computation over an array, where the library has one. */
  readonly batch?: (inputs: readonly Input[]) => Result;
}

/**
 * The laws that make an accumulator one sum wherever it is computed: in a loop, on a stream, in workers, on an engine.
 *
 * @param name - the accumulator's name, for the titles.
 * @param subject - the accumulator, its inputs and its notion of equality.
 */
export function accumulatorLaws<Input, State, Result>(
  name: string,
  subject: AccumulatorCase<Input, State, Result>,
): void {
  const { accumulator, arbitraryInput, equal, commutative = true, batch } = subject;
  const inputs = fc.array(arbitraryInput, { maxLength: 40 });
  const stateOf = (part: readonly Input[]): State => part.reduce(accumulator.add.bind(accumulator), accumulator.init());
  const same = (a: Result, b: Result, all: readonly Input[]): void => {
    expect(equal(a, b, all), `${JSON.stringify(a)} is not ${JSON.stringify(b)}`).toBe(true);
  };

  describe(`${name} keeps the laws of accumulators:`, () => {
    it("the state of no input is neutral on both sides", () => {
      fc.assert(
        fc.property(inputs, (all) => {
          const whole = accumulator.finish(stateOf(all));
          same(accumulator.finish(accumulator.merge(accumulator.init(), stateOf(all))), whole, all);
          same(accumulator.finish(accumulator.merge(stateOf(all), accumulator.init())), whole, all);
        }),
      );
    });

    it("merging is associative", () => {
      fc.assert(
        fc.property(inputs, inputs, inputs, (x, y, z) => {
          const [a, b, c] = [stateOf(x), stateOf(y), stateOf(z)];
          const left = accumulator.merge(accumulator.merge(a, b), c);
          const right = accumulator.merge(a, accumulator.merge(b, c));
          same(accumulator.finish(left), accumulator.finish(right), [...x, ...y, ...z]);
        }),
      );
    });

    it.runIf(commutative)("merging is commutative", () => {
      fc.assert(
        fc.property(inputs, inputs, (x, y) => {
          const [a, b] = [stateOf(x), stateOf(y)];
          same(accumulator.finish(accumulator.merge(a, b)), accumulator.finish(accumulator.merge(b, a)), [...x, ...y]);
        }),
      );
    });

    it("any split gives the result of the whole", () => {
      fc.assert(
        fc.property(fc.array(inputs, { maxLength: 6 }), (parts) => {
          const all = parts.flat();
          same(accumulator.finish(mergeAll(accumulator, parts.map(stateOf))), accumulator.finish(stateOf(all)), all);
        }),
      );
    });

    it("a state survives JSON and structuredClone and goes on from there", () => {
      fc.assert(
        fc.property(inputs, inputs, (before, after) => {
          const all = [...before, ...after];
          const whole = accumulator.finish(stateOf(all));
          for (const copy of [structuredClone, (state: State): State => JSON.parse(JSON.stringify(state)) as State]) {
            const resumed = after.reduce(accumulator.add.bind(accumulator), copy(stateOf(before)));
            same(accumulator.finish(resumed), whole, all);
          }
        }),
      );
    });

    it("a stream gives what the batch gives", () => {
      fc.assert(
        fc.property(inputs, (all) => {
          const streamed = accumulator.finish(stateOf(all));
          same(run(accumulator, all), streamed, all);
          if (batch !== undefined) same(batch(all), streamed, all);
        }),
      );
    });

    it("merging and finishing leave their arguments alone, also when the merged state is added to", () => {
      fc.assert(
        fc.property(inputs, inputs, inputs, (x, y, more) => {
          const [a, b] = [stateOf(x), stateOf(y)];
          const before = structuredClone([a, b]);
          const merged = accumulator.merge(a, b);
          accumulator.finish(a);
          more.reduce(accumulator.add.bind(accumulator), merged);
          // A merge with the empty state must copy as well.
          more.reduce(accumulator.add.bind(accumulator), accumulator.merge(a, accumulator.init()));
          more.reduce(accumulator.add.bind(accumulator), accumulator.merge(accumulator.init(), b));
          expect([a, b]).toEqual(before);
        }),
      );
    });

    it("finishing twice reads the same result and shares nothing with the state", () => {
      fc.assert(
        fc.property(inputs, inputs, (all, more) => {
          const state = stateOf(all);
          const first = accumulator.finish(state);
          const kept = structuredClone(first);
          expect(accumulator.finish(state)).toEqual(kept);
          more.reduce(accumulator.add.bind(accumulator), state);
          expect(first).toEqual(kept);
        }),
      );
    });
  });
}
