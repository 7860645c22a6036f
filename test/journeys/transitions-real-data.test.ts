import { readEvents, sessionize } from "clientele/events";
import { countTransitions, transitionCounts, type TransitionTable } from "clientele/journeys";
import { type EventLog, nameAt } from "clientele/tables";
import { expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// Real journeys against the expected.json of each data set, which its make_expected.py computes with pandas.

type Counts = Readonly<Record<string, number>>;
type Square = Readonly<Record<string, Counts>>;

const utc = (row: TextRow): string => `${row["timestamp"].replace(" ", "T")}Z`;

/** The pairs between two events, as `counts[from][to]`; pandas leaves out what never occurs. */
function pairsOf({ states, counts }: TransitionTable): Square {
  const inner = states.slice(1, -1);
  const rows = inner.map((from, i) => {
    const cells = inner.map((to, j) => [to, counts[i + 1][j + 1]] as const);
    return [from, Object.fromEntries(cells.filter(([, count]) => count > 0))] as const;
  });
  return Object.fromEntries(rows.filter(([, row]) => Object.keys(row).length > 0));
}

/** How often each event is the first of a path. */
function entriesOf({ states, counts }: TransitionTable): Counts {
  return Object.fromEntries(states.map((name, j) => [name, counts[0][j]] as const).filter(([, count]) => count > 0));
}

/** How often each event is the last of a path. */
function exitsOf({ states, counts }: TransitionTable): Counts {
  const end = states.length - 1;
  return Object.fromEntries(states.map((name, i) => [name, counts[i][end]] as const).filter(([, count]) => count > 0));
}

/** Every pair with its count once more from the list, which must say the same as the square. */
function listed({ transitions }: TransitionTable): Square {
  const rows: Record<string, Record<string, number>> = {};
  for (const { from, to, count } of transitions) {
    if (from !== "(start)" && to !== "(end)") (rows[from] ??= {})[to] = count;
  }
  return rows;
}

/** The accumulator, fed in three parts of time. */
function merged(log: EventLog): Square {
  const names = countTransitions(log).states.slice(1, -1);
  const sums = transitionCounts(names);
  const cuts = [0, 1, 2].map(() => sums.init());
  const times = Float64Array.from(log.time).sort();
  const bounds = [times[Math.floor(times.length / 3)], times[Math.floor((2 * times.length) / 3)]];
  for (let row = 0; row < log.length; row++) {
    const step = { customer: nameAt(log.customer, row)!, type: nameAt(log.type, row)!, time: log.time[row] };
    sums.add(cuts[bounds.filter((bound) => step.time > bound).length], step);
  }
  return pairsOf(sums.finish(sums.merge(sums.merge(cuts[0], cuts[1]), cuts[2])) as TransitionTable);
}

describeWithData("transitions of a simple shop", ["simple_shop"], () => {
  interface Expected {
    readonly counts: { readonly events: number; readonly users: number };
    readonly sessions_30min: { readonly sessions: number };
    readonly transitions_within_user: Square;
    readonly transition_probabilities_within_user: Square;
    readonly transitions_within_30min_session: Square;
    readonly session_entry_events: Counts;
    readonly session_exit_events: Counts;
  }
  const expected = readDataJson<Expected>("simple_shop/expected.json");
  const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), { customer: "user_id", type: "event", time: utc }); // prettier-ignore

  it("has the pairs that pandas counts within users and within sessions of 30 minutes", () => {
    const byUser = countTransitions(log);
    expect(pairsOf(byUser)).toEqual(expected.transitions_within_user);
    expect(listed(byUser)).toEqual(expected.transitions_within_user);
    expect([byUser.paths, byUser.steps]).toEqual([expected.counts.users, expected.counts.events]);
    const bySession = countTransitions(log, { per: sessionize(log, { timeoutMinutes: 30 }) });
    expect(pairsOf(bySession)).toEqual(expected.transitions_within_30min_session);
    expect(bySession.paths).toBe(expected.sessions_30min.sessions);
  });

  it("has the entries and exits of sessions", () => {
    const table = countTransitions(log, { per: sessionize(log) });
    expect(entriesOf(table)).toEqual(expected.session_entry_events);
    expect(exitsOf(table)).toEqual(expected.session_exit_events);
  });

  it("has the shares of pandas, which does not count the end as a step: the share of those that go on", () => {
    const { states, counts } = countTransitions(log);
    const end = states.length - 1;
    for (const [from, row] of Object.entries(expected.transition_probabilities_within_user)) {
      const counted = counts[states.indexOf(from)];
      const goingOn = counted.reduce((sum, count) => sum + count, 0) - counted[end];
      for (const [to, share] of Object.entries(row)) {
        expect(counted[states.indexOf(to)] / goingOn).toBeCloseTo(share, 14);
      }
    }
  });

  it("adds up to the same pairs from three parts of time", () => {
    expect(merged(log)).toEqual(expected.transitions_within_user);
  });
});

