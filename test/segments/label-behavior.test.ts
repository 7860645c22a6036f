import { randomOf } from "clientele/core";
import { type BehaviorEvent, type BehaviorRuleState, type BehaviorSegmentRule, labelBehaviorState, labelByBehavior, labelByRules, stepBehaviorRules } from "clientele/segments"; // prettier-ignore
import { fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const logFrom = (events: readonly BehaviorEvent[]): ReturnType<typeof logOf> =>
  logOf([...events].sort((a, b) => (a.customer < b.customer ? -1 : a.customer > b.customer ? 1 : 0)).map(({ customer, type, time }) => [customer, type, time])); // prettier-ignore

const rules: readonly BehaviorSegmentRule[] = [
  { name: "angry", when: { all: [{ did: "refund", atLeast: 2, withinDays: 30 }, { not: { did: "buy", withinDays: 10 } }] } },
  { name: "regular", when: { did: "buy", atLeast: 2, withinDays: 20 } },
  { name: "looker", when: { any: [{ did: ["visit", "search"], atLeast: 3 }, { did: "search", atMost: 0, withinDays: 5 }] } },
  { name: "regular", when: { did: "buy", atLeast: 1, atMost: 1, withinDays: 3 } },
]; // prettier-ignore

const event: fc.Arbitrary<BehaviorEvent> = fc.record({
  customer: fc.constantFrom("a", "b", "__proto__", "10", "\ud800"),
  type: fc.constantFrom("buy", "refund", "visit", "search", "other"),
  time: fc.integer({ min: 0, max: 80 }).map((halfDays) => (halfDays * day) / 2),
});

type Condition = BehaviorSegmentRule["when"];

/** Simple conditions on some types; often with a window, sometimes with a range that excludes 0. */
function leafOf(types: readonly string[]): fc.Arbitrary<Condition> {
  const type = fc.constantFrom(...types);
  const did = fc.oneof(type, fc.array(type, { minLength: 1, maxLength: 3 }));
  const small = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
  const withinDays = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });
  return fc
    .record({ did, atLeast: small, more: small, withinDays })
    .map(({ did: what, atLeast, more, withinDays: days }) => ({
      did: what,
      ...(atLeast !== undefined && { atLeast }),
      ...(more !== undefined && { atMost: (atLeast ?? 0) + more }),
      ...(days !== undefined && { withinDays: days }),
    }));
}

/** The definition of a condition, written out: how often it happened in the window, and whether that is enough. */
function holds(condition: Condition, events: readonly BehaviorEvent[], now: number): boolean {
  if ("all" in condition) return condition.all.every((part) => holds(part, events, now));
  if ("any" in condition) return condition.any.some((part) => holds(part, events, now));
  if ("not" in condition) return !holds(condition.not, events, now);
  const { did, atMost, withinDays = Infinity } = condition;
  const { atLeast = atMost === undefined ? 1 : 0 } = condition;
  const types = typeof did === "string" ? [did] : did;
  const times = events.filter(({ type, time }) => types.includes(type) && now - time < withinDays * day).length;
  return times >= atLeast && times <= (atMost ?? Infinity);
}

