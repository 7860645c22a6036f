import { readEvents, sessionize } from "clientele/events";
import { measureFunnel, type FunnelReport, type FunnelStep, type MeasureFunnelOptions } from "clientele/journeys";
import { quantile } from "clientele/numeric";
import { codesOf, labelsOf, nameAt } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;
const hour = 60 * minute;

/** One path, a letter per event; a digit after a letter moves on by so many minutes, otherwise by one. */
function path(customer: string, letters: string): Happening[] {
  let at = 0;
  return [...letters.matchAll(/([a-z])(\d*)/gi)].map(([, type, wait]): Happening => {
    at += wait === "" ? minute : Number(wait) * minute;
    return [customer, type, at];
  });
}

const countsOf = ({ steps }: { readonly steps: readonly FunnelStep[] }): number[] => steps.map(({ count }) => count);
const lettersReach = (letters: string, options: MeasureFunnelOptions): number[] =>
  countsOf(measureFunnel(logOf(path("ann", letters)), options));

interface Event {
  readonly type: string;
  readonly time: number;
}

/** What one attempt comes to: the steps it reached, or that an excluded event removed it. */
interface Outcome {
  readonly reach: number;
  readonly removed: boolean;
}

/**
 * The definitions read aloud, one entry at a time, by trying everything: the longest subsequence, run of neighbors, or set that
 * begins at an entry and keeps to the windows.
 */
function attemptFrom(events: readonly Event[], entry: number, options: MeasureFunnelOptions): Outcome {
  const { order = "sequential", windowMs = Infinity, exclude, reentry = "first" } = options;
  const steps = options.steps as readonly string[];
  const windows = options.stepWindowsMs as number | undefined;
  const inTime = events.slice(entry).filter(({ time }) => time - events[entry].time <= windowMs);
  const cut = inTime.findIndex(({ type }) => exclude?.events.includes(type) === true);
  const free = cut < 0 ? inTime : inTime.slice(0, cut);
  let reach = 0;
  if (order === "sequential") {
    const longest = (from: number, step: number, last: number): number => {
      let best = step;
      for (let i = from; i < free.length && step < steps.length; i++) {
        const late = step > 0 && windows !== undefined && free[i].time - last > windows;
        if (free[i].type === steps[step] && !late) best = Math.max(best, longest(i + 1, step + 1, free[i].time));
        // The clock of a step runs from where the step before was first reached.
        if (reentry === "first" && best > step) break;
      }
      return best;
    };
    reach = longest(1, 1, free[0].time);
  } else if (order === "strict") {
    for (let start = 0; start < (reentry === "first" ? free.length : 1); start++) {
      let run = 0;
      while (run < steps.length && free[start + run]?.type === steps[run]) run++;
      reach = Math.max(reach, run);
    }
  } else {
    while (reach < steps.length && free.some(({ type }) => type === steps[reach])) reach++;
  }
  return { reach, removed: exclude?.rule === "remove" && cut >= 0 && reach < steps.length && reach > 0 };
}

/** How many steps a path reaches; −1 = it is removed. */
function reachOf(events: readonly Event[], options: MeasureFunnelOptions): number {
  const steps = options.steps as readonly string[];
  const { order, reentry, windowMs = Infinity, exclude } = options;
  const enters = ({ type }: Event): boolean => (order === "any" ? steps.includes(type) : type === steps[0]);
  const entries = [...events.keys()].filter((i) => enters(events[i]));
  if (reentry === "optimized") {
    const outcomes = entries.map((entry) => attemptFrom(events, entry, options)).filter(({ reach }) => reach > 0);
    const kept = outcomes.filter(({ removed }) => !removed);
    if (outcomes.length > 0 && kept.length === 0) return -1;
    return kept.reduce((most, { reach }) => Math.max(most, reach), 0);
  }
  for (let next = 0; ;) {
    const entry = entries.find((i) => i >= next);
    if (entry === undefined) return 0;
    const { reach, removed } = attemptFrom(events, entry, options);
    if (reach > 0) return removed ? -1 : reach;
    // In any order an attempt without the first step is no entry; the next begins when it is over.
    const over = events.findIndex(
      ({ type, time }, i) => i > entry && (time - events[entry].time > windowMs || exclude?.events.includes(type)),
    );
    if (over < 0) return 0;
    next = over;
  }
}

