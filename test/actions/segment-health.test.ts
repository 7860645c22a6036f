import { type HealthShare, type HealthSnapshot, measureSegmentHealth, stepAlerts } from "clientele/actions";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";

const week = 604_800_000;
const one = (values: readonly (number | HealthShare | null)[]): HealthSnapshot[] =>
  values.map((rate, i) => ({ time: i * week, segments: [{ segment: "a", size: 100, metrics: { rate } }] }));
const rateOf = (values: readonly (number | HealthShare | null)[], options = {}) =>
  measureSegmentHealth(one(values), options).findings.find(({ metric }) => metric === "rate");
const sized = (...snapshots: readonly Readonly<Record<string, number>>[]): HealthSnapshot[] =>
  snapshots.map((sizes, i) => ({
    time: i * week,
    segments: Object.entries(sizes).map(([segment, size]) => ({ segment, size })),
  }));

// NIST/SEMATECH e-Handbook, section 6.3.2.2: ten flow rates, mean 50.81, mean moving range 1.8778. Limits and p-value by
// SciPy: 0.62 · 9 degrees of freedom, spread 1.66414 · √(1 + 1/10).
const flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];

describe("measureSegmentHealth", () => {
  it("holds the latest value against a chart of individuals of the past", () => {
    const found = rateOf([...flow, 60])!;
    expect(found).toMatchObject({ segment: "a", metric: "rate", to: 60, severity: "low" });
    expect(found.from).toBeCloseTo(50.81, 12);
    expect(found.change).toBeCloseTo(9.19, 12);
    expect(found.evidence.sigma).toBeCloseTo(1.8777777777777784 / 1.1283791670955126, 10);
    expect(found.evidence.lower).toBeCloseTo(41.87481571, 7);
    expect(found.evidence.upper).toBeCloseTo(59.74518429, 7);
    expect(found.evidence.pValue).toBeCloseTo(0.002362763509229596, 10);
    expect(found.evidence.points).toBe(10);
    expect(rateOf([...flow, 59.7])!.severity).toBe("none");
    expect(rateOf([...flow, 85])!.severity).toBe("high");
    expect(rateOf([...flow, 41.8])).toMatchObject({ severity: "low" });
  });

  it("lets a share of counts vary as counts do: SciPy's normal limits where the past varies less, exact tails", () => {
    const past = [40, 44, 36, 41, 39, 43, 37, 40, 42, 38].map((successes) => ({ successes, n: 400 }));
    const found = rateOf([...past, { successes: 16, n: 400 }])!;
    expect(found.evidence.sigma).toBeCloseTo(0.015, 12);
    expect(found.evidence.lower).toBeCloseTo(0.05280396378618697, 10);
    expect(found.evidence.pValue).toBeCloseTo(0.0001368183316273928, 12);
    expect(found.severity).toBe("high");
    expect(rateOf([...past, { successes: 16, n: 400 }], { highChange: 0.7 })!.severity).toBe("low");
    // Of 20 visitors none bought: nothing, where one in ten does. As a bare number it would be far out.
    expect(rateOf([...past, { successes: 0, n: 20 }])!.severity).toBe("none");
    expect(rateOf([...past.map(({ successes }) => successes / 400), 0])!.severity).toBe("high");
  });

  it("judges a share that never was otherwise by counting half a case", () => {
    const never = Array.from({ length: 10 }, () => ({ successes: 0, n: 50 }));
    expect(rateOf([...never, { successes: 0, n: 50 }])!.severity).toBe("none");
    expect(rateOf([...never, { successes: 20, n: 50 }])!.severity).toBe("high");
    expect(rateOf([...never, { successes: 0, n: 0 }])).toBeUndefined();
  });

  it("calls a change low by chance in at most one of 370 judgments, and finds one of six sigma", () => {
    const { next } = randomOf(3);
    // A sum of twelve uniform numbers is normal for this purpose, also in its tails up to four sigma.
    const normal = (): number => Array.from({ length: 12 }, next).reduce((a, b) => a + b) - 6;
    const rounds = 4000;
    let [alarms, found] = [0, 0];
    for (let r = 0; r < rounds; r++) {
      const past = Array.from({ length: 20 }, () => 100 + normal());
      if (rateOf([...past, 100 + normal()], { leastChange: 0 })!.severity !== "none") alarms++;
      if (r < 500 && rateOf([...past, 106 + normal()], { leastChange: 0 })!.severity !== "none") found++;
    }
    // At 0.0027, 10.8 are expected; 23 or more come with probability 0.0008.
    expect(alarms).toBeLessThan(23);
    expect(alarms).toBeGreaterThan(0);
    expect(found / 500).toBeGreaterThan(0.9);
  });

  it("says nothing of changes that are small, and of equal values", () => {
    const constant = Array.from({ length: 10 }, () => 0.1 + 0.2);
    expect(rateOf([...constant, 0.1 + 0.2])).toMatchObject({ severity: "none", change: 0 });
    expect(rateOf([...constant, 0.31])!.severity).toBe("none");
    expect(rateOf([...constant, 0.31], { leastChange: 0 })!.severity).toBe("high");
    expect(rateOf([...constant, 0.4])!.evidence).toMatchObject({ sigma: 0, pValue: 0 });
    expect(rateOf([...Array<number>(10).fill(0), 3])!.severity).toBe("high");
  });

  it("judges size and share, and lists who appeared and vanished", () => {
    const usual = Array.from({ length: 9 }, (_, i) => ({ a: 100 + (i % 3), b: 300 - (i % 2), old: 50 }));
    const report = measureSegmentHealth(
      sized(...usual, { a: 101, b: 299, old: 50, new: 0 }, { a: 100, new: 40, b: 298 }),
    );
    expect(report.segments.map(({ segment, size, severity }) => [segment, size, severity])).toEqual([
      ["a", 100, "none"],
      ["new", 40, "none"],
      ["b", 298, "none"],
      ["old", 0, "high"],
    ]);
    expect([report.appeared, report.vanished]).toEqual([[], ["old"]]);
    expect(report.unjudged).toEqual([
      { segment: "new", metric: "size", points: 1, reason: "short-history" },
      { segment: "new", metric: "share", points: 1, reason: "short-history" },
    ]);
    expect(report.findings.map(({ segment, metric }) => `${segment} ${metric}`)).toEqual(["a size", "a share", "b size", "b share", "old size", "old share"]); // prettier-ignore
    expect(measureSegmentHealth(sized({ a: 1 }, { a: 1, c: 1 })).appeared).toEqual(["c"]);
  });

  it("takes gaps as not known and says what it could not judge", () => {
    expect(rateOf([...flow.slice(0, 5), null, ...flow.slice(5), 60])!.evidence.points).toBe(10);
    const report = measureSegmentHealth(one([...flow, null]));
    expect(report.unjudged).toEqual([{ segment: "a", metric: "rate", points: 10, reason: "missing" }]);
    expect(measureSegmentHealth(one([1, 2, 3])).notes[0].code).toBe("short-history");
    expect(measureSegmentHealth(one([1, 2, 3, 4]), { leastPoints: 3 }).notes).toEqual([]);
    expect(rateOf([1e6, ...flow, 60], { mostPoints: 10 })!.evidence.points).toBe(10);
    expect(rateOf([1e6, ...flow, 60], { mostPoints: 10 })!.from).toBeCloseTo(50.81, 12);
  });

  it("gives alerts what they take: a shift alerts once, and its end recovers", () => {
    const before = measureSegmentHealth(one([...flow, 85]));
    const first = stepAlerts(undefined, { now: 0, findings: before.findings });
    expect(first.alerts.map(({ metric, kind, severity, evidence }) => [metric, kind, severity, evidence?.points])).toEqual([["rate", "new", "high", 10]]); // prettier-ignore
    const after = measureSegmentHealth(one([...flow, 51]));
    const second = stepAlerts(first.state, { now: 1, findings: after.findings }, { recovery: true });
    expect(second.alerts.map(({ kind }) => kind)).toEqual(["recovered"]);
  });

  it("keeps hostile names of segments and metrics apart", () => {
    const metrics = JSON.parse(`{${hostileNames.map((name) => `${JSON.stringify(name)}: 1`).join()}}`) as Record<string, number>; // prettier-ignore
    const history = Array.from({ length: 9 }, (_, time) => ({
      time,
      segments: hostileNames.map((segment) => ({ segment, size: 10, metrics })),
    }));
    const { findings, unjudged } = measureSegmentHealth(history);
    expect(unjudged).toEqual([]);
    expect(new Set(findings.map(({ segment, metric }) => JSON.stringify([segment, metric]))).size).toBe(hostileNames.length * (hostileNames.length + 2)); // prettier-ignore
  });

  it("takes one snapshot without anybody", () => {
    const report = measureSegmentHealth([{ time: 0, segments: [] }]);
    expect(report).toMatchObject({ time: 0, snapshots: 1, segments: [], findings: [], unjudged: [] });
    expect(measureSegmentHealth(sized({ a: 0 })).segments).toEqual([{ segment: "a", size: 0, share: 0, severity: "none" }]); // prettier-ignore
  });

  it("refuses what is no history, and levels that contradict each other", () => {
    const refused = (
      history: unknown,
      path: string,
      code: Parameters<typeof expectRefusal>[1] = "invalid-value",
    ): void => expectRefusal(() => measureSegmentHealth(history as HealthSnapshot[]), code, path);
    refused("x", "history", "shape-mismatch");
    refused([], "history", "too-few-rows");
    refused([{ time: 0 }], "history[0]");
    refused([{ time: NaN, segments: [] }], "history[0].time");
    refused([{ time: 1, segments: [] }, { time: 1, segments: [] }], "history[1].time"); // prettier-ignore
    const bad = (segment: unknown) => [{ time: 0, segments: [{ segment: "ok", size: 1 }, segment] }];
    refused(bad(null), "history[0].segments[1]");
    refused(bad({ segment: 1, size: 1 }), "history[0].segments[1].segment");
    refused(bad({ segment: "ok", size: 1 }), "history[0].segments[1].segment");
    refused(bad({ segment: "b", size: 1.5 }), "history[0].segments[1].size");
    refused(bad({ segment: "b", size: 1, metrics: { share: 1 } }), "history[0].segments[1].metrics");
    refused(bad({ segment: "b", size: 1, metrics: { x: NaN } }), "history[0].segments[1].metrics[0]");
    refused(bad({ segment: "b", size: 1, metrics: { x: 1, y: { successes: 3, n: 2 } } }), "history[0].segments[1].metrics[1]"); // prettier-ignore
    expectRefusal(() => measureSegmentHealth(one([1]), { lowAlpha: 0.001, highAlpha: 0.01 }), "invalid-option", "options.highAlpha"); // prettier-ignore
    expectRefusal(() => measureSegmentHealth(one([1]), { leastPoints: 9, mostPoints: 8 }), "invalid-option", "options.mostPoints"); // prettier-ignore
  });
});
