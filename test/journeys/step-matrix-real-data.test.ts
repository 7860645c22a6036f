import { readEvents, sessionize } from "clientele/events";
import { measureStepMatrix, sankeyOf, type StepMatrix } from "clientele/journeys";
import { expect, it } from "vitest";
import golden from "../oracles/paths.golden.json" with { type: "json" };
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// Sessions of a real shop against expected.json and against test/oracles/paths.py, which counts columns with pandas.

type Counts = Readonly<Record<string, number>>;

/** Cells and flows that are there, written as pandas writes them; its columns begin at `first`. */
function writtenOf({ steps, states, counts, flows }: StepMatrix, first: number): unknown {
  const named = (step: number): string => String(step - steps[0] + first);
  const cells = steps.map((step, c) => {
    const present = states.map((name, row) => [name, counts[row][c]] as const).filter(([, count]) => count > 0);
    return [named(step), Object.fromEntries(present)] as const;
  });
  const moved = steps.slice(0, -1).map((at) => {
    const own = flows.filter(({ step }) => step === at);
    return [named(at), Object.fromEntries(own.map(({ from, to, count }) => [`${from}>${to}`, count]))] as const;
  });
  return { cells: Object.fromEntries(cells), flows: Object.fromEntries(moved) };
}

describeWithData("steps of a simple shop", ["simple_shop"], () => {
  interface Expected {
    readonly sessions_30min: { readonly sessions: number };
    readonly session_entry_events: Counts;
    readonly session_exit_events: Counts;
    readonly markov_within_session: { readonly observed_share_of_sessions_with_payment_done: number };
    readonly counts: { readonly users: number; readonly users_per_event_type: Counts };
  }
  const expected = readDataJson<Expected>("simple_shop/expected.json");
  const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), {
    customer: "user_id",
    type: "event",
    time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
  });
  const per = sessionize(log, { timeoutMinutes: 30 });

  it("has the cells and flows of pandas, from the first step and around the cart", () => {
    const { paths, ...fromStart } = golden.shop.fromStart;
    const matrix = measureStepMatrix(log, { per, steps: 6 });
    expect(matrix.paths).toBe(paths);
    expect(writtenOf(matrix, 0)).toEqual(fromStart);
    const { paths: withCart, ...aroundCart } = golden.shop.aroundCart;
    const around = measureStepMatrix(log, { per, steps: 3, centeredOn: "cart" });
    expect([around.paths, around.uncentered]).toEqual([withCart, golden.shop.sessions - withCart]);
    expect(writtenOf(around, -3)).toEqual(aroundCart);
  });

  it("begins with the entries of sessions and, over all steps, drops off at their exits", () => {
    const longest = measureStepMatrix(log, { per, steps: 53, goal: "payment_done" });
    const { nodes } = sankeyOf(longest);
    const entries = nodes.filter(({ step }) => step === 1).map(({ event, count }) => [event, count] as const);
    expect(Object.fromEntries(entries)).toEqual(expected.session_entry_events);
    const exits: Record<string, number> = {};
    for (const { event, dropped } of nodes) if (dropped > 0) exits[event] = (exits[event] ?? 0) + dropped;
    expect(exits).toEqual(expected.session_exit_events);
    expect(longest.paths).toBe(expected.sessions_30min.sessions);
    expect(nodes.every(({ beyond }) => beyond === 0)).toBe(true);
    expect(longest.goal?.conversion).toBeCloseTo(expected.markov_within_session.observed_share_of_sessions_with_payment_done, 15); // prettier-ignore
  });

  it("is centered in as many users as have the event", () => {
    for (const [event, users] of Object.entries(expected.counts.users_per_event_type)) {
      expect(measureStepMatrix(log, { steps: 1, centeredOn: event, top: 2 }).paths).toBe(users);
    }
  });
});
