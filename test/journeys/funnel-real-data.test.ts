import { readEvents } from "clientele/events";
import { measureFunnel } from "clientele/journeys";
import { describe, expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// Real journeys against the expected.json of each data set, which its make_expected.py computes with pandas.

type Counts = Readonly<Record<string, number>>;

describe.each([
  { name: "simple_shop", file: "simple_shop.csv.gz" },
  { name: "retentioneering_ab", file: "ab_test_demo.csv.gz" },
])("$name", ({ name: folder, file }) => {
  describeWithData(`funnels of ${folder}`, [folder], () => {
    interface Expected {
      readonly counts: { readonly users: number; readonly users_per_event_type: Counts };
      readonly funnel_users_ordered: Counts;
      readonly funnel_users_any_order_open: Counts;
      readonly funnel_users_closed_any_order: Counts;
    }
    const expected = readDataJson<Expected>(`${folder}/expected.json`);
    const { log } = readEvents(readDataRows(`${folder}/${file}`), {
      customer: "user_id",
      type: "event",
      time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
    });
    const steps = Object.keys(expected.funnel_users_ordered);
    const countsOf = (options: object): Counts =>
      Object.fromEntries(measureFunnel(log, { steps, ...options }).steps.map(({ name, count }) => [name, count]));

    it("has the users that pandas counts in order, in any order, and at each step alone", () => {
      expect(steps).toEqual(["catalog", "cart", "delivery_choice", "payment_choice", "payment_done"]);
      expect(countsOf({})).toEqual(expected.funnel_users_ordered);
      expect(countsOf({ reentry: "optimized" })).toEqual(expected.funnel_users_ordered);
      expect(countsOf({ order: "any" })).toEqual(expected.funnel_users_closed_any_order);
      for (const [name, count] of Object.entries(expected.funnel_users_any_order_open)) {
        expect(measureFunnel(log, { steps: [name] }).converted, name).toBe(count);
      }
      for (const [name, count] of Object.entries(expected.counts.users_per_event_type)) {
        expect(measureFunnel(log, { steps: [name] }).converted, name).toBe(count);
      }
      expect(measureFunnel(log, { steps }).paths).toBe(expected.counts.users);
    });
  });
});

describeWithData("funnels of traffic fines", ["traffic_fines"], () => {
  interface Expected {
    readonly counts: { readonly cases: number };
    readonly cases_per_activity: Counts;
    readonly start_activities: Counts;
  }
  const expected = readDataJson<Expected>("traffic_fines/expected.json");
  const { log } = readEvents(readDataRows("traffic_fines/traffic_fines.csv.gz"), {
    customer: "case_id",
    type: "activity",
    time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
  });

  it("begins with a fine and has the cases of each activity, in order and in any", () => {
    const [[first, cases]] = Object.entries(expected.start_activities);
    for (const [name, count] of Object.entries(expected.cases_per_activity)) {
      expect(measureFunnel(log, { steps: [name] }).converted, name).toBe(count);
      if (name === first) continue;
      // Every case begins with the fine, so all else comes after it.
      const report = measureFunnel(log, { steps: [first, name] });
      expect(report.steps.map((step) => step.count)).toEqual([cases, count]);
      expect(measureFunnel(log, { steps: [name, first], order: "any" }).converted).toBe(count);
    }
    expect(measureFunnel(log, { steps: [first] }).paths).toBe(expected.counts.cases);
  });
});
