import { readEvents, sessionize } from "clientele/events";
import { matchPaths, measurePaths } from "clientele/journeys";
import type { EventLog } from "clientele/tables";
import { expect, it } from "vitest";
import golden from "../oracles/paths.golden.json" with { type: "json" };
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// Real paths against expected.json, and against test/oracles/paths.py, which enumerates all sequences with plain loops.

type Counts = Readonly<Record<string, number>>;

const utc = (row: TextRow): string => `${row["timestamp"].replace(" ", "T")}Z`;

describeWithData("paths of traffic fines", ["traffic_fines"], () => {
  interface Expected {
    readonly counts: { readonly cases: number; readonly events: number };
    readonly activity_counts: Counts;
    readonly cases_per_activity: Counts;
    readonly variants: number;
    readonly top5_variants: readonly (readonly [string, number])[];
    readonly directly_follows: Readonly<Record<string, Counts>>;
  }
  const expected = readDataJson<Expected>("traffic_fines/expected.json");
  const { log } = readEvents(readDataRows("traffic_fines/traffic_fines.csv.gz"), { customer: "case_id", type: "activity", time: utc }); // prettier-ignore

  it("has the variants of pandas, the most frequent first", () => {
    const { variants, distinctVariants, paths, steps } = measurePaths(log, {
      maxLength: 1,
      minSupport: 1,
      variants: 5,
    });
    expect([distinctVariants, paths, steps]).toEqual([
      expected.variants,
      expected.counts.cases,
      expected.counts.events,
    ]);
    expect(variants.map(({ steps: names, paths: count }) => [names.join(">"), count])).toEqual(expected.top5_variants);
    const all = measurePaths(log, { maxLength: 1, minSupport: 1, variants: 100 }).variants;
    expect(all.reduce((sum, { paths: count }) => sum + count, 0)).toBe(expected.counts.cases);
  });

  it("has every activity and every pair as often as pandas", () => {
    const { sequences } = measurePaths(log, { maxLength: 2, minSupport: 1 });
    const singles = sequences.filter(({ steps }) => steps.length === 1);
    const counted = (of: "paths" | "occurrences"): Counts => Object.fromEntries(singles.map((one) => [one.steps[0], one[of]])); // prettier-ignore
    expect(counted("paths")).toEqual(expected.cases_per_activity);
    expect(counted("occurrences")).toEqual(expected.activity_counts);
    const pairs: Record<string, Record<string, number>> = {};
    for (const { steps, occurrences } of sequences) if (steps.length === 2) (pairs[steps[0]] ??= {})[steps[1]] = occurrences;
    expect(pairs).toEqual(expected.directly_follows);
  }); // prettier-ignore

  it("has the closed subsequences of 100 cases or more that trying all of them finds", () => {
    const { sequences, notes } = measurePaths(log, { maxLength: 9, minSupport: 100, kind: "subsequence" });
    expect(Object.fromEntries(sequences.map(({ steps, paths }) => [steps.join(">"), paths]))).toEqual(golden.fines.closedOf100); // prettier-ignore
    expect(notes).toEqual([]);
  });

  it("matches a variant written as a pattern in as many cases", () => {
    for (const [variant, count] of expected.top5_variants) {
      const names = variant.split(">");
      expect(matchPaths(log, { pattern: `^${names.join("->")}$` }).count).toBe(count);
      expect(matchPaths(log, { pattern: `(start)->${names.map((name) => JSON.stringify(name)).join("->")}->(end)` }).count).toBe(count); // prettier-ignore
    }
  });
});

describeWithData("paths of a simple shop", ["simple_shop"], () => {
  interface Expected {
    readonly counts: { readonly users_per_event_type: Counts };
    readonly funnel_users_ordered: Counts;
    readonly session_exit_events: Counts;
  }
  const expected = readDataJson<Expected>("simple_shop/expected.json");
  const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), { customer: "user_id", type: "event", time: utc }); // prettier-ignore
  const per = sessionize(log, { timeoutMinutes: 30 });
  const countOf = (data: EventLog, pattern: string): number => matchPaths(data, { pattern }).count;

  it("has the runs of up to four steps that are in 300 sessions or more", () => {
    const { sequences, distinctVariants } = measurePaths(log, { per, maxLength: 4, minSupport: 300 });
    const told = sequences.map(({ steps, paths, occurrences }) => [steps.join(">"), [paths, occurrences]] as const);
    expect(Object.fromEntries(told)).toEqual(golden.shop.gramsOf300);
    expect(distinctVariants).toBe(golden.shop.variants);
  });

  it("matches the funnel of pandas, step by step, and the last events of sessions", () => {
    const steps = Object.keys(expected.funnel_users_ordered);
    steps.forEach((name, n) => {
      expect(countOf(log, steps.slice(0, n + 1).join("->.*->"))).toBe(expected.funnel_users_ordered[name]);
    });
    for (const [name, count] of Object.entries(expected.counts.users_per_event_type)) expect(countOf(log, name)).toBe(count); // prettier-ignore
    for (const [name, count] of Object.entries(expected.session_exit_events)) {
      expect(matchPaths(log, { per, pattern: `${name}$` }).count).toBe(count);
    }
  });
});
