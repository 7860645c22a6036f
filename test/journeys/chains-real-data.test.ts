import { readEventColumns, readEvents, sessionize } from "clientele/events";
import {
  chooseMarkovOrder,
  compareJourneys,
  countTransitions,
  fitMarkov,
  measureAbsorption,
  type MarkovModel,
  measurePaths,
  measureSegmentJourneys,
  measureStationary,
} from "clientele/journeys";
import { codesOf, type EventLog, labelsOf } from "clientele/tables";
import { expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// Chains of real journeys against the expected.json of each data set, which its make_expected.py computes with numpy.

type Shares = Readonly<Record<string, number>>;
const exact = { relative: 1e-9, because: "both solve the same small system" };

describeWithData("chains of a simple shop", ["simple_shop"], () => {
  interface Expected {
    readonly markov_within_session: {
      readonly hit_probability_from_event: Shares;
      readonly from_start: number;
      readonly observed_share_of_sessions_with_payment_done: number;
      readonly expected_steps_to_exit_from_event: Shares;
    };
  }
  const { markov_within_session: expected } = readDataJson<Expected>("simple_shop/expected.json");
  const utc = (row: TextRow): string => `${row["timestamp"].replace(" ", "T")}Z`;
  const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), { customer: "user_id", type: "event", time: utc }); // prettier-ignore
  const model = fitMarkov(log, { per: sessionize(log) });

  it("has the odds of a payment from every event that numpy solves, and from the start", () => {
    const { probability, fromStart } = measureAbsorption(model, { into: "payment_done" });
    for (const [event, share] of Object.entries(expected.hit_probability_from_event)) {
      expectClose(probability[event], share, exact);
    }
    expectClose(fromStart ?? NaN, expected.from_start, exact);
  });

  it("reproduces the share of sessions with a payment that was observed: after a payment none goes on", () => {
    const { fromStart } = measureAbsorption(model, { into: "payment_done" });
    expectClose(fromStart ?? NaN, expected.observed_share_of_sessions_with_payment_done, exact);
  });

  it("takes as many steps to the end of a session as numpy solves", () => {
    const { expectedSteps } = measureAbsorption(model, { into: "(end)" });
    for (const [event, steps] of Object.entries(expected.expected_steps_to_exit_from_event)) {
      expectClose(expectedSteps[event] ?? NaN, steps, exact);
    }
  });
});

describeWithData("the story of a store that the guide tells", ["simple_shop"], () => {
  const utc = (row: TextRow): string => `${row["timestamp"].replace(" ", "T")}Z`;
  const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), { customer: "user_id", type: "event", time: utc }); // prettier-ignore
  const states = ["main", "catalog", "product1", "product2", "cart", "delivery_choice", "delivery_courier", "delivery_pickup", "payment_choice", "payment_card", "payment_cash", "payment_done"]; // prettier-ignore
  const visits = { per: sessionize(log), states, selfLoops: "collapse" } as const;
  const percent = (share: number | null | undefined): number => Math.round((share ?? NaN) * 1000) / 10;

  it("has its transitions, its odds and its order", () => {
    const { transitions, paths } = countTransitions(log, visits);
    const shareOf = (from: string, to: string): number => percent(transitions.find((step) => step.from === from && step.to === to)?.probability); // prettier-ignore
    expect(paths).toBe(6454);
    expect([shareOf("(start)", "main"), shareOf("main", "catalog"), shareOf("catalog", "cart")]).toEqual([
      58.4, 78.4, 17.7,
    ]);
    expect([shareOf("catalog", "(end)"), shareOf("cart", "delivery_choice")]).toEqual([29.5, 59.3]);
    const { probability, fromStart } = measureAbsorption(fitMarkov(log, visits), { into: "payment_done" });
    expect(percent(fromStart)).toBe(10.9);
    const odds = ["catalog", "cart", "delivery_choice", "delivery_courier", "delivery_pickup", "payment_card", "payment_cash"]; // prettier-ignore
    expect(odds.map((event) => percent(probability[event]))).toEqual([12.5, 28.7, 44, 58.7, 45.6, 89.7, 52.8]);
    const { order, orders } = chooseMarkovOrder(log, { ...visits, to: 2 });
    expect([order, percent(orders[1].pValue)]).toEqual([1, 100]);
  });

  it("has its two kinds of customers", () => {
    const { starts } = log.byCustomer;
    const firstDelivery = log.customer.names.map((_, customer) => {
      const types = Array.from(log.type.codes.subarray(starts[customer], starts[customer + 1]), (code) => log.type.names[code]); // prettier-ignore
      return ["delivery_courier", "delivery_pickup"].indexOf(
        types.find((type) => /_(?:courier|pickup)$/.test(type)) ?? "",
      );
    });
    const { segments } = measureSegmentJourneys(log, {
      labels: labelsOf(firstDelivery),
      states,
      selfLoops: "collapse",
      steps: ["delivery_choice", "payment_choice", "payment_done"],
    });
    const rates = segments.map(({ customers, funnel }) => [customers, ...(funnel?.steps ?? []).map(({ conversionOverall }) => percent(conversionOverall))]); // prettier-ignore
    expect(rates).toEqual([[717, 100, 91.4, 61.1], [423, 100, 71.6, 50.8]]); // prettier-ignore
    for (const { typicalPath } of segments) expect(typicalPath?.steps).toContain("payment_card");
    const { differences } = compareJourneys(segments[0].transitions, segments[1].transitions);
    const certain = differences.filter(({ adjustedPValue }) => (adjustedPValue ?? 1) < 0.05);
    expect(certain.map(({ from, to }) => [from, to])).toEqual([
      ["delivery_choice", "delivery_pickup"],
      ["delivery_choice", "delivery_courier"],
    ]);
  });
});

