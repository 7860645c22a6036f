import { type HypothesisRegistry, recordHypothesis, reviewHypotheses, testProportions } from "clientele/experiments";
import { describe, expect, it } from "vitest";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const day = 86_400_000;
const test = (pValue: number | null, estimate = 0.02, interval: readonly [number, number] | null = [0.005, 0.035]) => ({ estimate, standardError: 0.01, interval, pValue, method: "", notes: [] }); // prettier-ignore
const record = (registry: HypothesisRegistry | undefined, claim: string, at: number, found: ReturnType<typeof test>) =>
  recordHypothesis(registry, { claim, metric: "conversion", at, test: found });
const statuses = ({ hypotheses }: HypothesisRegistry): string[] => hypotheses.map(({ claim, status }) => `${claim} ${status}`); // prettier-ignore

describe("recordHypothesis", () => {
  it("keeps what was found, drops what was not, and leaves open what cannot be told", () => {
    let registry = record(undefined, "a", 0, test(0.001));
    registry = record(registry, "b", 1, test(0.4));
    registry = record(registry, "c", 2, test(null));
    expect(statuses(registry)).toEqual(["a kept", "b dropped", "c undecided"]);
    expect(registry.testsRun).toBe(2);
    expect(registry.hypotheses[0]).toMatchObject({ segment: null, metric: "conversion", expires: 365 * day });
    expect(registry.hypotheses[1].expires).toBeNull();
  });

  it("asks more of every claim the more tests were run: an early find must survive", () => {
    let registry = record(undefined, "early", 0, test(0.01));
    expect(statuses(registry)).toEqual(["early kept"]);
    for (let i = 1; i <= 5; i++) registry = record(registry, `idea ${i}`, i, test(0.5));
    expect(registry.hypotheses[0]).toMatchObject({ status: "undecided" });
    expect(registry.hypotheses[0].tests[0].adjustedPValue).toBeCloseTo(0.06, 12);
    expect(reviewHypotheses(registry, { now: 5, adjust: "bh" }).hypotheses[0].tests[0].adjustedPValue).toBeCloseTo(0.06, 12); // prettier-ignore
  });

  it("lets the latest test of a claim decide, by its time and not by when it was put down", () => {
    const kept = record(undefined, "a", 10, test(0.0001));
    const failed = record(kept, "a", 20, test(0.7));
    expect(statuses(failed)).toEqual(["a dropped"]);
    expect(failed.hypotheses[0].tests).toHaveLength(2);
    expect(statuses(record(kept, "a", 5, test(0.7)))).toEqual(["a kept"]);
    const turned = record(kept, "a", 20, test(0.0001, -0.02, [-0.03, -0.01]));
    expect(turned.hypotheses[0]).toMatchObject({ status: "dropped", reason: "the latest test found the opposite of an earlier one" }); // prettier-ignore
  });

  it("tells claims apart by words, segment and metric", () => {
    let registry = record(undefined, "a", 0, test(0.001));
    registry = recordHypothesis(registry, {
      claim: "a",
      segment: "loyal",
      metric: "conversion",
      at: 1,
      test: test(0.5),
    });
    registry = recordHypothesis(registry, { claim: "a", metric: "revenue", at: 1, test: test(0.5) });
    expect(statuses(registry)).toEqual(["a kept", "a dropped", "a dropped"]);
    expect(registry.hypotheses.map(({ segment, metric }) => [segment, metric])).toEqual([[null, "conversion"], ["loyal", "conversion"], [null, "revenue"]]); // prettier-ignore
  });

  it("opens kept claims again when they are old, on review and as time goes on in other tests", () => {
    const registry = record(undefined, "a", 0, test(0.0001));
    const status = (now: number): string => reviewHypotheses(registry, { now }).hypotheses[0].status;
    expect([status(365 * day), status(365 * day + 1)]).toEqual(["kept", "undecided"]);
    expect(statuses(record(registry, "b", 400 * day, test(0.0001)))).toEqual(["a undecided", "b kept"]);
    expect(reviewHypotheses(registry, { now: 40 * day, expiresAfterDays: 30 }).hypotheses[0].status).toBe("undecided");
  });

  it("does not drop for want of customers where the smallest effect that matters is known", () => {
    const small = test(0.6, 0.004, [-0.03, 0.04]);
    const large = test(0.6, 0.0004, [-0.003, 0.004]);
    const of = (found: ReturnType<typeof test>): string =>
      recordHypothesis(undefined, { claim: "a", metric: "m", at: 0, test: found }, { smallestEffect: 0.01 }).hypotheses[0].status; // prettier-ignore
    expect([of(small), of(large)]).toEqual(["undecided", "dropped"]);
  });

  it("takes reports of tests as they are, survives JSON, and leaves the registry before as it was", () => {
    const report = testProportions({ control: { n: 5000, successes: 500 }, treatment: { n: 5000, successes: 620 } });
    const registry = recordHypothesis(undefined, { claim: "a", metric: "m", at: 0, test: report });
    const before = JSON.stringify(registry);
    const saved = JSON.parse(before) as HypothesisRegistry;
    expect(record(saved, "b", 1, test(0.5))).toEqual(record(registry, "b", 1, test(0.5)));
    expect(JSON.stringify(registry)).toBe(before);
    expect(statuses(registry)).toEqual(["a kept"]);
  });

  it("refuses what is no entry or no registry, without quoting it", () => {
    const entry = { claim: "secret", metric: "m", at: 0, test: test(0.5) };
    const refused = (change: object, path: string): void =>
      expectRefusal(() => recordHypothesis(undefined, { ...entry, ...change }), "invalid-value", path);
    refused({ claim: 1 }, "entry.claim");
    refused({ segment: 1 }, "entry.segment");
    refused({ at: NaN }, "entry.at");
    refused({ test: null }, "entry.test");
    refused({ test: test(1.5) }, "entry.test.pValue");
    refused({ test: test(0.5, NaN) }, "entry.test.estimate");
    refused({ test: test(0.5, 1, [1] as never) }, "entry.test.interval");
    expect(refusalOf(() => recordHypothesis(undefined, { ...entry, at: NaN })).message).not.toContain("secret");
    expectRefusal(() => recordHypothesis({} as never, entry), "incompatible-model", "registry");
    expectRefusal(() => reviewHypotheses({ kind: "hypothesis-registry", version: 1, testsRun: 0, hypotheses: [{}] } as never, { now: 0 }), "incompatible-model", "registry"); // prettier-ignore
  });
});
