import { sessionize } from "clientele/events";
import { measureDropOff, type DropOffReport, measureFunnel, type MeasureDropOffOptions } from "clientele/journeys";
import { median } from "clientele/numeric";
import { codesOf, nameAt } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testTwoByTwo } from "../../src/numeric/two-by-two.ts";
import { wilsonInterval } from "../../src/numeric/intervals.ts";
import { expectClose } from "../support/close-to.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;

/** One path, a letter per event, a minute apart. */
const path = (customer: string, letters: string, value?: number): Happening[] =>
  [...letters].map((type, i): Happening => [customer, type, i * minute, type === "p" ? (value ?? NaN) : NaN]);

/** Many customers with the same path. */
const times = (count: number, name: string, letters: string, value?: number): Happening[] =>
  Array.from({ length: count }, (_, i) => path(`${name}${i}`, letters, value)).flat();

const pointOf = ({ points }: DropOffReport, name: string): DropOffReport["points"][number] =>
  points.find((point) => point.name === name)!;

const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.tuple(
    fc.constantFrom("ann", "bob", "cid", "dan", "__proto__"),
    fc.constantFrom("a", "b", "p", "x", "__proto__"),
    fc.integer({ min: 0, max: 12 }).map((at) => at * minute),
    fc.constantFrom(NaN, 5, 8),
  ),
  { maxLength: 60 },
);