const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.tuple(
    fc.constantFrom("ann", "bob", "__proto__"),
    fc.constantFrom("a", "b", "c", "x", "__proto__"),
    fc.integer({ min: 0, max: 12 }).map((at) => at * minute),
  ),
  { maxLength: 36 },
);
const definitions: fc.Arbitrary<MeasureFunnelOptions> = fc.record({
  steps: fc.array(fc.constantFrom("a", "b", "c", "__proto__"), { minLength: 1, maxLength: 4 }),
  order: fc.constantFrom("sequential" as const, "strict" as const, "any" as const, undefined),
  reentry: fc.constantFrom("first" as const, "optimized" as const, undefined),
  windowMs: fc.constantFrom(undefined, minute, 3 * minute, 5.5 * minute),
  exclude: fc.constantFrom(undefined, { events: ["x"], rule: "remove" as const }, { events: ["x"], rule: "stop" as const }), // prettier-ignore
});

function reachesOf(rows: readonly Happening[], options: MeasureFunnelOptions): number[] {
  const log = logOf(rows);
  return [...log.customer.names.keys()].map((customer) => {
    const events: Event[] = [];
    for (let row = log.byCustomer.starts[customer]; row < log.byCustomer.starts[customer + 1]; row++) {
      events.push({ type: nameAt(log.type, row)!, time: log.time[row] });
    }
    return reachOf(events, options);
  });
}