describe("behavioral rules", () => {
  it("count events within a window that excludes its far end and includes now", () => {
    const log = logOf([["ann", "buy", 10 * day], ["ann", "buy", 20 * day], ["bob", "visit", 0]]); // prettier-ignore
    const labelsAt = (asOf: number, when: BehaviorSegmentRule["when"]): number[] =>
      Array.from(labelByBehavior(log, { asOf, rules: [{ name: "x", when }] }).labels);
    const twice = { did: "buy", atLeast: 2, withinDays: 15 };
    expect(labelsAt(20 * day - 1, twice)).toEqual([-1, -1]);
    expect(labelsAt(20 * day, twice)).toEqual([0, -1]);
    expect(labelsAt(25 * day - 1, twice)).toEqual([0, -1]);
    expect(labelsAt(25 * day, twice)).toEqual([-1, -1]);
    expect(labelsAt(30 * day, { did: "buy", atMost: 1 })).toEqual([-1, 0]);
    expect(labelsAt(30 * day, { did: ["buy", "visit"], atLeast: 1, atMost: 1 })).toEqual([-1, 0]);
    expect(labelsAt(30 * day, { all: [{ did: "buy" }, { not: { did: "buy", withinDays: 10 } }] })).toEqual([0, -1]);
  });

  it("give the first rule that holds, and notes on overlaps, gaps and rules that win nobody", () => {
    const log = logOf([["a", "buy", 0], ["b", "visit", 0]]); // prettier-ignore
    const buy = { did: "buy" };
    const { labels, names, notes } = labelByBehavior(log, { asOf: 0, rules: [{ name: "one", when: buy }, { name: "two", when: buy }] }); // prettier-ignore
    expect([labels, names]).toEqual([Int32Array.of(0, -1), ["one", "two"]]);
    expect(notes.map(({ code }) => code)).toEqual(["overlapping-rules", "unmatched", "unused-rule"]);
  });

  it("are on a stream at any instant what they are on history, in whatever order events come", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.integer({ min: 0, max: 60 }), (events, wait) => {
        let state: BehaviorRuleState | undefined;
        const reported = new Map<string, string | null>();
        const step = (next: BehaviorEvent | { now: number }): void => {
          const before = JSON.stringify(state);
          const stepped = stepBehaviorRules(rules, state, next);
          expect(JSON.stringify(state)).toBe(before);
          for (const { customer, from, to } of stepped.changes) {
            expect(from).toBe(reported.get(customer) ?? null);
            expect(to).not.toBe(from);
            reported.set(customer, to);
          }
          // Through a file and back.
          state = JSON.parse(JSON.stringify(stepped.state)) as BehaviorRuleState;
        };
        const check = (seen: readonly BehaviorEvent[]): void => {
          const batch = labelByBehavior(logFrom(seen), { asOf: state?.now ?? 0, rules });
          expect(labelBehaviorState(rules, state)).toEqual(batch);
          return;
        };
        events.forEach((next, i) => {
          step(next);
          if (i % 5 === 0) check(events.slice(0, i + 1));
        });
        step({ now: wait * day });
        check(events);
        const { ids, labels, names } = labelBehaviorState(rules, state);
        ids.forEach((id, i) => expect(reported.get(id) ?? null).toBe(labels[i] < 0 ? null : names[labels[i]]));
      }),
    );
  });

  it("are whatever the definition says, on history and on a stream: any rules, any names", () => {
    const types = ["buy", "__proto__", "10", "constructor", "\ud800", "</script>"];
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leafOf(types),
        fc.record({ all: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }) }),
        fc.record({ not: tie("condition") }),
      ),
    }));
    const name = fc.constantFrom("x", "y", "__proto__", "");
    const anyRules = fc.array(fc.record({ name, when: condition }), { minLength: 1, maxLength: 4 });
    const happening = fc.record({
      customer: fc.constantFrom("a", "10", "2", "__proto__", "\udfff"),
      type: fc.constantFrom(...types),
      time: fc.integer({ min: 0, max: 9 }).map((days) => days * day),
    });
    fc.assert(
      fc.property(anyRules, fc.array(happening, { minLength: 1, maxLength: 30 }), (given, events) => {
        let state: BehaviorRuleState | undefined;
        for (const next of events) ({ state } = stepBehaviorRules(given, state, next));
        const now = Math.max(...events.map(({ time }) => time));
        const batch = labelByBehavior(logFrom(events), { asOf: now, rules: given });
        expect(labelBehaviorState(given, state)).toEqual(batch);
        batch.ids.forEach((id, row) => {
          const own = events.filter(({ customer }) => customer === id);
          const first = given.find(({ when }) => holds(when, own, now));
          expect(batch.labels[row] < 0 ? undefined : batch.names[batch.labels[row]]).toBe(first?.name);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("remember only the few times that decide", () => {
    let state: BehaviorRuleState | undefined;
    const random = randomOf(1);
    for (let i = 0; i < 3000; i++) {
      state = stepBehaviorRules(rules, state, {
        customer: "a",
        type: "buy",
        time: i * day + random.integer(day),
      }).state;
    }
    expect(JSON.stringify(state).length).toBeLessThan(1000);
  });

  it("are refused with the path of what is wrong", () => {
    const log = logOf([]);
    const label = (given: unknown): unknown => labelByBehavior(log, { asOf: 0, rules: given as never });
    const when = (condition: unknown): unknown => label([{ name: "x", when: condition }]);
    expectRefusal(() => label([{ name: 1, when: { did: "a" } }]), "invalid-option", "options.rules[0].name");
    expectRefusal(() => label([{ name: "x", wen: 1 }]), "unknown-option", "options.rules[0].wen");
    expectRefusal(() => when({ all: [] }), "invalid-option", "options.rules[0].when.all");
    expectRefusal(() => when({ all: [{ did: "a" }], any: [] }), "unknown-option", "options.rules[0].when.any");
    expectRefusal(
      () => when({ any: [{ did: "a" }, { not: null }] }),
      "invalid-option",
      "options.rules[0].when.any[1].not",
    );
    expectRefusal(() => when({ did: [] }), "invalid-option", "options.rules[0].when.did");
    expectRefusal(() => when({ did: "a", atleast: 2 }), "unknown-option", "options.rules[0].when.atleast");
    expectRefusal(() => when({ did: "a", atLeast: 1.5 }), "invalid-option", "options.rules[0].when.atLeast");
    expectRefusal(() => when({ did: "a", atLeast: 2, atMost: 1 }), "invalid-option", "options.rules[0].when.atMost");
    expectRefusal(() => when({ did: "a", withinDays: 0 }), "invalid-option", "options.rules[0].when.withinDays");
    let deep: unknown = { did: "a" };
    for (let i = 0; i < 63; i++) deep = { not: deep };
    expect(() => when(deep)).not.toThrow();
    expectRefusal(() => when({ not: deep }), "invalid-option");
    expectRefusal(() => when({ all: Array(10_001).fill({ did: "a" }) }), "invalid-option", "options.rules");
  });

  it("refuse events and states that are none", () => {
    const step = (state: unknown, next: unknown): unknown => stepBehaviorRules(rules, state as never, next as never);
    const { state } = stepBehaviorRules(rules, undefined, { customer: "a", type: "buy", time: 0 });
    expectRefusal(() => step(state, null), "invalid-value", "event");
    expectRefusal(() => step(state, { customer: "", type: "buy", time: 0 }), "invalid-value", "event.customer");
    expectRefusal(() => step(state, { customer: "a", type: 1, time: 0 }), "invalid-value", "event.type");
    expectRefusal(() => step(state, { customer: "a", type: "buy", time: NaN }), "invalid-value", "event.time");
    expectRefusal(() => step(state, { now: "0" }), "invalid-value", "event.now");
    for (const bad of [{}, null, { ...state, version: 2 }])
      expectRefusal(() => step(bad, { now: 0 }), "incompatible-model");
    expectRefusal(() => step({ ...state, customers: null }, { now: 0 }), "incompatible-model", "state.customers");
    expectRefusal(() => stepBehaviorRules([{ name: "x", when: { did: "buy" } }], state, { now: 0 }), "incompatible-model", "state.conditions"); // prettier-ignore
  });
});

describe("labelByRules", () => {
  const table = fromMatrix([[5, 1], [NaN, 2], [0, 3]], { names: ["spend", "__proto__"] }); // prettier-ignore
  const labels = (when: unknown): number[] =>
    Array.from(labelByRules(table, [{ name: "x", when: when as never }]).labels);

  it("compares features, combines conditions, and lets no comparison hold for a missing cell", () => {
    expect(labels({ feature: "spend", op: ">", value: 0 })).toEqual([0, -1, -1]);
    expect(labels({ feature: "spend", op: "<=", value: 0 })).toEqual([-1, -1, 0]);
    expect(labels({ feature: "spend", op: "!=", value: 0 })).toEqual([0, -1, -1]);
    expect(labels({ feature: "spend", op: "=", value: 5 })).toEqual([0, -1, -1]);
    expect(labels({ feature: "spend", op: "missing" })).toEqual([-1, 0, -1]);
    expect(labels({ not: { feature: "spend", op: ">=", value: 5 } })).toEqual([-1, 0, 0]);
    expect(labels({ all: [{ feature: "spend", op: "present" }, { feature: "__proto__", op: "<", value: 3 }] })).toEqual([0, -1, -1]); // prettier-ignore
    expect(labels({ any: [{ feature: "spend", op: "missing" }, { feature: "__proto__", op: ">=", value: 3 }] })).toEqual([-1, 0, 0]); // prettier-ignore
  });

  it("refuses unknown features, comparisons and keys with their paths", () => {
    expectRefusal(() => labels({ feature: "spent", op: ">", value: 0 }), "invalid-option", "rules[0].when.feature");
    expectRefusal(() => labels({ feature: "spend", op: "toString", value: 0 }), "invalid-option", "rules[0].when.op");
    expectRefusal(() => labels({ feature: "spend", op: ">", value: NaN }), "invalid-option", "rules[0].when.value");
    expectRefusal(() => labels({ feature: "spend", op: "missing", value: 0 }), "unknown-option", "rules[0].when.value");
    expectRefusal(() => labelByRules(table, []), "invalid-option", "rules");
    expectRefusal(() => labelByRules(null as never, []), "shape-mismatch", "table");
  });
});