describe("measureDropOff", () => {
  it("agrees with the funnel of the same definition: reached, lost and pending of every step", () => {
    const definitions = fc.record({
      steps: fc.array(fc.constantFrom("a", "b", "p"), { minLength: 2, maxLength: 4 }),
      order: fc.constantFrom("sequential" as const, "strict" as const, "any" as const),
      reentry: fc.constantFrom("first" as const, "optimized" as const),
      windowMs: fc.constantFrom(undefined, 3 * minute),
      exclude: fc.constantFrom(undefined, { events: ["x"], rule: "stop" as const }, { events: ["x"], rule: "remove" as const }), // prettier-ignore
      asOf: fc.constantFrom(undefined, 6 * minute),
    });
    fc.assert(
      fc.property(happenings, definitions, (rows, options) => {
        const log = logOf(rows);
        const funnel = measureFunnel(log, options);
        const report = measureDropOff(log, options);
        expect(report.points).toHaveLength(options.steps.length - 1);
        for (const { step, reached, lost, pending, rate, interval } of report.points) {
          const { count, dropped, pending: open } = funnel.steps[step!];
          expect([reached, lost, pending]).toEqual([count, dropped - open, open]);
          const n = count - open;
          expect(rate).toBe(n === 0 ? null : lost / n);
          expect(interval).toEqual(n === 0 ? null : wilsonInterval({ successes: lost, n }));
        }
        const { converted, pending, later, steps } = funnel;
        expect(report).toMatchObject({ converted, pending, later, entered: steps[0].count });
        expect(report.lost + report.pending + report.converted).toBe(report.entered);
      }),
    );
  });

  it("finds where paths without the goal end, what they were doing, and what it cost, as counting by hand does", () => {
    fc.assert(
      fc.property(happenings, fc.constantFrom("p", "none"), (rows, goal) => {
        const log = logOf(rows);
        const { starts } = log.byCustomer;
        const paths = [...log.customer.names.keys()].map((c) =>
          Array.from({ length: starts[c + 1] - starts[c] }, (_, i) => ({
            type: nameAt(log.type, starts[c] + i)!,
            time: log.time[starts[c] + i],
            value: log.value[starts[c] + i],
          })),
        );
        const report = measureDropOff(log, { goal });
        const [won, lost] = [true, false].map((has) =>
          paths.filter((p) => p.some(({ type }) => type === goal) === has),
        );
        expect(report).toMatchObject({ converted: won.length, lost: lost.length, pending: 0 });
        const values = won.map((p) => p.slice(0, p.findIndex(({ type }) => type === goal) + 1)).flat().map(({ value }) => value).filter((value) => !Number.isNaN(value)); // prettier-ignore
        const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / won.length;
        expect(report.valuePerConversion).toBe(mean);
        for (const point of report.points) {
          const here = lost.filter((p) => p.at(-1)!.type === point.name);
          expect(point.lost).toBe(here.length);
          expect(point.lostValue).toBe(mean === null ? null : mean * here.length);
          const before = paths.map((p) => p.slice(0, (p.findIndex(({ type }) => type === goal) + 1 || p.length + 1) - 1)); // prettier-ignore
          expect(point.reached).toBe(before.filter((p) => p.some(({ type }) => type === point.name)).length);
          const waits = here.map((p) => p.at(-1)!.time - p.find(({ type }) => type === point.name)!.time);
          expect(point.medianMs).toBe(waits.length === 0 ? null : median(waits));
          const followers = here.map((p) => p[p.findIndex(({ type }) => type === point.name) + 1]?.type ?? "(end)");
          expect(point.next.reduce((sum, { count }) => sum + count, 0)).toBe(here.length);
          for (const { event, count } of point.next) expect(count).toBe(followers.filter((type) => type === event).length); // prettier-ignore
        }
        expect(report.points.reduce((sum, point) => sum + point.lost, 0)).toBe(lost.length);
      }),
    );
  });

  it("ranks points by what they lose", () => {
    const rows = [...times(5, "cart", "cx"), ...times(2, "look", "l"), ...times(3, "paid", "lcp", 20)];
    const report = measureDropOff(logOf(rows), { goal: "p" });
    expect(report.points.map(({ name, lost, lostValue }) => [name, lost, lostValue])).toEqual([
      ["x", 5, 100], ["l", 2, 40], ["c", 0, 0],
    ]); // prettier-ignore
    expect(report).toMatchObject({ valuePerConversion: 20, lostValue: 140 });
    expect(pointOf(report, "l")).toMatchObject({ reached: 5, rate: 0.4, shareOfLost: 2 / 7 });
  });

  it("values lost paths by what they had gathered on request", () => {
    const rows: Happening[] = [["ann", "c", 0, 7], ["ann", "x", 1, 2], ["bob", "l", 0], ["cid", "c", 0, 1], ["cid", "p", 1, 30]]; // prettier-ignore
    const report = measureDropOff(logOf(rows), { goal: "p", value: "paths" });
    expect(report.points.map(({ name, lostValue }) => [name, lostValue])).toEqual([["x", 9], ["l", 0], ["c", 0]]); // prettier-ignore
    expect(report).toMatchObject({ lostValue: 9, valuePerConversion: 31 });
    const bare = measureDropOff(logOf([["ann", "c", 0]]), { value: "paths" });
    expect(bare).toMatchObject({ lostValue: null, valuePerConversion: null });
  });

  it("tells what the lost do next, last, and for how long, within the window", () => {
    const rows = [...path("ann", "chc"), ...path("bob", "ch"), ...path("cid", "c"), ...path("dan", "cp")];
    const lost = pointOf(measureDropOff(logOf(rows), { steps: ["c", "p"] }), "c");
    expect(lost.next).toEqual([{ event: "h", count: 2, share: 2 / 3 }, { event: "(end)", count: 1, share: 1 / 3 }]); // prettier-ignore
    expect(lost.last).toEqual([{ event: "c", count: 2, share: 2 / 3 }, { event: "h", count: 1, share: 1 / 3 }]); // prettier-ignore
    expect([lost.medianMs, lost.quartilesMs]).toEqual([minute, [minute / 2, 1.5 * minute]]);
    const within = measureDropOff(logOf(rows), { steps: ["c", "p"], windowMs: minute, asOf: 9 * minute });
    expect(pointOf(within, "c").last).toEqual([{ event: "h", count: 2, share: 2 / 3 }, { event: "c", count: 1, share: 1 / 3 }]); // prettier-ignore
    expect(pointOf(measureDropOff(logOf(rows), { steps: ["c", "p"], top: 1 }), "c").next).toHaveLength(1);
  });

  it("finds the event that stands in the way, and the attempts that were made again", () => {
    const rows = [
      ...times(40, "stuck", "cvee"), ...times(10, "gone", "cv"), ...times(60, "fine", "cvp"), ...times(5, "luck", "cvep"),
    ]; // prettier-ignore
    const { stumblingBlocks, loops, notes } = measureDropOff(logOf(rows), { steps: ["c", "v", "p"] });
    expect(stumblingBlocks).toHaveLength(1);
    const { oddsRatio, interval, pValue } = testTwoByTwo({ a: 40, b: 10, c: 5, d: 60 })!;
    expect(stumblingBlocks[0]).toMatchObject({
      event: "e", after: "v", before: "p", lost: 40, lostShare: 0.8, advanced: 5, advancedShare: 5 / 65, oddsRatio, interval, pValue,
    }); // prettier-ignore
    // Two questions were asked: once, and again.
    const again = testTwoByTwo({ a: 40, b: 10, c: 0, d: 65 })!;
    expect(loops).toMatchObject([{ event: "e", lost: 40, advanced: 0, oddsRatio: again.oddsRatio, pValue: again.pValue }]); // prettier-ignore
    const larger = Math.max(pValue, again.pValue);
    expectClose(Math.max(stumblingBlocks[0].adjustedPValue, loops[0].adjustedPValue), larger, { relative: 1e-12, because: "the last of two keeps its p-value" }); // prettier-ignore
    expect(notes.map(({ code }) => code)).toEqual(["longer-watched"]);
    expect(measureDropOff(logOf(rows), { steps: ["c", "v", "p"], minPaths: 46 }).stumblingBlocks).toEqual([]);
    const byGoal = measureDropOff(logOf(rows), { goal: "p" }).stumblingBlocks;
    expect(byGoal).toMatchObject([{ event: "e", after: null, before: null, lost: 40, advanced: 5 }]);
  });

  it("has points, but nothing to compare, where there is no goal; sessions end where they end", () => {
    const log = logOf([["ann", "a", 0], ["ann", "b", 1], ["ann", "a", 90 * minute]]); // prettier-ignore
    const report = measureDropOff(log, { per: sessionize(log) });
    expect(report).toMatchObject({ entered: 2, converted: 0, lost: 2, stumblingBlocks: [], loops: [], notes: [] });
    expect(report.points.map(({ name, reached, lost }) => [name, reached, lost])).toEqual([["a", 2, 1], ["b", 1, 1]]); // prettier-ignore
    const early = measureDropOff(log, { asOf: 1 });
    expect(early).toMatchObject({ entered: 1, later: 1 });
    expect(early.points[0]).toMatchObject({ name: "b", lost: 1 });
  });

  it("is empty of an empty log, and says that a goal never occurs", () => {
    expect(measureDropOff(logOf([]))).toEqual({
      entered: 0, converted: 0, lost: 0, pending: 0, valuePerConversion: null, lostValue: null, points: [],
      stumblingBlocks: [], loops: [], ignored: 0, emptied: 0, later: 0, notes: [],
    }); // prettier-ignore
    expect(measureDropOff(logOf(path("ann", "ab")), { goal: "p" }).notes[0].code).toBe("absent-goal");
    const empty = measureDropOff(logOf([]), { steps: ["a", "b"] });
    expect(empty.points).toMatchObject([{ name: "a", reached: 0, lost: 0, rate: null, interval: null, medianMs: null }]); // prettier-ignore
    expect(measureDropOff(logOf(path("ann", "ab")), { steps: ["a"] }).points).toMatchObject([{ reached: 1, lost: 0 }]);
  });

  it("refuses questions that contradict themselves, and values without a sum", () => {
    const log = logOf(path("ann", "ab"));
    const refused = (options: MeasureDropOffOptions, where: string): void =>
      expectRefusal(() => measureDropOff(log, options), "invalid-option", where);
    refused({ steps: ["a", "b"], goal: "b" }, "options.goal");
    refused({ goal: "b", states: ["a"] }, "options.goal");
    refused({ goal: "b", windowMs: 1 }, "options.windowMs");
    refused({ order: "any" }, "options.order");
    refused({ reentry: "optimized" }, "options.reentry");
    refused({ stepWindowsMs: 1 }, "options.stepWindowsMs");
    refused({ exclude: { events: ["a"], rule: "stop" } }, "options.exclude");
    const endless = logOf([["ann", "p", 0, Infinity]]);
    expectRefusal(() => measureDropOff(endless, { goal: "p" }), "invalid-value", "log.value");
  });

  it("walks a path of 100,000 steps among 10,000 event types", () => {
    const length = 100_000;
    const names = Array.from({ length: 10_000 }, (_, i) => `page ${i}`);
    const base = logOf(Array.from({ length }, (_, i): Happening => [`c${i % 3}`, "a", i]));
    const log = { ...base, type: codesOf(Array.from({ length }, (_, i) => names[(i * 7919) % 10_000])) };
    expect(measureDropOff(log, { goal: "none" }).points).toHaveLength(10_000);
    expect(measureDropOff(log, { steps: names.slice(0, 20), order: "strict" }).entered).toBe(3);
  });
});
