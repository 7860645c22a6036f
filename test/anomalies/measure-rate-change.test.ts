import { measureRateChange } from "clientele/anomalies";
import { readEventColumns } from "clientele/events";
import type { EventLog } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { type Random, randomOf } from "../../src/core/random.ts";
import { log as logarithm } from "../../src/numeric/elementary.ts";
import { expectClose } from "../support/close-to.ts";
import { hostileNames } from "../support/hostile.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;

/** Events spread evenly over (from, to], in days. */
function evenly(customer: string, count: number, from: number, to: number): [string, string, number][] {
  return Array.from({ length: count }, (_, i) => [customer, "order", (from + ((i + 1) * (to - from)) / count) * day]);
}

/** A customer who has been there long before the baseline. */
function regular(id: string, recent: number, baseline: number, recentDays: number, baselineDays: number): EventLog {
  const asOf = baselineDays + recentDays;
  return logOf([
    [id, "order", -100 * day],
    ...evenly(id, baseline, 0, baselineDays),
    ...evenly(id, recent, baselineDays, asOf),
  ]);
}

/** Arrival times of a Poisson process, in days. */
function arrivals(random: Random, rate: number, from: number, to: number): number[] {
  const times: number[] = [];
  for (let t = from; ; times.push(t)) {
    t -= logarithm(1 - random.next()) / rate;
    if (t > to) return times;
  }
}

