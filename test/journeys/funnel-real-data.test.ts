import { readEvents, sessionize } from "clientele/events";
import { measureDropOff, measureFunnel } from "clientele/journeys";
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

describeWithData("drop-off in the simple shop", ["simple_shop"], () => {
  interface Expected {
    readonly session_exit_events: Counts;
    readonly sessions_30min: { readonly sessions: number };
    readonly funnel_users_ordered: Counts;
    readonly markov_within_session: { readonly observed_share_of_sessions_with_payment_done: number };
  }
  const expected = readDataJson<Expected>("simple_shop/expected.json");
  const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), {
    customer: "user_id",
    type: "event",
    time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
  });

  it("has the events in which sessions end", () => {
    const report = measureDropOff(log, { per: sessionize(log) });
    expect(report.lost).toBe(expected.sessions_30min.sessions);
    expect(Object.fromEntries(report.points.map(({ name, lost }) => [name, lost]))).toEqual({
      ...expected.session_exit_events,
    });
  });

  it("has the share of sessions with a payment", () => {
    const { converted, entered } = measureDropOff(log, { per: sessionize(log), goal: "payment_done" });
    const share = expected.markov_within_session.observed_share_of_sessions_with_payment_done;
    expect(Math.abs(converted / entered - share)).toBeLessThan(1e-14);
  });

  it("loses at each step what the next one lacks", () => {
    const steps = Object.entries(expected.funnel_users_ordered);
    const { points } = measureDropOff(log, { steps: steps.map(([name]) => name) });
    for (const { step, reached, lost } of points) {
      expect([reached, lost]).toEqual([steps[step!][1], steps[step!][1] - steps[step! + 1][1]]);
    }
  });
});

// The figures that docs/guide/journeys.md tells of the shop.
describeWithData("the story of the simple shop", ["simple_shop"], () => {
  const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), {
    customer: "user_id",
    type: "event",
    time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
  });
  const steps = ["catalog", "cart", "delivery_choice", "payment_choice", "payment_done"];
  const windowMs = 86_400_000;

  it("loses most between catalog and cart, and has 80 customers on their way", () => {
    const funnel = measureFunnel(log, { steps, windowMs });
    expect(funnel.steps.map(({ count }) => count)).toEqual([3611, 1631, 1061, 722, 475]);
    expect(funnel.pending).toBe(80);
    const states = log.type.names.filter((name) => name !== "lost");
    const { points, stumblingBlocks } = measureDropOff(log, { steps, windowMs, states });
    expect(points[0]).toMatchObject({ name: "catalog", lost: 1929 });
    expect(points[0].rate).toBeCloseTo(0.542, 3);
    expect(points[0].next.slice(0, 2)).toMatchObject([{ event: "catalog", count: 643 }, { event: "(end)", count: 639 }]); // prettier-ignore
    expect(points[1]).toMatchObject({ name: "cart", lost: 555 });
    expect(points[1].rate).toBeCloseTo(0.343, 3);
    expect(points[1].next.slice(0, 2)).toMatchObject([{ event: "(end)", count: 300 }, { event: "catalog", count: 250 }]); // prettier-ignore
    expect(stumblingBlocks[0]).toMatchObject({ event: "catalog", after: "cart", before: "delivery_choice" });
    const { lostShare, advancedShare, oddsRatio, interval } = stumblingBlocks[0];
    const told = [lostShare, advancedShare, oddsRatio, ...interval].map((value) => Number(value.toPrecision(2)));
    expect(told).toEqual([0.46, 0.09, 8.5, 6.5, 11]);
  });

  it("loses more by pickup than by courier, and more by cash than by card", () => {
    const shares = ["delivery_pickup", "delivery_courier"].map((name) => measureFunnel(log, { steps: [name, "payment_choice"], windowMs }).conversion); // prettier-ignore
    expect(shares.map((share) => share!.toFixed(3))).toEqual(["0.695", "0.905"]);
    const paid = ["payment_cash", "payment_card"].map((name) => measureFunnel(log, { steps: [name, "payment_done"], windowMs }).conversion); // prettier-ignore
    expect(paid.map((share) => share!.toFixed(3))).toEqual(["0.526", "0.902"]);
  });
});
