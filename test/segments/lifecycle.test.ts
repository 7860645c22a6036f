import { labelLifecycle, type LabelLifecycleOptions, type Lifecycle } from "clientele/segments";
import { quantile } from "clientele/numeric";
import { type EventLog, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { anyName } from "../support/arbitraries.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const at = (id: string, type: string, onDay: number, value = NaN, order: string | null = null): Happening => [
  id,
  type,
  onDay * day,
  value,
  order,
];
const stageOf = ({ ids, labels, names }: Lifecycle, id: string): string => names[labels[ids.indexOf(id)]];
const sinceOf = ({ ids, since }: Lifecycle, id: string): number => since[ids.indexOf(id)] / day;
const bought = (id: string, ...days: number[]): Happening[] => days.map((onDay) => at(id, "buy", onDay));

describe("labelLifecycle with fixed days", () => {
  const fixed = { purchase: "buy", churnDays: 60, atRiskDays: 40, created: "signup" };
  const stagesOver = (log: EventLog, id: string, days: readonly number[]): string[] =>
    days.map((onDay) => stageOf(labelLifecycle(log, { ...fixed, asOf: onDay * day }), id));

  it("leads through every stage of a life", () => {
    const log = logOf([at("ann", "signup", 0), at("ann", "visit", 3), ...bought("ann", 10, 45, 120, 130)]);
    const days = [0, 9, 10, 29, 30, 84, 85, 104, 105, 119, 120, 129, 130, 170, 190];
    expect(stagesOver(log, "ann", days)).toEqual([
      "prospect", "prospect", "new", "new", "active", "active", "atRisk", "atRisk", "churned", "churned",
      "reactivated", "reactivated", "active", "atRisk", "churned",
    ]); // prettier-ignore
    const since = days.map((onDay) => sinceOf(labelLifecycle(log, { ...fixed, asOf: onDay * day }), "ann"));
    expect(since).toEqual([0, 0, 10, 10, 30, 30, 85, 85, 105, 105, 120, 120, 130, 170, 190]);
  });

  it("counts silence in half-open intervals: at exactly the threshold the next stage has begun", () => {
    const log = logOf(bought("ann", 0));
    for (const [threshold, before, after] of [
      [40, "active", "atRisk"],
      [60, "atRisk", "churned"],
    ] as const) {
      expect(stageOf(labelLifecycle(log, { ...fixed, asOf: threshold * day - 1 }), "ann")).toBe(before);
      expect(stageOf(labelLifecycle(log, { ...fixed, asOf: threshold * day }), "ann")).toBe(after);
    }
    // Who buys at the very instant was never seen churned.
    expect(stagesOver(logOf(bought("bob", 0, 60)), "bob", [60])).toEqual(["active"]);
    expect(stagesOver(logOf(bought("bob", 0, 60.001)), "bob", [61])).toEqual(["reactivated"]);
  });

  it("calls nobody new for the first event in the log: only the creation of the profile does", () => {
    const log = logOf([...bought("old", 95), at("young", "signup", 80), ...bought("young", 95)]);
    const life = labelLifecycle(log, { ...fixed, asOf: 100 * day });
    expect([stageOf(life, "old"), stageOf(life, "young")]).toEqual(["active", "new"]);
    const silent = labelLifecycle(log, { asOf: 100 * day, purchase: "buy" });
    expect(stageOf(silent, "young")).toBe("active");
    expect(silent.notes.map(({ code }) => code)).toContain("no-profile-creation");
    expect(life.notes).toEqual([]);
  });

  it("takes times of creation from the caller too, also of customers without an event, and those not yet known as unknown", () => {
    const createdAt = { ann: 90 * day, ghost: 50 * day, later: 101 * day, "10": 60 * day };
    const log = logOf([...bought("ann", 95), at("bob", "visit", 20), ...bought("later", 99)]);
    const life = labelLifecycle(log, { asOf: 100 * day, purchase: "buy", createdAt });
    expect(new Set(life.ids)).toEqual(new Set(["ann", "bob", "later", "10", "ghost"]));
    expect(life.ids.map((id) => [id, stageOf(life, id), sinceOf(life, id)])).toEqual(
      expect.arrayContaining([["ann", "new", 95], ["bob", "prospect", 20], ["later", "active", 99], ["ghost", "prospect", 50]]), // prettier-ignore
    );
  });

  it("takes rows of one order, and purchases close together, as one purchase; refunds are none", () => {
    // The second row of the order that brought ann back is no repeat purchase.
    const log = logOf([at("ann", "buy", 0), at("ann", "buy", 100, 5, "o1"), at("ann", "buy", 102, 5, "o1"), at("ann", "buy", 103, -5)]); // prettier-ignore
    const options = { ...fixed, asOf: 110 * day };
    expect(stageOf(labelLifecycle(log, { ...options, order: "order" }), "ann")).toBe("reactivated");
    expect(stageOf(labelLifecycle(log, options), "ann")).toBe("active");
    expect(stageOf(labelLifecycle(log, { ...options, minDays: 3 }), "ann")).toBe("reactivated");
  });

  it("is at risk after half of churnDays unless told otherwise", () => {
    const { rule } = labelLifecycle(logOf([]), { asOf: 0, purchase: "buy", churnDays: 60 });
    expect(rule).toEqual({ newDays: 30, minDays: 1, atRiskDays: 30, churnDays: 60 });
  });
});