describeWithData("the chain of categories of an e-shop", ["eshop2008"], () => {
  interface Expected {
    readonly category_chain: {
      readonly states: readonly number[];
      readonly stationary: readonly number[];
      readonly entropy_rate_bits: number;
    };
  }
  const { category_chain: expected } = readDataJson<Expected>("eshop2008/expected.json");

  it("has the stationary distribution and the entropy rate of numpy", () => {
    const { log } = readEvents(readDataRows("eshop2008/eshop2008.csv.gz"), {
      customer: "session_id",
      type: "page1_main_category",
      time: (row: TextRow) => Number(row["order"]),
    });
    const { probability, entropyRateBits } = measureStationary(fitMarkov(log));
    expectClose(expected.states.map((state) => probability?.[state] ?? NaN), expected.stationary, exact); // prettier-ignore
    expectClose(entropyRateBits ?? NaN, expected.entropy_rate_bits, exact);
  });
});

describeWithData("the chain of PathData", ["pathdata"], () => {
  interface Expected {
    readonly transition_counts: Readonly<Record<string, Shares>>;
    readonly transition_probabilities: Readonly<Record<string, Shares>>;
    readonly transition_probabilities_without_self_transitions: Readonly<Record<string, Shares>>;
    readonly distinct_paths: number;
    readonly total_conversions: number;
    readonly total_null: number;
  }
  const expected = readDataJson<Expected>("pathdata/expected.json");
  const rows = readDataRows("pathdata/pathdata.csv.gz");

  /** Every path as often as it ended, its end being the last event; or every path once, without its end. */
  const logOf = (isWrittenOut: boolean): EventLog => {
    const [customer, type, time]: [string[], string[], number[]] = [[], [], []];
    let paths = 0;
    const add = (events: readonly string[]): void => {
      const name = String(paths++);
      for (const event of events) time.push(customer.push(name) + type.push(event));
    };
    for (const row of rows) {
      const channels = row["path"].split(" > ");
      if (!isWrittenOut) add(channels);
      else {
        for (let i = 0; i < Number(row["total_conversions"]); i++) add([...channels, "(conversion)"]);
        for (let i = 0; i < Number(row["total_null"]); i++) add([...channels, "(null)"]);
      }
    }
    return readEventColumns({ customer: codesOf(customer), type: codesOf(type), time: Float64Array.from(time) }).log;
  };

  const expectShares = ({ states, probabilities }: MarkovModel, shares: Readonly<Record<string, Shares>>): void => {
    for (const [from, row] of Object.entries(shares)) {
      for (const [to, share] of Object.entries(row)) {
        expectClose(probabilities[states.indexOf(from)][states.indexOf(to)], share, exact);
      }
    }
  };

  it("has the counts and probabilities of pandas when every path is written out", () => {
    const log = logOf(true);
    const model = fitMarkov(log);
    expect(model.paths).toBe(expected.total_conversions + expected.total_null);
    for (const [from, row] of Object.entries(expected.transition_counts)) {
      for (const [to, count] of Object.entries(row)) {
        expect(model.counts[model.states.indexOf(from)][model.states.indexOf(to)]).toBe(count);
      }
    }
    expectShares(model, expected.transition_probabilities);
    expectShares(fitMarkov(log, { selfLoops: "collapse" }), expected.transition_probabilities_without_self_transitions);
    expectClose(measureAbsorption(model, { into: "(conversion)" }).fromStart ?? NaN, expected.total_conversions / model.paths, exact); // prettier-ignore
  }, 60_000);

  it("has as many different paths as pandas", () => {
    const { distinctVariants } = measurePaths(logOf(false), { maxLength: 1, minSupport: 10_000 });
    expect(distinctVariants).toBe(expected.distinct_paths);
  });
});
