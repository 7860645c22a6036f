import {
  countTransitions,
  fitMarkov,
  measureAbsorption,
  type MarkovModel,
  scorePaths,
  simulatePaths,
} from "clientele/journeys";
import { sessionize } from "clientele/events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chiSquare } from "../../src/numeric/distributions.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const path = (text: string, who = "ann"): Happening[] => text.split("").map((what, i): Happening => [who, what, i]);
const walks = ["abc", "abab", "ca", "b", "abcabc", "acb"];
const log = logOf(Array.from({ length: 30 }, (_, i) => path(walks[i % 6], `c${i}`)).flat());

/** p-value of the χ² test of what follows each context in simulated paths against the model. */
function fitOf(model: MarkovModel, made: MarkovModel): number {
  const rows = new Map(made.contexts.map((context, row) => [context.join(), row]));
  let [statistic, freedom] = [0, 0];
  model.contexts.forEach((context, row) => {
    const own = rows.get(context.join());
    if (own === undefined) return;
    const total = made.totals[own];
    const expected = model.probabilities[row].map((p) => p * total);
    if (expected.some((count) => count > 0 && count < 5)) return;
    const possible = expected.filter((count) => count > 0).length;
    if (possible === 0) return;
    freedom += possible - 1;
    expected.forEach((count, state) => {
      if (count > 0) statistic += (made.counts[own][state] - count) ** 2 / count;
      else expect(made.counts[own][state]).toBe(0);
    });
  });
  return chiSquare(freedom).sf(statistic);
}

describe("simulatePaths", () => {
  it("follows the probabilities of the model within the noise of χ², for orders 1 to 3 and with smoothing", () => {
    const names = ["a", "b", "c"];
    for (const options of [{}, { order: 2 }, { order: 3 }, { smoothing: 2 }, { terminal: ["c"] }]) {
      const model = fitMarkov(log, options);
      const { log: made, ended } = simulatePaths(model, { paths: 20_000, seed: 11 });
      expect(ended).toBe(20_000);
      // One run of a fixed seed: a p-value below 1e-4 would be a defect rather than chance.
      expect(fitOf(model, fitMarkov(made, { ...options, smoothing: 0, states: names }))).toBeGreaterThan(1e-4);
    }
  });

  it("reaches a goal as often as absorption says", () => {
    const model = fitMarkov(log);
    const { probability } = measureAbsorption(model, { into: "c" });
    const { log: made } = simulatePaths(model, { paths: 20_000, seed: 5 });
    const reached = new Set(Array.from(made.customer.codes).filter((_, row) => made.type.names[made.type.codes[row]] === "c")); // prettier-ignore
    const noise = Math.sqrt(probability["(start)"] * (1 - probability["(start)"]) * 20_000);
    expect(Math.abs(reached.size - 20_000 * probability["(start)"])).toBeLessThan(4 * noise);
  });

  it("gives each path random numbers of its own: a seed makes the same paths, more paths begin with the same", () => {
    const model = fitMarkov(log);
    const typesOf = (paths: number, seed: number): number[] => Array.from(simulatePaths(model, { paths, seed }).log.type.codes); // prettier-ignore
    const few = typesOf(10, 3);
    expect(typesOf(10, 3)).toEqual(few);
    expect(typesOf(500, 3).slice(0, few.length)).toEqual(few);
    expect(typesOf(10, 4)).not.toEqual(few);
  });

  it("makes a log that other functions take, with one customer per path", () => {
    const { log: made } = simulatePaths(fitMarkov(log), { paths: 12, seed: 1 });
    expect(made.customer.names.slice(0, 2)).toEqual(["path 01", "path 02"]);
    expect(countTransitions(made, { per: sessionize(made) }).paths).toBe(12);
    expect(made.time[made.byCustomer.starts[3]]).toBe(0);
    expect(simulatePaths(fitMarkov(log), { paths: 0 }).log.length).toBe(0);
  });

  it("cuts off what does not end, and stops where the model knows nothing", () => {
    const model = fitMarkov(logOf(path("ab")));
    const loop = { ...model, probabilities: [[0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]] }; // prettier-ignore
    const endless = simulatePaths(loop, { paths: 3, maxSteps: 50 });
    expect([endless.ended, endless.cut, endless.stuck, endless.log.length]).toEqual([0, 3, 0, 150]);
    const blind = { ...model, probabilities: [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]] }; // prettier-ignore
    const stuck = simulatePaths(blind, { paths: 3 });
    expect([stuck.ended, stuck.stuck, stuck.log.length]).toEqual([0, 3, 6]);
    expect(simulatePaths(fitMarkov(logOf(path("abc"))), { paths: 1, maxSteps: 3 })).toMatchObject({ ended: 1, cut: 0 });
  });

  it("refuses a model that knows no first step", () => {
    expectRefusal(() => simulatePaths(fitMarkov(logOf([])), { paths: 1 }), "degenerate-data", "model.probabilities");
    expectRefusal(() => simulatePaths(null as never, { paths: 1 }), "incompatible-model", "model");
  });
});

describe("scorePaths", () => {
  it("scores the paths of a log with what adds up to the likelihood of their model, for any order", () => {
    const rows = fc
      .array(fc.tuple(fc.constantFrom("ann", "bob", "eve"), fc.constantFrom("a", "b", "__proto__", "10")), { minLength: 1, maxLength: 50 })
      .map((list) => list.map(([who, what], i): Happening => [who, what, i * 1_000_000])); // prettier-ignore
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 0.5), fc.boolean(), (list, order, smoothing, bySession) => {
        const own = logOf(list);
        const per = bySession ? sessionize(own) : undefined;
        const model = fitMarkov(own, { per, order, smoothing });
        const scores = scorePaths(model, own, { per });
        expect(scores).toHaveLength((per ?? own.byCustomer).starts.length - 1);
        expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(model.logLikelihood, 8);
      }),
    ); // prettier-ignore
  });

  it("finds the odd one out, knows what is impossible, and leaves out what the model does not have", () => {
    const model = fitMarkov(log);
    const other = logOf([...path("abab", "ann"), ...path("cccc", "bob"), ...path("axb", "cid"), ["eve", "x", 0]]);
    const scores = scorePaths(model, other);
    const shares = model.probabilities;
    const at = (from: string, to: string): number => Math.log(shares[model.states.indexOf(from)][model.states.indexOf(to)]); // prettier-ignore
    expect(scores[0]).toBeCloseTo(at("(start)", "a") + 2 * at("a", "b") + at("b", "a") + at("b", "(end)"), 12);
    expect([scores[1], scores[3]]).toEqual([-Infinity, 0]);
    expect(scores[2]).toBeCloseTo(at("(start)", "a") + at("a", "b") + at("b", "(end)"), 12);
    const smooth = scorePaths(fitMarkov(log, { smoothing: 1 }), other);
    expect(smooth[1]).toBeLessThan(smooth[0]);
    expect(Number.isFinite(smooth[1])).toBe(true);
  });

  it("ends a path at a terminal state, as the model did", () => {
    const model = fitMarkov(log, { terminal: ["c"] });
    const [long, short] = scorePaths(model, logOf([...path("abcabab", "ann"), ...path("abc", "bob")]));
    expect(long).toBe(short);
  });
});
