import { run } from "clientele/core";
import { type ClosedSession, deriveSessions, readEvents, sessionize, sessionTotals } from "clientele/events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;
type Event = {
  customer: string;
  type: string;
  time: number;
  value: number | null;
  campaign: string | null;
  id: string;
};

// Values in quarters add up exactly in any order, so sessions must be the same to the bit.
const anyEvent: fc.Arbitrary<Event> = fc.record({
  customer: fc.constantFrom("__proto__", "ann", "10"),
  type: fc.constantFrom("view", "app_open", "buy"),
  time: fc.integer({ min: 0, max: 80 }).map((step) => Date.UTC(2024, 2, 30, 20) + step * 10 * minute),
  value: fc.oneof(
    fc.constant(null),
    fc.integer({ min: -400, max: 400 }).map((quarters) => quarters / 4),
  ),
  campaign: fc.constantFrom(null, "", "spring", "brand"),
  id: fc.uuid(),
});
const equal = (a: ClosedSession[], b: ClosedSession[]): boolean => JSON.stringify(a) === JSON.stringify(b);

function batch(events: readonly Event[], options: Parameters<typeof sessionize>[1]): ClosedSession[] {
  const extra = { campaign: (event: Event) => event.campaign ?? "" };
  const { log } = readEvents(events, {
    customer: "customer",
    type: "type",
    time: "time",
    value: "value",
    id: "id",
    extra,
  });
  const sessions = sessionize(log, events.length === 0 ? { ...options, campaign: undefined } : options);
  const { values, names } = deriveSessions(log, sessions);
  return Array.from({ length: values.length / names.length }, (_, s) => {
    const [code, start, durationMs, count, value] = values.subarray(s * names.length);
    return { customer: log.customer.names[code], start, end: start + durationMs, events: count, value: value + 0 };
  });
}

for (const [name, options] of [
  ["sessionTotals by pauses", { timeoutMinutes: 30 }],
  [
    "sessionTotals by all rules",
    { startOn: ["app_open"], campaign: "campaign", splitAtMidnight: true, timeZone: "Europe/Berlin" },
  ],
] as const) {
  accumulatorLaws(name, {
    accumulator: sessionTotals(options),
    arbitraryInput: anyEvent,
    equal,
    batch: (inputs) => batch(inputs as readonly Event[], options),
  });
}

describe("sessionTotals", () => {
  it("remembers sessions, not events, where nothing but pauses cuts", () => {
    const totals = sessionTotals();
    let state = totals.init();
    for (let i = 0; i < 10_000; i++)
      state = totals.add(state, { customer: "ann", type: "view", time: ((i * 7919) % 10_000) * 1000 });
    expect(JSON.stringify(state).length).toBeLessThan(60_000);
    expect(totals.finish(state)).toEqual([{ customer: "ann", start: 0, end: 9_999_000, events: 10_000, value: 0 }]);
  });

  it("orders equal times by arrival, first state first, where no id does", () => {
    const totals = sessionTotals({ startOn: ["app_open"] });
    const of = (type: string) => totals.add(totals.init(), { customer: "ann", type, time: 0 });
    expect(totals.finish(totals.merge(of("view"), of("app_open")))).toHaveLength(2);
    expect(totals.finish(totals.merge(of("app_open"), of("view")))).toHaveLength(1);
  });

  it("refuses bad options, bad events and sums that overflow", () => {
    expectRefusal(() => sessionTotals({ timeoutMinutes: -1 }), "invalid-option", "options.timeoutMinutes");
    const event = { customer: "ann", type: "buy", time: 0, value: 1e308 };
    expectRefusal(() => run(sessionTotals(), [{ ...event, customer: "" }]), "invalid-value", "event.customer");
    expectRefusal(() => run(sessionTotals(), [event, event]), "invalid-value", "event.value");
  });
});