describe("labelLifecycle by each customer's own rhythm", () => {
  it("calls a silence of forty days a loss for who buys weekly, and only a risk for who buys monthly", () => {
    const weekly = Array.from({ length: 20 }, (_, i) => i * 7);
    const monthly = Array.from({ length: 5 }, (_, i) => i * 33);
    const log = logOf([...bought("weekly", ...weekly), ...bought("monthly", ...monthly)]);
    const life = labelLifecycle(log, { asOf: 173 * day, purchase: "buy", typicalDays: 14 });
    expect([stageOf(life, "weekly"), stageOf(life, "monthly")]).toEqual(["churned", "atRisk"]);
    // (19 · 7 + 3 · 14) / 22 and (4 · 33 + 3 · 14) / 7
    expect(life.atRiskDays[0]).toBeCloseTo(175 / 22, 10);
    expect(life.atRiskDays[1]).toBeCloseTo(174 / 7, 10);
    expect(life.churnDays[0]).toBeCloseTo(350 / 22, 10);
  });

  it("learns the typical pause as the median of the repeat buyers' own quantiles", () => {
    const log = logOf([...bought("a", 0, 10, 30), ...bought("b", 0, 40), ...bought("c", 0, 50), ...bought("d", 5)]);
    const { rule, atRiskDays } = labelLifecycle(log, { asOf: 60 * day, purchase: "buy", quantile: 0.5 });
    expect(rule).toMatchObject({ typicalDays: quantile([15, 40, 50], 0.5), quantile: 0.5, churnFactor: 2 });
    // Who bought once is judged by it alone.
    expect(atRiskDays[3]).toBe(40);
  });

  it("takes 90 days where nobody has bought twice, and says so", () => {
    const life = labelLifecycle(logOf(bought("a", 0)), { asOf: 89 * day, purchase: "buy" });
    expect(life.rule).toMatchObject({ typicalDays: 90 });
    expect(life.notes.map(({ code }) => code)).toEqual(["no-repeat-purchases", "no-profile-creation"]);
    expect(stageOf(life, "a")).toBe("active");
  });

  it("judges the past by what was known then: a long pause later on does not undo a return", () => {
    // Weekly, then away for half a year: that pause is one of the own pauses from the return on, not before.
    const log = logOf(bought("ann", 0, 7, 14, 21, 28, 200));
    const life = labelLifecycle(log, { asOf: 201 * day, purchase: "buy", typicalDays: 10 });
    expect([stageOf(life, "ann"), sinceOf(life, "ann")]).toEqual(["reactivated", 200]);
  });
});

