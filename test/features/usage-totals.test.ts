import { run } from "clientele/core";
import { readEvents, toEvents } from "clientele/events";
import { type CountedEvent, deriveUsage, usageTotals } from "clientele/features";
import type { FeatureTable } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accumulatorLaws } from "../laws/accumulator-laws.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = Date.UTC(2024, 3, 1, 5);
const anyEvent: fc.Arbitrary<CountedEvent> = fc.record(
  {
    customer: fc.constantFrom("a", "b", "__proto__", "10", "9"),
    type: fc.constantFrom("view", "buy", "__proto__", "constructor"),
    time: fc.oneof(
      fc.integer({ min: asOf - 40 * day, max: asOf }),
      fc.integer({ min: 0, max: 60 }).map((hours) => asOf - hours * 3_600_000),
      fc.constantFrom(-day, 0, -0.5),
    ),
    page: fc.constantFrom("home", "__proto__", null, undefined, 7),
  },
  { requiredKeys: ["customer", "type", "time"] },
);
const same = (a: FeatureTable, b: FeatureTable): boolean => bitsOf(a) === bitsOf(b);
const readers = { customer: "customer", type: "type", time: "time", extra: { page: "page" } };
const logOfEvents = (events: readonly CountedEvent[]): ReturnType<typeof readEvents>["log"] =>
  readEvents([...events].sort((a, b) => a.time - b.time), readers).log; // prettier-ignore

const types = { features: ["view", "__proto__"], asOf };
accumulatorLaws("usageTotals of event types", {
  accumulator: usageTotals(types),
  arbitraryInput: anyEvent,
  equal: same,
  batch: (events) => deriveUsage(logOfEvents(events), types),
});

const pages = { featureColumn: "page", asOf, windowDays: 7, timeZone: "Australia/Lord_Howe" };
accumulatorLaws("usageTotals of a column in a window, with dates given up", {
  accumulator: usageTotals({ ...pages, keepDays: 7 }),
  arbitraryInput: anyEvent,
  equal: (a, b) => a.names.length !== b.names.length || same(a, b),
});

describe("usageTotals", () => {
  it("is deriveUsage to the bit, for any later asOf and other features than before", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), fc.array(anyEvent), fc.integer({ min: 0, max: 50 }), (before, after, days) => {
        const first = usageTotals({ features: ["buy"], asOf, timeZone: "America/New_York" });
        let state = before.reduce(first.add.bind(first), first.init());
        const later = asOf + days * day;
        const features = { both: ["view", "buy"], odd: "__proto__" };
        const options = { features, asOf: later, timeZone: "America/New_York", windowDays: 28 };
        const second = usageTotals(options);
        state = after.reduce(second.add.bind(second), state);
        expect(bitsOf(second.finish(state))).toBe(bitsOf(deriveUsage(logOfEvents([...before, ...after]), options)));
      }),
    );
  });

  it("takes the events of a log as toEvents writes them", () => {
    const { log } = readEvents(
      [
        { customer: "b", type: "view", time: 5, page: "home" },
        { customer: "a", type: "view", time: 3, page: 7 },
        { customer: "a", type: "buy", time: 4, page: null },
      ],
      readers,
    );
    const options = { featureColumn: "page", asOf };
    expect(bitsOf(run(usageTotals(options), toEvents(log)))).toBe(bitsOf(deriveUsage(log, options)));
  });

  it("forgets the dates that keepDays gives up, and no other", () => {
    const kept = usageTotals({ features: ["view"], asOf, windowDays: 28, timeZone: "UTC", keepDays: 28 });
    let state = kept.init();
    for (let i = 100; i >= 0; i--) state = kept.add(state, { customer: "a", type: "view", time: asOf - i * day });
    expect(state.customers["a"]["view"].days).toHaveLength(28);
    expect(kept.finish(state).values[2]).toBe(28);
    expect(kept.finish(state).values[3]).toBe(100);
  });

  it("refuses states of another column, zone or kind, and cells that are no name", () => {
    const usage = usageTotals({ featureColumn: "page", asOf });
    const other = usageTotals({ features: ["a"], asOf });
    expectRefusal(() => usage.finish(other.init()), "incompatible-model", "state");
    expectRefusal(() => usage.merge(usage.init(), other.init()), "incompatible-model", "state");
    const zoned = usageTotals({ featureColumn: "page", asOf, timeZone: "Europe/Berlin" });
    expectRefusal(() => zoned.finish(usage.init()), "incompatible-model", "state");
    const odd = { customer: "a", type: "view", time: 1, page: {} };
    expectRefusal(() => usage.add(usage.init(), odd), "invalid-value", "event.page");
    expectRefusal(() => usageTotals({ asOf }), "invalid-option", "options.features");
    expectRefusal(() => usageTotals({ features: ["a"], asOf, keepDays: 7 }), "invalid-option", "options.windowDays");
  });
});
