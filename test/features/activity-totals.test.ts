import { run } from "clientele/core";
import { readEvents, toEvents } from "clientele/events";
import { activityTotals, type CountedEvent, deriveActivity } from "clientele/features";
import type { FeatureTable } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = Date.UTC(2024, 3, 1, 5);
const anyEvent: fc.Arbitrary<CountedEvent> = fc.record({
  customer: fc.constantFrom("a", "b", "__proto__", "constructor", "10", "9"),
  type: fc.constantFrom("view", "buy"),
  time: fc.oneof(
    fc.integer({ min: asOf - 40 * day, max: asOf }),
    fc.integer({ min: 0, max: 60 }).map((hours) => asOf - hours * 3_600_000),
    fc.constantFrom(-day, -0, 0, -0.5, asOf),
  ),
});
const same = (a: FeatureTable, b: FeatureTable): boolean => bitsOf(a) === bitsOf(b);
const readers = { customer: "customer", type: "type", time: "time" };
const logOfEvents = (events: readonly CountedEvent[]): ReturnType<typeof readEvents>["log"] =>
  readEvents(events, readers).log;

accumulatorLaws("activityTotals", {
  accumulator: activityTotals({ asOf }),
  arbitraryInput: anyEvent,
  equal: same,
  batch: (events) => deriveActivity(logOfEvents(events), { asOf }),
});

const window = { asOf, windowDays: 7, timeZone: "Australia/Lord_Howe" };
accumulatorLaws("activityTotals in a window, with dates given up", {
  accumulator: activityTotals({ ...window, keepDays: 7 }),
  arbitraryInput: anyEvent,
  equal: same,
  batch: (events) => deriveActivity(logOfEvents(events), window),
});

describe("activityTotals", () => {
  it("is deriveActivity to the bit at any later asOf and with any window: yesterday's state plus today's events", () => {
    const windows = fc.constantFrom(1, 2.5, 28, 400, undefined);
    fc.assert(
      fc.property(fc.array(anyEvent), fc.array(anyEvent), fc.integer({ min: 0, max: 50 }), windows, (x, y, days, w) => {
        const yesterday = activityTotals({ asOf, timeZone: "America/New_York" });
        const state = x.reduce(yesterday.add.bind(yesterday), yesterday.init());
        const options = { asOf: asOf + days * day, timeZone: "America/New_York", windowDays: w };
        const today = activityTotals(options);
        const all = y.reduce(today.add.bind(today), structuredClone(state));
        expect(bitsOf(today.finish(all))).toBe(bitsOf(deriveActivity(logOfEvents([...x, ...y]), options)));
      }),
    );
  });

  it("keeps a state that grows with dates, not with events", () => {
    const totals = activityTotals({ asOf });
    let state = totals.init();
    for (let i = 0; i < 100_000; i++) state = totals.add(state, { customer: "a", type: "view", time: asOf - (i % 7) * day }); // prettier-ignore
    expect(JSON.stringify(state).length).toBeLessThan(300);
    expect(totals.finish(state).values[3]).toBe(100_000);
  });

  it("takes the events of a log as toEvents writes them", () => {
    const log = logOfEvents([
      { customer: "b", type: "view", time: 5 },
      { customer: "a", type: "view", time: 3 },
    ]);
    expect(bitsOf(run(activityTotals({ asOf }), toEvents(log)))).toBe(bitsOf(deriveActivity(log, { asOf })));
  });

  it("refuses events that are none, and events of the future, which belong to a later run", () => {
    const totals = activityTotals({ asOf });
    const good = { customer: "a", type: "view", time: 1 };
    for (const [wrong, path] of [
      [null, "event"],
      ["event", "event"],
      [{ ...good, customer: "" }, "event.customer"],
      [{ ...good, customer: 1 }, "event.customer"],
      [{ ...good, type: undefined }, "event.type"],
      [{ ...good, time: NaN }, "event.time"],
      [{ ...good, time: "1" }, "event.time"],
      [{ ...good, time: asOf + 1 }, "event.time"],
    ] as const) {
      expectRefusal(() => totals.add(totals.init(), wrong as CountedEvent), "invalid-value", path);
    }
  });

  it("refuses to go back before what a state knows", () => {
    const state = activityTotals({ asOf }).add(activityTotals({ asOf }).init(), {
      customer: "a",
      type: "x",
      time: asOf,
    });
    expectRefusal(() => activityTotals({ asOf: asOf - 1 }).finish(state), "invalid-value", "options.asOf");
  });

  it("refuses states whose dates were counted otherwise", () => {
    const totals = activityTotals({ asOf });
    const zoned = activityTotals({ asOf, timeZone: "Europe/Berlin" });
    const kept = activityTotals({ asOf, timeZone: "UTC", windowDays: 7, keepDays: 7 });
    for (const wrong of [zoned.init(), kept.init(), { ...totals.init(), version: 2 }, {}, null, "state"]) {
      expectRefusal(() => totals.finish(wrong as never), "incompatible-model", "state");
      expectRefusal(() => totals.merge(totals.init(), wrong as never), "incompatible-model", "state");
    }
  });

  it("refuses windows that a sum over dates cannot count", () => {
    expectRefusal(() => activityTotals({ asOf, windowDays: 7 }), "invalid-option", "options.timeZone");
    const zone = { asOf, timeZone: "UTC" };
    expectRefusal(() => activityTotals({ ...zone, keepDays: 7 }), "invalid-option", "options.windowDays");
    expectRefusal(
      () => activityTotals({ ...zone, keepDays: 7, windowDays: 8 }),
      "invalid-option",
      "options.windowDays",
    );
  });
});
