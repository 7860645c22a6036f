import { replayTriggers, type TriggerContext, type TriggerRule, type TriggerState } from "clientele/actions";
import { readEvents, toEvents } from "clientele/events";
import type { ConsentRecord, EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inAnyOrder, type Message, streamTriggers } from "../support/trigger-stream.ts";

const minute = 60_000;
const start = Date.UTC(2024, 2, 30, 20);
const types = ["view", "cart", "buy", "__proto__"];
const zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata"];

const when = fc.integer({ min: 0, max: 300 }).map((step) => start + step * 7 * minute);
const customers = fc.constantFrom("ann", "bo", "__proto__", "\ud800");

const rows = fc.array(
  fc.record({
    customer: customers,
    type: fc.constantFrom(...types),
    time: when,
    value: fc.option(fc.integer({ min: 0, max: 9 })),
    cart: fc.option(fc.constantFrom("1", "2", "/", "__proto__")),
    segment: fc.option(fc.constantFrom("gold", "new"), { freq: 2 }),
    timeZone: fc.option(fc.constantFrom(...zones), { freq: 2 }),
  }),
  { maxLength: 60 },
);

const condition = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((atLeast) => ({ field: "value", atLeast })),
  fc.constantFrom("1", "2").map((equals) => ({ field: "cart", equals })),
  fc.boolean().map((present) => ({ not: { field: "cart", present } })),
);
const pattern = fc.oneof(
  fc.constantFrom(...types),
  fc.subarray(types, { minLength: 1 }),
  fc.record({ where: condition }),
  fc.record({ type: fc.constantFrom(...types), where: condition }),
);
const minutes = fc.constantFrom(0, 7, 14, 60, 120, 600);

const rule = fc.record(
  {
    on: pattern,
    unless: pattern,
    afterMinutes: minutes,
    by: fc.constantFrom("customer", "cart"),
    restart: fc.constantFrom("latest" as const, "first" as const),
    reentry: fc.oneof(fc.constantFrom("every" as const, "once" as const), minutes.map((afterMinutes) => ({ afterMinutes }))),
    cooldownMinutes: minutes,
    purpose: fc.constant("mail"),
    quietHours: fc.constantFrom({ from: 21, to: 8, timeZone: "Europe/Berlin" }, { from: 1.5, to: 2.5, timeZone: "UTC" }),
    segments: fc.constantFrom(["gold"], ["new", "none"]),
    exceptSegments: fc.constant(["new"]),
    priority: fc.integer({ min: 0, max: 2 }),
    capped: fc.boolean(),
    holdout: fc.constantFrom({ share: 0.5 }, { share: 0.3, group: "all" }),
    shape: fc.oneof(
      fc.record({ count: fc.record({ atLeast: fc.integer({ min: 1, max: 3 }), withinMinutes: minutes, distinct: fc.constantFrom(undefined, "cart") }) }),
      fc.record({ count: fc.record({ atLeast: fc.integer({ min: 1, max: 3 }), sessionMinutes: fc.constantFrom(7, 60), distinct: fc.constantFrom(undefined, "cart") }) }),
      fc.record({ then: fc.array(fc.record({ on: pattern, withinMinutes: minutes }), { minLength: 1, maxLength: 2 }) }),
      fc.record({ reorder: fc.record({ factor: fc.constantFrom(0.5, 1.2), fewestGaps: fc.integer({ min: 1, max: 2 }), longestGapDays: fc.constantFrom(0.1, 1) }) }),
      fc.constant({}),
    ),
  },
  { requiredKeys: ["on", "afterMinutes", "shape"] },
); // prettier-ignore
const rules = fc
  .array(rule, { maxLength: 5 })
  .map((list) => list.map(({ shape, ...rest }, i): TriggerRule => ({ name: ["a", "__proto__", "1:", "a/", ""][i], ...rest, ...shape }))); // prettier-ignore

const consents = fc.array(
  fc
    .record({ customer: customers, granted: when, days: fc.option(fc.integer({ min: 0, max: 200 })) })
    .map(({ customer, granted, days }): ConsentRecord => ({ customer, purpose: "mail", granted, ...(days === null ? {} : { withdrawn: granted + days * 7 * minute }) })), // prettier-ignore
  { maxLength: 6 },
);
const context = fc.record(
  {
    consents,
    segments: fc.constant({ ann: "gold", ["__proto__x"]: "new" }),
    timeZones: fc.constant({ bo: "Asia/Tokyo" }),
    frequencyCap: fc.record({ messages: fc.integer({ min: 1, max: 3 }), days: fc.constantFrom(0.01, 0.1, 1) }),
    latenessMinutes: fc.constantFrom(0, 30, 1440),
    salt: fc.constant("s"),
  },
  { requiredKeys: [] },
);

function logOf(list: readonly object[]): EventLog {
  const extra = { cart: "cart", segment: "segment", timeZone: "timeZone" };
  return readEvents(list as Record<string, unknown>[], { customer: "customer", type: "type", time: "time", value: "value", extra }).log; // prettier-ignore
}

/** Events of all customers by time, with ticks between. */
function streamOf(log: EventLog, ticks: readonly number[], until: number): Message[] {
  const events = toEvents(log).filter(({ time }) => time <= until);
  const all = [
    ...events.map((event, i) => ({ at: event.time, order: 1, i, message: event })),
    ...ticks.filter((now) => now <= until).map((now, i) => ({ at: now, order: now % 2, i, message: { now } })),
  ];
  all.sort((a, b) => a.at - b.at || a.order - b.order || a.i - b.i);
  return [...all.map(({ message }) => message), { now: until }];
}

describe("a replay", () => {
  it("gives what live steps give, whatever ticks come between", () => {
    fc.assert(
      fc.property(rules, rows, fc.array(when), when, context, (list, events, ticks, until, options: TriggerContext) => {
        const log = logOf(events);
        const replay = replayTriggers(list, log, { ...options, until });
        const live = streamTriggers(list, streamOf(log, ticks, until), options);
        expect(inAnyOrder(replay.actions)).toEqual(inAnyOrder(live.actions));
        expect(inAnyOrder(replay.suppressed)).toEqual(inAnyOrder(live.suppressed));
        expect(inAnyOrder(replay.cancelled)).toEqual(inAnyOrder(live.cancelled));
        expect(live.lateCancellations).toEqual([]);
        for (const { rule: name, armed, sent, cancelled, pending, suppressed } of replay.rules) {
          const held = Object.values(suppressed).reduce((sum, count) => sum + count, 0);
          expect(armed, name).toBe(sent + cancelled + pending + held);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("hands out a state from which live steps go on as if they had seen it all", () => {
    fc.assert(
      fc.property(rules, rows, when, context, (list, events, half, options: TriggerContext) => {
        const log = logOf(events);
        const until = start + 5000 * minute;
        const first = replayTriggers(list, log, { ...options, until: half, keepState: true });
        const state = JSON.parse(JSON.stringify(first.state)) as TriggerState;
        const rest = streamOf(log, [], until).filter((message) => !("time" in message) || message.time > half);
        const live = streamTriggers(list, rest, options, state);
        const whole = replayTriggers(list, log, { ...options, until });
        expect(inAnyOrder([...first.actions, ...live.actions])).toEqual(inAnyOrder(whole.actions));
        expect(inAnyOrder([...first.suppressed, ...live.suppressed])).toEqual(inAnyOrder(whole.suppressed));
      }),
      { numRuns: 300 },
    );
  });
});