describe("measureRateChange", () => {
  it.each([
    [10, 12, 14, 90, 0.000533686138359461],
    [0, 20, 14, 90, 0.11097199623591857],
    [3, 0, 7, 30, 0.013543126764456204],
    [1, 1, 14, 90, 0.5022189349112426],
    [250, 900, 30, 90, 0.010697698396764784],
    [40, 200, 30, 100, 0.018866630380966944],
    [0, 0, 14, 90, 1],
    [5, 15, 30, 90, 1],
  ])("holds %i recent events against %i: %f and %f days", (recentCount, baselineCount, recentDays, baselineDays, p) => {
    // SciPy 1.10: 2 · min over both sides of binomtest(recent, recent + baseline, recentDays / (recentDays + baselineDays)),
    // which is nbinom.sf(recent − 1, baseline + 1, share) above and nbinom.cdf(recent, baseline, share) below.
    const log = regular("a", recentCount, baselineCount, recentDays, baselineDays);
    const report = measureRateChange(log, { asOf: (recentDays + baselineDays) * day, recentDays, baselineDays });
    const [only] = report.customers;
    expect(only).toMatchObject({ id: "a", recentCount, baselineCount, exposureDays: baselineDays });
    expectClose(only.pValue, p, { relative: 1e-11, because: "SciPy's own rounding" });
    expect(only.adjustedPValue).toBe(only.pValue);
    const expected = (baselineCount * recentDays) / baselineDays;
    expectClose(only.expectedCount, expected, { relative: 1e-12, because: "rounding" });
    expect(only.direction).toBe(recentCount > expected ? "up" : recentCount < expected ? "down" : "none");
    if (baselineCount === 0) expect(only.rateRatio).toBeNull();
    else expectClose(only.rateRatio ?? NaN, recentCount / expected, { relative: 1e-12, because: "rounding" });
  });

  it("calls a steady customer changed no more often than it says, whatever the rate", () => {
    for (const rate of [0.02, 0.2, 2]) {
      const random = randomOf(5, Math.round(100 * rate));
      const happenings = Array.from({ length: 2000 }, (_, i) =>
        arrivals(random, rate, -60, 104).map((t): [string, string, number] => [`c${i}`, "visit", t * day]),
      ).flat();
      const report = measureRateChange(logOf(happenings), { asOf: 104 * day, baselineDays: 90, recentDays: 14 });
      for (const level of [0.01, 0.05, 0.2]) {
        const share = report.customers.filter(({ pValue }) => pValue <= level).length / report.customers.length;
        // Exact tests are valid: at most the level, and four standard deviations of chance.
        expect(share).toBeLessThan(level + 4 * Math.sqrt(level / report.customers.length));
      }
      expect(report.changed).toBeLessThanOrEqual(2);
      expect(report.notes).toEqual([]);
    }
  });

  it("finds the customers whose rate was changed, with few false ones, also beside more frequent customers", () => {
    const random = randomOf(11);
    const happenings: [string, string, number][] = [];
    for (let i = 0; i < 1000; i++) {
      const rate = 0.05 + 2 * random.next();
      const factor = i < 30 ? 6 : i < 60 ? 0 : 1;
      const times = [
        ...arrivals(random, rate, -90, 90),
        ...(factor === 0 ? [] : arrivals(random, factor * rate, 90, 104)),
      ];
      for (const t of times) happenings.push([`c${i}`, "visit", t * day]);
    }
    const report = measureRateChange(logOf(happenings), { asOf: 104 * day, baselineDays: 90, recentDays: 14 });
    const found = report.customers.filter(({ changed }) => changed);
    const isTrue = ({ id }: { id: string }): boolean => Number(id.slice(1)) < 60;
    expect(found.filter(isTrue).length).toBeGreaterThan(42);
    expect(found.filter((one) => !isTrue(one)).length).toBeLessThan(10);
    for (const { id, direction } of found.filter(isTrue))
      expect(direction).toBe(Number(id.slice(1)) < 30 ? "up" : "down");
    expect(report.changed).toBe(found.length);
  });

  it("adjusts for the number of customers as R's p.adjust does", () => {
    const log = logOf(
      [5, 9, 14].flatMap((recent, i): [string, string, number][] => [
        [`c${i}`, "order", -9 * day],
        ...evenly(`c${i}`, 9, 0, 90),
        ...evenly(`c${i}`, recent, 90, 120),
      ]),
    );
    const { customers } = measureRateChange(log, { asOf: 120 * day, baselineDays: 90, recentDays: 30 });
    const [a, b, c] = customers.map(({ pValue }) => pValue);
    expect(a > b && b > c).toBe(true);
    const expected = [a, Math.min(a, 1.5 * b), Math.min(a, 1.5 * b, 3 * c)];
    expectClose(customers.map(({ adjustedPValue }) => adjustedPValue), expected, { relative: 1e-14, because: "rounding" }); // prettier-ignore
  });

  it("begins the history of a customer who came during the baseline at the first event, which does not count", () => {
    const log = logOf([["a", "order", 60 * day], ...evenly("a", 4, 70, 78), ["a", "order", 95 * day]]);
    const [only] = measureRateChange(log, { asOf: 100 * day, baselineDays: 90, recentDays: 10 }).customers;
    expect(only).toMatchObject({ baselineCount: 4, recentCount: 1, exposureDays: 30 });
  });

  it("counts the windows (asOf − recent, asOf] and the days before them, and nothing after asOf", () => {
    const at = (t: number): [string, string, number] => ["a", "order", t * day];
    const log = logOf([-1, 0, 0.5, 90, 90.5, 100, 100.5].map(at));
    const [only] = measureRateChange(log, { asOf: 100 * day, baselineDays: 90, recentDays: 10 }).customers;
    expect(only).toMatchObject({ baselineCount: 2, recentCount: 2, exposureDays: 90 });
    const early = measureRateChange(log, { asOf: -2 * day, baselineDays: 90, recentDays: 10 });
    expect(early).toEqual({ customers: [], changed: 0, withoutHistory: 0, notes: [] });
  });

  it("leaves out customers without a history, and says how many", () => {
    const log = logOf([["new", "order", 95 * day], ["edge", "order", 90 * day], ...evenly("old", 3, 5, 50)]); // prettier-ignore
    const report = measureRateChange(log, { asOf: 100 * day, baselineDays: 90, recentDays: 10 });
    expect(report.customers.map(({ id }) => id)).toEqual(["old"]);
    expect(report.withoutHistory).toBe(2);
  });

  it("counts only the events asked for", () => {
    const log = logOf([
      ["a", "order", -1],
      ...evenly("a", 3, 0, 90),
      ["a", "click", 95 * day],
      ["a", "call", 96 * day],
    ]);
    const options = { asOf: 100 * day, baselineDays: 90, recentDays: 10 };
    const recent = (event?: string | string[]): number => measureRateChange(log, { ...options, event }).customers[0].recentCount; // prettier-ignore
    expect([recent(), recent("order"), recent(["order", "call"])]).toEqual([2, 0, 1]);
    expect(measureRateChange(log, { ...options, event: "no such" }).customers).toEqual([]);
  });

  it("notes that many changed at once", () => {
    const log = logOf(
      Array.from({ length: 40 }, (_, i): [string, string, number][] => [
        [`c${i}`, "order", -day],
        ...evenly(`c${i}`, 20, 0, 90),
        ...evenly(`c${i}`, 20, 90, 100),
      ]).flat(),
    );
    const report = measureRateChange(log, { asOf: 100 * day, baselineDays: 90, recentDays: 10 });
    expect(report.changed).toBe(40);
    expect(report.notes.map(({ code }) => code)).toEqual(["many-changes"]);
    expect(report.notes[0].message).not.toMatch(/c\d/);
  });

  it("keeps hostile names, copes with an empty log, and refuses windows beyond the calendar", () => {
    const log = logOf(hostileNames.flatMap((name): [string, string, number][] => evenly(name, 3, 1, 50)));
    const ids = measureRateChange(log, { asOf: 100 * day, baselineDays: 90, recentDays: 10 }).customers.map(
      ({ id }) => id,
    );
    expect(new Set(ids)).toEqual(new Set(hostileNames));
    expect(measureRateChange(logOf([]), { asOf: 0, baselineDays: 1, recentDays: 1 }).customers).toEqual([]);
    const wide = { asOf: 0, baselineDays: 1e12, recentDays: 1 };
    expectRefusal(() => measureRateChange(log, wide), "invalid-option", "options.baselineDays");
    expectRefusal(() => measureRateChange(log, { ...wide, baselineDays: 1e308, recentDays: 1e308 }), "invalid-option");
  });

  it("measures a hundred thousand customers", () => {
    const customer = Array.from({ length: 1_000_000 }, (_, i) => `c${i % 100_000}`);
    const time = Float64Array.from({ length: 1_000_000 }, (_, i) => ((i * 7919) % 1_000_003) * 100_000);
    const { log } = readEventColumns({ customer, type: customer.map(() => "v"), time });
    const report = measureRateChange(log, { asOf: 1.0e11, baselineDays: 900, recentDays: 257 });
    expect(report.customers.length).toBeGreaterThan(99_000);
  });
});