describeWithData("transitions of traffic fines", ["traffic_fines"], () => {
  interface Expected {
    readonly counts: { readonly cases: number; readonly events: number; readonly activities: number };
    readonly directly_follows: Square;
    readonly start_activities: Counts;
    readonly end_activities: Counts;
  }
  const expected = readDataJson<Expected>("traffic_fines/expected.json");
  const { log } = readEvents(readDataRows("traffic_fines/traffic_fines.csv.gz"), { customer: "case_id", type: "activity", time: utc }); // prettier-ignore

  it("has the pairs, starts and ends of pandas; steps of the same day keep the order of the file", () => {
    const table = countTransitions(log);
    expect(pairsOf(table)).toEqual(expected.directly_follows);
    expect(listed(table)).toEqual(expected.directly_follows);
    expect(entriesOf(table)).toEqual(expected.start_activities);
    expect(exitsOf(table)).toEqual(expected.end_activities);
    expect([table.paths, table.steps, table.states.length - 2]).toEqual([
      expected.counts.cases,
      expected.counts.events,
      expected.counts.activities,
    ]);
    expect(merged(log)).toEqual(expected.directly_follows);
  });
});

describeWithData("transitions of an e-shop", ["eshop2008"], () => {
  interface Expected {
    readonly counts: { readonly rows: number; readonly sessions: number; readonly models: number };
    readonly category_transitions: Square;
    readonly category_chain: { readonly states: readonly number[]; readonly probabilities: readonly (readonly number[])[] };
    readonly entry_category: Counts;
    readonly exit_category: Counts;
    readonly model_transitions: {
      readonly distinct_pairs: number;
      readonly total: number;
      readonly top10: readonly (readonly [string, string, number])[];
    };
  } // prettier-ignore
  const expected = readDataJson<Expected>("eshop2008/expected.json");
  const rows = readDataRows("eshop2008/eshop2008.csv.gz");
  const logOf = (type: string): EventLog =>
    readEvents(rows, { customer: "session_id", type, time: (row: TextRow) => Number(row["order"]) }).log;

  it("has the categories that follow each other, the first and the last", () => {
    const table = countTransitions(logOf("page1_main_category"));
    expect(pairsOf(table)).toEqual(expected.category_transitions);
    expect(entriesOf(table)).toEqual(expected.entry_category);
    expect(exitsOf(table)).toEqual(expected.exit_category);
    expect([table.paths, table.steps]).toEqual([expected.counts.sessions, expected.counts.rows]);
    const { states, probabilities } = expected.category_chain;
    const end = states.length + 1;
    states.forEach((from, i) => {
      const goingOn = table.totals[from] - table.counts[from][end];
      states.forEach((to, j) => {
        expect(table.counts[from][to] / goingOn).toBeCloseTo(probabilities[i][j], 14);
      });
    });
  });

  it("has the pairs of 217 models", () => {
    const { transitions, states } = countTransitions(logOf("page2_clothing_model"));
    const pairs = transitions.filter(({ from, to }) => from !== "(start)" && to !== "(end)");
    const { distinct_pairs: distinct, total, top10 } = expected.model_transitions;
    expect(states).toHaveLength(expected.counts.models + 2);
    expect(pairs).toHaveLength(distinct);
    expect(pairs.reduce((sum, { count }) => sum + count, 0)).toBe(total);
    expect(pairs.slice(0, 10).map(({ from, to, count }) => [from, to, count])).toEqual(top10);
  });
});