describe("measureFunnel", () => {
  it("counts what trying everything finds, for every order, window, exclusion and entry", () => {
    fc.assert(
      fc.property(happenings, definitions, (rows, options) => {
        const report = measureFunnel(logOf(rows), options);
        const reaches = reachesOf(rows, options);
        const wanted = options.steps.map((_, step) => reaches.filter((reach) => reach > step).length);
        expect(countsOf(report)).toEqual(wanted);
        expect(report.removed).toBe(reaches.filter((reach) => reach < 0).length);
      }),
      { numRuns: 1500 },
    );
  });

  it("keeps to windows between steps as trying everything does", () => {
    const order = fc.constantFrom("first" as const, "optimized" as const);
    fc.assert(
      fc.property(happenings, definitions, order, fc.integer({ min: 1, max: 4 }), (rows, given, reentry, most) => {
        const options: MeasureFunnelOptions = { ...given, exclude: undefined, order: "sequential", reentry, stepWindowsMs: most * minute }; // prettier-ignore
        const reaches = reachesOf(rows, options);
        const wanted = options.steps.map((_, step) => reaches.filter((reach) => reach > step).length);
        expect(countsOf(measureFunnel(logOf(rows), options))).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it("adds up: dropped is what the next step lacks, pending is part of it, and shards of customers sum to the whole", () => {
    fc.assert(
      fc.property(happenings, definitions, (rows, given) => {
        const options = { ...given, asOf: 12 * minute };
        const whole = measureFunnel(logOf(rows), options);
        whole.steps.forEach((step, i) => {
          const next = whole.steps[i + 1]?.count ?? step.count;
          expect(step.dropped).toBe(step.count - next);
          expect(step.pending).toBeLessThanOrEqual(step.dropped);
          expect(step.closed.count).toBeLessThanOrEqual(step.count);
        });
        const parts = ["ann", "bob", "__proto__"].map((who) =>
          measureFunnel(logOf(rows.filter(([customer]) => customer === who)), options),
        );
        const sumOf = (read: (report: FunnelReport, step: number) => number, step: number): number =>
          parts.reduce((sum, part) => sum + read(part, step), 0);
        whole.steps.forEach((step, i) => {
          expect(sumOf(({ steps }, at) => steps[at].count, i)).toBe(step.count);
          expect(sumOf(({ steps }, at) => steps[at].pending, i)).toBe(step.pending);
          expect(sumOf(({ steps }, at) => steps[at].closed.count, i)).toBe(step.closed.count);
        });
        expect(sumOf(({ removed }) => removed, 0)).toBe(whole.removed);
      }),
    );
  });

  it("does not depend on the order in which events with distinct times arrive", () => {
    fc.assert(
      fc.property(happenings, definitions, fc.integer(), (rows, options, salt) => {
        const apart = rows.map(([who, what], i): Happening => [who, what, i * minute]);
        const mixed = apart
          .map((row, i) => ({ row, key: Math.imul(i ^ salt, 0x9e3779b1) }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        expect(bitsOf(measureFunnel(logOf(mixed), options))).toBe(bitsOf(measureFunnel(logOf(apart), options)));
      }),
    );
  });

  // Mixpanel's documentation of funnels: A 1:00, A 1:30, B 1:45, C 2:15 with a window of an hour.
  it("runs the clock from the first entry, or from the best one on request", () => {
    const at = (time: string): number => Number(time.split(":")[0]) * hour + Number(time.split(":")[1]) * minute;
    const log = logOf([["ann", "A", at("1:00")], ["ann", "A", at("1:30")], ["ann", "B", at("1:45")], ["ann", "C", at("2:15")]]); // prettier-ignore
    const steps = ["A", "B", "C"];
    expect(countsOf(measureFunnel(log, { steps, windowMs: hour }))).toEqual([1, 1, 0]);
    expect(countsOf(measureFunnel(log, { steps, windowMs: hour, reentry: "optimized" }))).toEqual([1, 1, 1]);
    // 75 minutes, the window included.
    expect(countsOf(measureFunnel(log, { steps, windowMs: 75 * minute }))).toEqual([1, 1, 1]);
    expect(countsOf(measureFunnel(log, { steps, windowMs: 75 * minute - 1 }))).toEqual([1, 1, 0]);
  });

  // Amplitude's and PostHog's documentation of orders.
  it("lets others come between in sequence, and not in strict order, where a fresh attempt may follow", () => {
    expect(lettersReach("ABDCDE", { steps: ["A", "B", "C", "E"] })).toEqual([1, 1, 1, 1]);
    const strict = { steps: ["A", "B", "C"], order: "strict" as const };
    expect(lettersReach("ABDC", strict)).toEqual([1, 1, 0]);
    expect(lettersReach("ABDABC", strict)).toEqual([1, 1, 1]);
    expect(lettersReach("AABC", strict)).toEqual([1, 1, 1]);
    expect(lettersReach("ABDABC", { ...strict, windowMs: 5 * minute })).toEqual([1, 1, 1]);
    expect(lettersReach("ABDABC", { ...strict, windowMs: 4 * minute })).toEqual([1, 1, 0]);
    expect(lettersReach("ABDABC", { ...strict, windowMs: 4 * minute, reentry: "optimized" })).toEqual([1, 1, 1]);
    // Events that are no states are not there.
    expect(lettersReach("ABDC", { ...strict, states: ["A", "B", "C"] })).toEqual([1, 1, 1]);
  });

  it("takes the first steps in any order, once each", () => {
    const any = { steps: ["A", "B", "C"], order: "any" as const };
    expect(lettersReach("CBA", any)).toEqual([1, 1, 1]);
    expect(lettersReach("CA", any)).toEqual([1, 0, 0]);
    expect(lettersReach("CB", any)).toEqual([0, 0, 0]);
    expect(lettersReach("CB10A20", { ...any, windowMs: 15 * minute })).toEqual([1, 0, 0]);
  });

  it("lets one event take one step of those in order", () => {
    expect(lettersReach("A", { steps: ["A", "A"] })).toEqual([1, 0]);
    expect(lettersReach("AA", { steps: ["A", "A"] })).toEqual([1, 1]);
    expect(lettersReach("AA", { steps: ["A", "A"], reentry: "optimized" })).toEqual([1, 1]);
    expect(lettersReach("AAB", { steps: ["A", "A", "B"], order: "strict" })).toEqual([1, 1, 1]);
    expect(lettersReach("AAAB", { steps: ["A", "A", "B"], order: "strict" })).toEqual([1, 1, 1]);
    expect(lettersReach("AA", { steps: ["A", "A"], selfLoops: "collapse" })).toEqual([1, 0]);
  });

  it("removes whoever does an excluded event between the steps, or stops them there, by the rule that is named", () => {
    const steps = ["A", "B", "C"];
    const rows = [...path("ann", "ABXC"), ...path("bob", "ABCX"), ...path("cid", "XABC"), ...path("dan", "A")];
    const with_ = (rule: "remove" | "stop"): FunnelReport =>
      measureFunnel(logOf(rows), { steps, exclude: { events: ["X"], rule } });
    expect(countsOf(with_("remove"))).toEqual([3, 2, 2]);
    expect(with_("remove")).toMatchObject({ removed: 1, stopped: 0, converted: 2 });
    expect(countsOf(with_("stop"))).toEqual([4, 3, 2]);
    expect(with_("stop")).toMatchObject({ removed: 0, stopped: 1, converted: 2 });
    // An excluded event after the window does not matter.
    const late = measureFunnel(logOf(path("ann", "ABX90")), { steps, windowMs: hour, exclude: { events: ["X"], rule: "remove" } }); // prettier-ignore
    expect(late).toMatchObject({ removed: 0, converted: 0 });
  });

  it("keeps those apart whose window has not closed, and has the conversion of those whose window has", () => {
    const rows = [...path("ann", "A0B60"), ...path("bob", "A0"), ...path("cid", "A600"), ...path("dan", "A600B10")];
    const steps = ["A", "B", "C"];
    const windowMs = 2 * hour;
    const report = measureFunnel(logOf(rows), { steps, windowMs, asOf: 11 * hour });
    expect(report.steps.map(({ count, dropped, pending }) => [count, dropped, pending])).toEqual([[4, 2, 1], [2, 2, 1], [0, 0, 0]]); // prettier-ignore
    expect(report.pending).toBe(2);
    expect(report.steps.map(({ closed }) => closed.count)).toEqual([2, 1, 0]);
    expect(report.steps[1].closed).toEqual({ count: 1, conversionOverall: 0.5, conversionFromPrevious: 0.5 });
    expect(measureFunnel(logOf(rows), { steps, windowMs, asOf: 12 * hour }).pending).toBe(2);
    expect(measureFunnel(logOf(rows), { steps, windowMs, asOf: 12 * hour + 1 }).pending).toBe(0);
    expect(measureFunnel(logOf(rows), { steps, windowMs, asOf: 99 * hour }).pending).toBe(0);
    // By default one looks at the log's last event; without a window nobody is waited for.
    expect(measureFunnel(logOf(rows), { steps, windowMs })).toMatchObject({ asOf: 610 * minute, pending: 2 });
    expect(measureFunnel(logOf(rows), { steps })).toMatchObject({ pending: 0 });
    // Later events are not read.
    const early = measureFunnel(logOf(rows), { steps, windowMs, asOf: hour - 1 });
    expect(countsOf(early)).toEqual([2, 0, 0]);
    expect(early).toMatchObject({ later: 4, paths: 2, pending: 2 });
  });

  it("lets the clock of a step run out where steps have windows of their own", () => {
    const steps = ["A", "B", "C"];
    expect(lettersReach("AB5C6", { steps, stepWindowsMs: 5 * minute })).toEqual([1, 1, 0]);
    expect(lettersReach("AB5C6", { steps, stepWindowsMs: [5 * minute, 6 * minute] })).toEqual([1, 1, 1]);
    expect(lettersReach("AB50C6", { steps, stepWindowsMs: [null, 6 * minute] })).toEqual([1, 1, 1]);
    expect(lettersReach("ABB4C4", { steps, stepWindowsMs: 5 * minute })).toEqual([1, 1, 0]);
    expect(lettersReach("ABB4C4", { steps, stepWindowsMs: 5 * minute, reentry: "optimized" })).toEqual([1, 1, 1]);
    const report = measureFunnel(logOf([...path("ann", "AB5"), ...path("bob", "A")]), { steps, stepWindowsMs: 5 * minute }); // prettier-ignore
    expect(report.steps.map(({ pending }) => pending)).toEqual([1, 1, 0]);
  });

  it("counts every entry on request, the next one when an attempt is over", () => {
    const steps = ["A", "B"];
    const counting = "total" as const;
    expect(lettersReach("ABAB", { steps, counting })).toEqual([2, 2]);
    expect(lettersReach("AABAA", { steps, counting })).toEqual([2, 1]);
    expect(lettersReach("AA30A45", { steps, counting, windowMs: hour })).toEqual([2, 0]);
    expect(lettersReach("AXAB", { steps, counting, exclude: { events: ["X"], rule: "stop" } })).toEqual([2, 1]);
    expect(lettersReach("AXAB", { steps, counting, exclude: { events: ["X"], rule: "remove" } })).toEqual([1, 1]);
    expect(lettersReach("BACBA", { steps, counting, order: "any" })).toEqual([2, 2]);
    expect(lettersReach("ABXAB", { steps, counting, order: "strict" })).toEqual([2, 2]);
  });

  it("counts sessions where paths are sessions", () => {
    const log = logOf(path("ann", "ABA90BC"));
    const steps = ["A", "B", "C"];
    expect(countsOf(measureFunnel(log, { steps }))).toEqual([1, 1, 1]);
    expect(countsOf(measureFunnel(log, { steps, per: sessionize(log) }))).toEqual([2, 2, 1]);
    const cut = logOf(path("ann", "ABC90"));
    expect(countsOf(measureFunnel(cut, { steps, per: sessionize(cut) }))).toEqual([1, 1, 0]);
  });

  it("takes any of several events as a step", () => {
    const steps = [{ name: "look", events: ["a", "b"] }, { name: "buy", events: ["c"] }]; // prettier-ignore
    const report = measureFunnel(logOf([...path("ann", "bc"), ...path("bob", "ca"), ...path("cid", "c")]), { steps });
    expect(report.steps.map(({ name, count }) => [name, count])).toEqual([["look", 2], ["buy", 1]]); // prettier-ignore
  });

  it("has the shares, Wilson intervals and type-7 times of each step", () => {
    const rows = Array.from({ length: 50 }, (_, i) => path(`c${i}`, i < 15 ? `a0b${i + 1}` : "a0")).flat();
    const { steps, conversion } = measureFunnel(logOf(rows), { steps: ["a", "b"] });
    expect(conversion).toBe(0.3);
    expect(steps[0]).toMatchObject({ conversionOverall: 1, conversionFromPrevious: 1, medianMs: null, quartilesMs: null }); // prettier-ignore
    // R: binom.confint(15, 50, methods = "wilson")
    expectClose(steps[1].interval!, [0.19104, 0.4375], { absolute: 5e-6, because: "printed to five digits" });
    expect(steps[1].intervalFromPrevious).toEqual(steps[1].interval);
    const waits = Array.from({ length: 15 }, (_, i) => (i + 1) * minute);
    expect(steps[1].medianMs).toBe(quantile(waits, 0.5));
    expect(steps[1].quartilesMs).toEqual([quantile(waits, 0.25), quantile(waits, 0.75)]);
    const three = measureFunnel(logOf(path("ann", "a0b5c7")), { steps: ["a", "b", "c"] }).steps[2];
    expect([three.medianMs, three.medianFromStartMs]).toEqual([7 * minute, 12 * minute]);
  });

  it("is told by the value of a column at the first step, and by groups of customers", () => {
    const steps = ["a", "b"];
    const rows: Happening[] = [
      ["ann", "a", 0, NaN, "web"], ["ann", "b", 1, NaN, "app"], ["bob", "a", 0, NaN, "web"],
      ["cid", "a", 0, NaN, "__proto__"], ["cid", "b", 1, NaN, "web"], ["dan", "a", 0, NaN, null],
    ]; // prettier-ignore
    const log = logOf(rows);
    const partsOf = (breakdown: MeasureFunnelOptions["breakdown"]): unknown[] =>
      measureFunnel(log, { steps, breakdown }).breakdown!.map((part) => [part.name, ...countsOf(part)]);
    expect(partsOf("order")).toEqual([["web", 2, 1], ["__proto__", 1, 1], [null, 1, 0]]); // prettier-ignore
    const labels = labelsOf(log.customer.names.map((name) => (name === "bob" ? -1 : name === "dan" ? 1 : 0)));
    expect(partsOf({ labels, names: ["old", "new"] })).toEqual([["old", 2, 2], ["new", 1, 0], [null, 1, 0]]); // prettier-ignore
    expect(partsOf({ labels })).toEqual([["0", 2, 2], ["1", 1, 0], [null, 1, 0]]); // prettier-ignore
    expect(measureFunnel(log, { steps }).breakdown).toBeNull();
    expectRefusal(() => partsOf("no such"), "invalid-option", "options.breakdown");
    expectRefusal(() => partsOf({ labels: labelsOf([0]) }), "shape-mismatch", "options.breakdown.labels");
    expectRefusal(() => partsOf({ labels, names: ["one"] }), "shape-mismatch", "options.breakdown.names");
  });

  it("is told by the value at the last step reached, or at one of the steps, whoever did not reach it being apart", () => {
    const rows: Happening[] = [
      ["ann", "a", 0, NaN, "web"], ["ann", "b", 1, NaN, "app"], ["ann", "c", 2, NaN, "web"],
      ["bob", "a", 0, NaN, "web"], ["bob", "b", 1, NaN, "app"],
      ["cid", "a", 0, NaN, "app"], ["dan", "a", 0, NaN, null], ["dan", "b", 1, NaN, "web"],
    ]; // prettier-ignore
    const log = logOf(rows);
    const steps = ["a", "b", "c"];
    const partsAt = (breakdownAt: MeasureFunnelOptions["breakdownAt"], order?: "any"): unknown[] =>
      measureFunnel(log, { steps, breakdown: "order", breakdownAt, order }).breakdown!.map((part) => [part.name, ...countsOf(part)]); // prettier-ignore
    expect(partsAt("first")).toEqual([["web", 2, 2, 1], ["app", 1, 0, 0], [null, 1, 1, 0]]); // prettier-ignore
    expect(partsAt(0)).toEqual(partsAt("first"));
    expect(partsAt("last")).toEqual([["app", 2, 1, 0], ["web", 2, 2, 1]]); // prettier-ignore
    expect(partsAt(1)).toEqual([["app", 2, 2, 1], ["web", 1, 1, 0], [null, 1, 0, 0]]); // prettier-ignore
    expect(partsAt(2)).toEqual([["web", 1, 1, 1], [null, 3, 2, 0]]); // prettier-ignore
    expect(partsAt(1, "any")).toEqual(partsAt(1));
    expectRefusal(() => partsAt(3), "invalid-option", "options.breakdownAt");
    const labels = labelsOf([0, 0, 1, 1]);
    expectRefusal(() => measureFunnel(log, { steps, breakdown: { labels }, breakdownAt: "last" }), "invalid-option", "options.breakdownAt"); // prettier-ignore
  });

  it("adds up to the whole over the parts of any breakdown", () => {
    const places = fc.constantFrom("first" as const, "last" as const, 0);
    fc.assert(
      fc.property(happenings, definitions, places, fc.constantFrom("unique" as const, "total" as const), (rows, given, breakdownAt, counting) => {
        const options: MeasureFunnelOptions = { ...given, reentry: "first", breakdown: "order", breakdownAt, counting, asOf: 12 * minute };
        const { steps, breakdown } = measureFunnel(logOf(rows.map(([who, what, at], i): Happening => [who, what, at, NaN, [null, "x", "__proto__"][i % 3]])), options);
        steps.forEach((step, i) => {
          const sumOf = (read: (part: FunnelStep) => number): number => breakdown!.reduce((sum, part) => sum + read(part.steps[i]), 0);
          expect(sumOf(({ count }) => count)).toBe(step.count);
          expect(sumOf(({ pending }) => pending)).toBe(step.pending);
          expect(sumOf(({ closed }) => closed.count)).toBe(step.closed.count);
        });
      }),
    ); // prettier-ignore
  });

  it("is empty of an empty log, and says which step never occurs", () => {
    const report = measureFunnel(logOf([]), { steps: ["a", "b"], breakdown: "order" });
    expect(report).toMatchObject({ converted: 0, conversion: null, pending: 0, paths: 0, asOf: null, breakdown: [] });
    const empty = { count: 0, conversionOverall: null, conversionFromPrevious: null, dropped: 0, pending: 0, interval: null, medianMs: null }; // prettier-ignore
    expect(report.steps).toMatchObject([{ name: "a", ...empty }, { name: "b", ...empty }]); // prettier-ignore
    expect(report.notes.map(({ code }) => code)).toEqual(["absent-step", "absent-step"]);
    expect(measureFunnel(logOf(path("ann", "a")), { steps: ["a", "oops"] }).notes).toEqual([
      { code: "absent-step", message: "options.steps[1]: the log has no such event." },
    ]);
    expect(measureFunnel(logOf(path("ann", "a")), { steps: ["a"], windowMs: 1 }).steps[0]).toMatchObject({
      count: 1, dropped: 0, pending: 0, closed: { count: 1 },
    }); // prettier-ignore
  });

  it("says which excluded event never occurs: misspelled, it would exclude nothing", () => {
    const exclude = { events: ["x", "xx"], rule: "stop" as const };
    const { notes } = measureFunnel(logOf(path("ann", "axb")), { steps: ["a", "b"], exclude });
    expect(notes.map(({ code, message }) => [code, message.split(":")[0]])).toEqual([["absent-exclusion", "options.exclude.events[1]"]]); // prettier-ignore
  });

  it("refuses definitions that contradict themselves", () => {
    const log = logOf(path("ann", "abx"));
    const steps = ["a", "b"];
    const refused = (options: object, where: string): void =>
      expectRefusal(() => measureFunnel(log, { steps, ...options }), "invalid-option", where);
    refused({ states: ["a"] }, "options.steps[1]");
    refused({ states: ["a", "b"], exclude: { events: ["x"], rule: "stop" } }, "options.exclude.events");
    refused({ exclude: { events: ["b"], rule: "stop" } }, "options.exclude.events");
    refused({ stepWindowsMs: [1, 2] }, "options.stepWindowsMs");
    refused({ stepWindowsMs: 1, order: "any" }, "options.stepWindowsMs");
    refused({ counting: "total", reentry: "optimized" }, "options.reentry");
    refused({ stepWindowsMs: 1, reentry: "optimized", exclude: { events: ["x"], rule: "remove" } }, "options.stepWindowsMs"); // prettier-ignore
    expectRefusal(() => measureFunnel(log, undefined as never), "invalid-option", "options.steps");
  });

  it("walks a path of 100,000 steps among 10,000 event types", () => {
    const length = 100_000;
    const names = Array.from({ length: 10_000 }, (_, i) => `page ${i}`);
    const { log } = readEvents(
      Array.from({ length }, (_, i) => ({ who: "ann", what: names[(i * 7919) % 10_000], at: i })),
      { customer: "who", type: "what", time: "at" },
    );
    const steps = [names[1], names[2], names[3], names[4], names[5]];
    for (const order of ["sequential", "any"] as const) {
      for (const reentry of ["first", "optimized"] as const) {
        expect(countsOf(measureFunnel(log, { steps, order, reentry }))).toEqual([1, 1, 1, 1, 1]);
      }
    }
    const same = { ...log, type: codesOf(new Array<string>(length).fill("a")) };
    for (const reentry of ["first", "optimized"] as const) {
      const options: MeasureFunnelOptions = { steps: new Array<string>(100).fill("a"), order: "strict", reentry };
      expect(countsOf(measureFunnel(same, options))[99]).toBe(1);
    }
  });
});