describe("labelLifecycle, whatever happens", () => {
  const events = fc.array(
    fc.record({
      who: fc.constantFrom("a", "b", "__proto__", "10"),
      what: fc.constantFrom("buy", "buy", "signup", "visit"),
      onDay: fc.integer({ min: 0, max: 400 }),
    }),
    { maxLength: 40 },
  );
  const optionSets: fc.Arbitrary<Omit<LabelLifecycleOptions, "asOf">> = fc.constantFrom(
    { purchase: "buy", created: "signup" },
    { purchase: "buy", created: "signup", churnDays: 50, atRiskDays: 20, newDays: 25 },
    { purchase: "buy", created: "signup", quantile: 0.5, churnFactor: 3, priorPauses: 0 },
    { purchase: "buy", created: "signup", minDays: 0, newDays: 0, churnFactor: 1 },
    { purchase: "buy", minDays: 5, priorPauses: 1 },
  );
  const logFrom = (rows: readonly { who: string; what: string; onDay: number }[]): EventLog =>
    logOf(rows.map(({ who, what, onDay }) => at(who, what, onDay)));

  it("puts everyone who was seen into exactly one stage, entered between the first sight and now", () => {
    fc.assert(
      fc.property(events, optionSets, fc.integer({ min: 0, max: 500 }), (rows, options, today) => {
        const life = labelLifecycle(logFrom(rows), { ...options, asOf: today * day });
        const seen = rows.filter(({ onDay }) => onDay <= today);
        expect(new Set(life.ids)).toEqual(new Set(seen.map(({ who }) => who)));
        expect(life.ids.length).toBe(new Set(life.ids).size);
        life.ids.forEach((id, i) => {
          expect(life.names[life.labels[i]]).toBeDefined();
          const first = Math.min(...seen.filter(({ who }) => who === id).map(({ onDay }) => onDay));
          expect(life.since[i]).toBeGreaterThanOrEqual(first * day);
          expect(life.since[i]).toBeLessThanOrEqual(today * day);
          const buys = seen.some(({ who, what }) => who === id && what === "buy");
          expect(stageOf(life, id) === "prospect").toBe(!buys);
        });
      }),
    );
  });

  it("changes nothing when later events are deleted", () => {
    fc.assert(
      fc.property(events, optionSets, fc.integer({ min: 0, max: 500 }), (rows, options, today) => {
        const asOf = today * day;
        const earlier = labelLifecycle(logFrom(rows.filter(({ onDay }) => onDay <= today)), { ...options, asOf });
        const whole = labelLifecycle(logFrom(rows), { ...options, asOf });
        const byId = ({ ids, labels, since, atRiskDays, rule }: Lifecycle): unknown => [
          rule,
          new Map(ids.map((id, i) => [id, [labels[i], since[i], atRiskDays[i]]])),
        ];
        expect(byId(whole)).toEqual(byId(earlier));
      }),
    );
  });

  it("enters a stage when since says: there already at that instant, and in another one just before", () => {
    fc.assert(
      fc.property(events, optionSets, fc.integer({ min: 0, max: 500 }), (rows, options, today) => {
        const log = logFrom(rows);
        const life = labelLifecycle(log, { ...options, asOf: today * day });
        const again = (asOf: number): Lifecycle => labelLifecycle(log, { ...options, ...life.rule, asOf });
        expect(again(today * day).labels).toEqual(life.labels);
        life.ids.forEach((id, i) => {
          const there = again(life.since[i]);
          expect(stageOf(there, id)).toBe(stageOf(life, id));
          expect(there.since[there.ids.indexOf(id)]).toBe(life.since[i]);
          const before = again(life.since[i] - 0.01);
          if (before.ids.includes(id)) expect(stageOf(before, id)).not.toBe(stageOf(life, id));
        });
      }),
    );
  });

  it("takes any id, and an empty log", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { minLength: 1, maxLength: 5 }), (ids) => {
        const life = labelLifecycle(logOf(ids.map((id) => at(id, "buy", 1))), { asOf: 2 * day, purchase: "buy" });
        expect(life.ids).toEqual(ids);
      }),
    );
    const none = labelLifecycle(logOf([]), { asOf: 0, purchase: "buy" });
    expect([none.ids, none.labels, none.since]).toEqual([[], new Int32Array(0), new Float64Array(0)]);
  });

  it("reads a customer with two hundred thousand purchases", () => {
    const log = logOf(Array.from({ length: 200_000 }, (_, i) => at("ann", "buy", (i * 3) / 100 + (i % 7))));
    expect(labelLifecycle(log, { asOf: 6100 * day, purchase: "buy", minDays: 0 }).ids).toEqual(["ann"]);
  });

  it("refuses thresholds that contradict each other, unknown columns and what is no log", () => {
    const log = logOf(bought("a", 0));
    const base = { asOf: day, purchase: "buy" };
    expectRefusal(() => labelLifecycle(log, { ...base, atRiskDays: 5 }), "invalid-option", "options.churnDays");
    expectRefusal(() => labelLifecycle(log, { ...base, atRiskDays: 5, churnDays: 4 }), "invalid-option", "options.atRiskDays"); // prettier-ignore
    expectRefusal(() => labelLifecycle(log, { ...base, order: "basket" }), "invalid-option", "options.order");
    expectRefusal(() => labelLifecycle(fromMatrix([[1]]) as never, base), "shape-mismatch", "log");
  });
});
