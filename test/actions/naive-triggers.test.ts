import { replayTriggers } from "clientele/actions";
import { readEvents } from "clientele/events";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type NaiveEvent, naiveMessages, type NaiveRule } from "../support/naive-triggers.ts";

const minute = 60_000;
const start = Date.UTC(2024, 4, 1, 18);
const types = ["view", "cart", "buy"];
const minutes = fc.constantFrom(0, 10, 20, 60, 300);
const some = fc.subarray(types, { minLength: 1 });

const rule = fc.record(
  {
    on: some,
    unless: some,
    afterMinutes: minutes,
    by: fc.constant("cart" as const),
    restart: fc.constantFrom("latest" as const, "first" as const),
    reentry: fc.oneof(fc.constantFrom("every" as const, "once" as const), minutes.map((afterMinutes) => ({ afterMinutes }))), // prettier-ignore
    cooldownMinutes: minutes,
    priority: fc.integer({ min: 0, max: 2 }),
    capped: fc.boolean(),
    quietHours: fc.constantFrom({ from: 21, to: 8, timeZone: "UTC" as const }, { from: 1, to: 3, timeZone: "UTC" as const }), // prettier-ignore
    shape: fc.oneof(
      fc.record({ count: fc.record({ atLeast: fc.integer({ min: 1, max: 3 }), withinMinutes: minutes }) }),
      fc.record({ then: fc.array(fc.record({ on: some, withinMinutes: minutes }), { minLength: 1, maxLength: 2 }) }),
    ),
  },
  { requiredKeys: ["on", "afterMinutes"] },
);

const rules = fc.array(rule, { minLength: 1, maxLength: 4, size: "max" }).map((list) =>
  list.map(({ shape, ...rest }, i): NaiveRule => ({ name: `rule ${i}`, ...rest, ...shape })),
); // prettier-ignore

const events = fc.array(
  fc.record({
    customer: fc.constantFrom("ann", "bo"),
    type: fc.constantFrom(...types),
    time: fc.integer({ min: 0, max: 90 }).map((step) => start + step * 10 * minute),
    cart: fc.constantFrom("1", "2", null),
  }),
  { maxLength: 40, size: "max" },
);

it("replays send what an interpreter sends that was written from the guide alone", () => {
  const cap = fc.constantFrom(undefined, { messages: 1, days: 1 }, { messages: 3, days: 0.1 });
  let sent = 0;
  fc.assert(
    fc.property(rules, events, cap, (list, rows, frequencyCap) => {
      const until = start + 1200 * minute;
      const sorted = rows.toSorted((a, b) => a.time - b.time);
      const { log } = readEvents(sorted.map((row, sequence) => ({ ...row, sequence })), { customer: "customer", type: "type", time: "time", sequence: "sequence", extra: { cart: "cart" } }); // prettier-ignore
      const report = replayTriggers(list, log, { until, frequencyCap });
      for (const customer of ["ann", "bo"]) {
        const own: NaiveEvent[] = sorted.filter((row) => row.customer === customer);
        const expected = naiveMessages(list, own, until, frequencyCap);
        const plain = ({
          rule: name,
          key,
          since,
          time,
        }: {
          rule: string;
          key: string | null;
          since: number;
          time: number;
        }): string =>
          // prettier-ignore
          JSON.stringify([name, key, since, time]);
        const mine = report.actions.filter((action) => action.customer === customer).map(plain);
        expect(mine.sort()).toEqual(
          expected
            .filter(({ reason }) => reason === "sent")
            .map(plain)
            .sort(),
        );
        const held = report.suppressed.filter((message) => message.customer === customer);
        expect(held.map((message) => plain(message) + message.reason).sort()).toEqual(
          expected.filter(({ reason }) => reason !== "sent").map((message) => plain(message) + message.reason).sort(),
        ); // prettier-ignore
        sent += mine.length;
      }
    }),
    { numRuns: 1500, seed: 11 },
  );
  expect(sent).toBeGreaterThan(3000);
});
