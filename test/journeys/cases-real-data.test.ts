import { readEvents, sessionize } from "clientele/events";
import { countTransitions, matchPaths, measureFunnel, measurePaths } from "clientele/journeys";
import { quantile } from "clientele/numeric";
import { expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// How long paths of real logs are, in steps and in time, against the expected.json of each data set (pandas).

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describeWithData("cases of traffic fines", ["traffic_fines"], () => {
  interface Expected {
    readonly counts: {
      readonly cases: number;
      readonly events_per_case_mean: number;
      readonly events_per_case_max: number;
      readonly same_case_same_time_rows: number;
      readonly resources: number;
      readonly first: string;
      readonly last: string;
    };
    readonly activity_counts: Readonly<Record<string, number>>;
    readonly duration_seconds: { readonly mean: number; readonly median: number; readonly max: number };
    readonly sessions_30min_per_case: {
      readonly sessions: number;
      readonly events_per_session_max: number;
      readonly single_event_sessions: number;
      readonly sessions_per_user_max: number;
    };
    readonly published: { readonly cases: number; readonly events: number; readonly activities: number };
  }
  const expected = readDataJson<Expected>("traffic_fines/expected.json");
  const utc = (text: string): string => `${text.replace(" ", "T")}Z`;
  const { log } = readEvents(readDataRows("traffic_fines/traffic_fines.csv.gz"), {
    customer: "case_id",
    type: "activity",
    time: (row: TextRow) => utc(row["timestamp"]),
    // An empty cell is no resource, as in pandas.
    extra: { resource: (row: TextRow) => (row["resource"] === "" ? null : row["resource"]) },
  });
  const { starts } = log.byCustomer;
  const cases = starts.length - 1;

  it("has as many steps and variants per case, first and last instant, and what was published of the data", () => {
    const { counts, published } = expected;
    const report = measurePaths(log, { maxLength: 1, minSupport: 1, variants: 100_000 });
    expect(report.steps / report.paths).toBe(counts.events_per_case_mean);
    expect(Math.max(...report.variants.map(({ steps }) => steps.length))).toBe(counts.events_per_case_max);
    expect([report.paths, report.steps, report.sequences.length]).toEqual([published.cases, published.events, published.activities]); // prettier-ignore
    expect(log.time.reduce((a, b) => Math.min(a, b), Infinity)).toBe(Date.parse(utc(counts.first)));
    expect(measureFunnel(log, { steps: ["Create Fine"] }).asOf).toBe(Date.parse(utc(counts.last)));
    // Every event is an entry of its own: the parts of such a funnel are the resources of all events.
    const any = [{ name: "any", events: Object.keys(expected.activity_counts) }];
    const byResource = measureFunnel(log, { steps: any, counting: "total", breakdown: "resource" }).breakdown!;
    expect(sum(byResource.map(({ steps: [step] }) => step.count))).toBe(published.events);
    expect(byResource.filter(({ name }) => name !== null)).toHaveLength(counts.resources);
  });

  it("takes as long from the first step to the last as pandas says", () => {
    // The pattern spans whole cases: from their first event to the one that ends them.
    const { count, firstStart, firstEnd } = matchPaths(log, { pattern: "^.->.*->.$" });
    const lasting = Array.from(firstEnd, (end, i) => (end - firstStart[i]) / 1000).filter((seconds) => seconds >= 0);
    expect(lasting).toHaveLength(count);
    const all = [...lasting, ...new Array<number>(cases - count).fill(0)];
    expect(sum(all) / cases).toBeCloseTo(expected.duration_seconds.mean, 6);
    expect(quantile(all, 0.5)).toBe(expected.duration_seconds.median);
    expect(Math.max(...all)).toBe(expected.duration_seconds.max);
  });

  it("has as many sessions of 30 minutes, and steps of the same day within a case", () => {
    const { sessions, events_per_session_max, single_event_sessions, sessions_per_user_max } = expected.sessions_30min_per_case; // prettier-ignore
    const per = sessionize(log);
    const table = countTransitions(log, { per });
    expect(table.paths).toBe(sessions);
    // Times are dates: a session is a day, and its steps are at the same time.
    expect(sum(table.transitions.map(({ medianMs, count }) => (medianMs === 0 ? count : 0)))).toBe(expected.counts.same_case_same_time_rows); // prettier-ignore
    const { variants } = measurePaths(log, { per, maxLength: 1, minSupport: 1, variants: 100_000 });
    expect(Math.max(...variants.map(({ steps }) => steps.length))).toBe(events_per_session_max);
    expect(sum(variants.map(({ steps, paths }) => (steps.length === 1 ? paths : 0)))).toBe(single_event_sessions);
    const begins = new Set(per.starts);
    const perCase = Array.from({ length: cases }, (_, i) => sum(Array.from({ length: starts[i + 1] - starts[i] }, (__, step) => (begins.has(starts[i] + step) ? 1 : 0)))); // prettier-ignore
    expect(Math.max(...perCase)).toBe(sessions_per_user_max);
  });
});

describeWithData("paths of PathData", ["pathdata"], () => {
  it("are as long as pandas says", () => {
    const expected = readDataJson<{ path_length: { mean: number; max: number; single_touch: number } }>("pathdata/expected.json"); // prettier-ignore
    const touches = readDataRows("pathdata/pathdata.csv.gz").map(({ path }: TextRow) => path.split(" > "));
    const rows = touches.flatMap((names, who) => names.map((what, at) => ({ who: `row ${who}`, what, at })));
    const { log } = readEvents(rows, { customer: "who", type: "what", time: "at" });
    const { paths, steps, variants } = measurePaths(log, { maxLength: 1, minSupport: 1, variants: 100_000 });
    expect(steps / paths).toBe(expected.path_length.mean);
    expect(Math.max(...variants.map((variant) => variant.steps.length))).toBe(expected.path_length.max);
    expect(sum(variants.map((variant) => (variant.steps.length === 1 ? variant.paths : 0)))).toBe(expected.path_length.single_touch); // prettier-ignore
  });
});
