import { playbookRules, replayTriggers, type TriggerRule } from "clientele/actions";
import { readEvents } from "clientele/events";
import type { EventLog } from "clientele/tables";
import { expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { retailLog } from "../support/retail.ts";

const minute = 60_000;
const day = 1440 * minute;

/** Customers' events as [type, time], from the definitions' point of view: nothing but a list. */
function historiesOf({ customer, type, time, byCustomer }: EventLog): Map<string, [type: string, time: number][]> {
  return new Map(
    customer.names.map((name, c) => {
      const rows = Array.from({ length: byCustomer.starts[c + 1] - byCustomer.starts[c] }, (_, i) => byCustomer.starts[c] + i); // prettier-ignore
      return [name, rows.map((row): [string, number] => [type.names[type.codes[row]], time[row]])];
    }),
  );
}

/** By brute force: each `on` event that no `on` or `unless` event follows before its deadline, if that is in time. */
function lonely(
  log: EventLog,
  on: readonly string[],
  unless: readonly string[],
  wait: number,
  until: number,
): string[] {
  const found: string[] = [];
  for (const [customer, history] of historiesOf(log)) {
    history.forEach(([type, time], i) => {
      if (!on.includes(type) || time + wait > until) return;
      const follows = history.some(([other, at], j) => {
        const isAgain = j > i && on.includes(other) && at >= time && at < time + wait;
        return isAgain || (j !== i && unless.includes(other) && at >= time && at < time + wait);
      });
      if (!follows) found.push(`${customer} ${time + wait}`);
    });
  }
  return found.sort();
}

const sentBy = (rules: readonly TriggerRule[], log: EventLog, until: number): string[] =>
  replayTriggers(rules, log, { until }).actions.map(({ customer, time }) => `${customer} ${time}`).sort(); // prettier-ignore

describeWithData("triggers on the simple shop", ["simple_shop"], () => {
  const rows = readDataRows("simple_shop/simple_shop.csv.gz");
  const { log } = readEvents(rows, { customer: "user_id", type: "event", time: ({ timestamp }) => `${timestamp.replace(" ", "T")}Z` }); // prettier-ignore
  const until = Date.UTC(2020, 4, 10);
  const { counts } = readDataJson<{ counts: { users: number; events: number; users_per_event_type: Record<string, number>; event_types: Record<string, number> } }>("simple_shop/expected.json"); // prettier-ignore

  it("find the carts that brute force over the definition finds", () => {
    for (const afterMinutes of [1, 60, 1440]) {
      const rule: TriggerRule = { name: "cart", on: "cart", unless: "payment_done", afterMinutes };
      const expected = lonely(log, ["cart"], ["payment_done"], afterMinutes * minute, until);
      expect(expected.length).toBeGreaterThan(500);
      expect(sentBy([rule], log, until)).toEqual(expected);
    }
  });

  it("welcome each of the users of expected.json once, at the first event, and see each of them once per event type", () => {
    const [welcome] = playbookRules().filter(({ name }) => name === "welcome");
    const report = replayTriggers([{ name: "welcome", on: {}, afterMinutes: 0, reentry: "once" }], log, { until });
    expect(report.rules).toMatchObject([{ sent: counts.users, customers: counts.users, armed: counts.users }]);
    expect(report.read).toBe(counts.events);
    const held = replayTriggers([welcome], log, { until }).rules[0];
    expect(held).toMatchObject({ sent: 0, suppressed: { "no-consent": counts.users } });
    const each = Object.keys(counts.event_types).map((type): TriggerRule => ({
      name: type,
      on: type,
      afterMinutes: 0,
    }));
    // Two events of one user in one millisecond would be one message; the data has microseconds and no ties.
    for (const { rule, sent, customers } of replayTriggers(each, log, { until }).rules) {
      expect([rule, sent, customers]).toEqual([rule, counts.event_types[rule], counts.users_per_event_type[rule]]);
    }
  });
});

describeWithData("triggers on the A/B test of retentioneering", ["retentioneering_ab"], () => {
  const rows = readDataRows("retentioneering_ab/ab_test_demo.csv.gz");
  const { log } = readEvents(rows, { customer: "user_id", type: "event", time: ({ timestamp }) => `${timestamp.replace(" ", "T")}Z`, extra: { segment: "user_backet" } }); // prettier-ignore
  const until = Date.UTC(2020, 4, 10);
  const { counts, groups } = readDataJson<{ counts: { events: number; users_per_event_type: Record<string, number> }; groups: Record<string, { users: number; payers: number }> }>("retentioneering_ab/expected.json"); // prettier-ignore
  const basketOf = new Map(rows.map((row) => [row["user_id"], row["user_backet"]]));

  it("thank the payers of each basket that expected.json counts, and nobody of the other baskets", () => {
    for (const [basket, { payers }] of Object.entries(groups)) {
      const rule: TriggerRule = {
        name: "thanks",
        on: "payment_done",
        afterMinutes: 0,
        reentry: "once",
        segments: [basket],
      };
      const report = replayTriggers([rule], log, { until });
      expect(report.read).toBe(counts.events);
      expect(report.rules).toMatchObject([{ sent: payers, customers: payers }]);
      expect(report.actions.every(({ customer }) => basketOf.get(customer) === basket)).toBe(true);
      const others = counts.users_per_event_type["payment_done"] - payers;
      expect(report.rules[0].suppressed).toEqual(others === 0 ? {} : { segment: others });
    }
  });

  it("remind the lost carts that brute force finds in the test's own group", () => {
    const rule: TriggerRule = {
      name: "cart",
      on: "cart",
      unless: "payment_done",
      afterMinutes: 60,
      segments: ["test"],
    };
    const all = lonely(log, ["cart"], ["payment_done"], 60 * minute, until);
    const expected = all.filter((line) => basketOf.get(line.split(" ")[0]) === "test");
    expect(expected.length).toBeGreaterThan(100);
    expect(sentBy([rule], log, until)).toEqual(expected);
  });

  it("hold out the same users in replay and in the count of who would have got it", () => {
    const rule: TriggerRule = { name: "lost", on: "lost", afterMinutes: 0, reentry: "once", holdout: { share: 0.5 } };
    const [{ sent, suppressed }] = replayTriggers([rule], log, { until }).rules;
    const users = counts.users_per_event_type["lost"];
    expect(sent + (suppressed.holdout ?? 0)).toBe(users);
    // Five standard deviations of a fair coin.
    expect(Math.abs(sent - users / 2)).toBeLessThan(2.5 * Math.sqrt(users));
  });
});

describeWithData("triggers on Online Retail", ["online_retail"], () => {
  const log = retailLog();
  const until = Date.UTC(2011, 11, 10);
  const { clean_sales } = readDataJson<{ clean_sales: { customers: number; invoices: number } }>("online_retail/expected.json"); // prettier-ignore

  it("win back the customers that brute force finds silent for 90 days", () => {
    const rule: TriggerRule = { name: "back", on: {}, afterMinutes: 90 * 1440 };
    const expected = lonely(log, ["buy"], [], 90 * day, until).filter((line, i, all) => line !== all[i - 1]);
    expect(expected.length).toBeGreaterThan(1000);
    expect(sentBy([rule], log, until)).toEqual(expected);
  });

  it("thank for each invoice of expected.json", () => {
    const rule: TriggerRule = { name: "thanks", on: "buy", by: "order", afterMinutes: 0, reentry: "once" };
    const [report] = replayTriggers([rule], log, { until }).rules;
    expect(report).toMatchObject({ sent: clean_sales.invoices, customers: clean_sales.customers });
  });
});
