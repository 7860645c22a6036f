import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, type ReadOptions, readOptions, real } from "../core/options.ts";
import { type HealthLine, type HealthSnapshot, readHistory } from "./health-history.ts";
import { type HealthEvidence, judgeLatest, type MetricSeries } from "./health-limits.ts";
import type { AlertFinding, AlertSeverity } from "./step-alerts.ts";

/** Options of {@link measureSegmentHealth}. */
export interface MeasureSegmentHealthOptions {
  /** A change that chance alone makes more rarely than this is at least low; default 0.0027, the usual three sigma. */
  readonly lowAlpha?: number | undefined;
  /** And more rarely than this, high, however small it is; default 0.00006, four sigma. */
  readonly highAlpha?: number | undefined;
  /** A smaller change than this share of the past mean is as usual, whatever chance says; default 0.05. */
  readonly leastChange?: number | undefined;
  /** One that is low by chance and at least this share of the past mean is high; default 0.25. */
  readonly highChange?: number | undefined;
  /** A metric with fewer past values is not judged; default 8. */
  readonly leastPoints?: number | undefined;
  /** The past is at most so many snapshots; default 52. */
  readonly mostPoints?: number | undefined;
}

/** How one metric of one segment is now, against its past: what `stepAlerts` takes. */
export interface HealthFinding extends AlertFinding {
  /** How surely. */
  readonly evidence: HealthEvidence & Readonly<Record<string, number>>;
}

/** One segment at a glance. */
export interface SegmentCondition {
  /** Its name. */
  readonly segment: string;
  /** Customers now, and as a share of all; 0 for one that vanished, share 0 where there is nobody. */
  readonly size: number;
  /** Its customers as a share of all. */
  readonly share: number;
  /** The worst of its findings. */
  readonly severity: AlertSeverity;
}

/** How the segments are. Result of {@link measureSegmentHealth}. */
export interface SegmentHealthReport {
  /** Of the last snapshot. */
  readonly time: number;
  /** Snapshots in the history. */
  readonly snapshots: number;
  /** The segments of the last snapshot, then those that vanished with it. */
  readonly segments: readonly SegmentCondition[];
  /** Every metric that could be judged, also those that are as usual. */
  readonly findings: readonly HealthFinding[];
  /** What could not: too few past values, or none now. */
  readonly unjudged: readonly {
    /** Of which segment. */
    readonly segment: string;
    /** Which metric. */
    readonly metric: string;
    /** How many past values there are. */
    readonly points: number;
    /** Too few past values, or no value now. */
    readonly reason: "short-history" | "missing";
  }[];
  /** Segments that the snapshot before had not, and those that only it had. */
  readonly appeared: readonly string[];
  /** Segments that only the snapshot before had. */
  readonly vanished: readonly string[];
  /** `short-history` when nothing could be judged. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureSegmentHealth}. */
export const measureSegmentHealthOptions: OptionTable<MeasureSegmentHealthOptions> = {
  lowAlpha: real({ above: 0, below: 0.5, default: 0.0027 }),
  highAlpha: real({ above: 0, below: 0.5, default: 0.00006 }),
  leastChange: real({ min: 0, max: 100, default: 0.05 }),
  highChange: real({ min: 0, max: 1e9, default: 0.25 }),
  leastPoints: integer({ min: 3, max: 1000, default: 8 }),
  mostPoints: integer({ min: 3, max: 10_000, default: 52 }),
};

/**
 * Tells which segments changed more than they usually do: size, share and any figures of yours, each against its own past.
 *
 * Every metric is held against a control chart of individuals: its mean, and as ordinary ups and downs what the distances of
 * neighboring snapshots say, with limits that are wider where the past is short. Shares of counts, given as
 * `{ successes, n }`, vary at least as counting does, so that a small segment is not blamed for chance. A steady trend counts as a
 * change. Many metrics are looked at: at the default level about one in 370 is called out by chance.
 *
 * @param history - snapshots by time, at regular distances such as a week; the last one is judged.
 * @param options - see {@link MeasureSegmentHealthOptions}.
 * @returns a finding per metric, with from = mean of the past, to = now, change = their difference; and what could not be judged.
 * @throws {ClienteleError} `invalid-value` at the first broken figure; `too-few-rows` without a snapshot; `invalid-option`.
 * Cost: a pass over the history.
 * @example
 * const sizes = [100, 104, 98, 101, 97, 103, 99, 102, 100, 140];
 * const history = sizes.map((size, week) => ({ time: week * 604_800_000, segments: [{ segment: "loyal", size }] }));
 * const { findings } = measureSegmentHealth(history);
 * const [size] = findings;
 * [size.metric, size.severity, size.to]; // ["size", "high", 140]
 * size.evidence.center; // 100.4
 * @see Wheeler (2000), Understanding Variation; Laney (2002), Improved control charts for attributes. ADR 0184.
 */
export function measureSegmentHealth(
  history: readonly HealthSnapshot[],
  options?: MeasureSegmentHealthOptions,
): SegmentHealthReport {
  const caller = "measureSegmentHealth";
  const read = readOptions(caller, measureSegmentHealthOptions, options);
  if (read.highAlpha > read.lowAlpha) refuse(caller, "invalid-option", "options.highAlpha", "at most lowAlpha", "a higher level"); // prettier-ignore
  if (read.mostPoints < read.leastPoints) refuse(caller, "invalid-option", "options.mostPoints", "at least leastPoints", "fewer"); // prettier-ignore
  const { segments, appeared, vanished, lines } = readHistory(caller, history);
  const findings: HealthFinding[] = [];
  const unjudged: SegmentHealthReport["unjudged"][number][] = [];
  for (const line of lines) {
    const { segment, metric, values } = line;
    const series = recentOf(line, read.mostPoints);
    const points = series.values.length - 1;
    if (Number.isNaN(values[values.length - 1]))
      unjudged.push({ segment, metric, points: series.values.length, reason: "missing" }); // prettier-ignore
    else if (points < read.leastPoints) unjudged.push({ segment, metric, points, reason: "short-history" });
    else findings.push(findingOf(segment, metric, series, read));
  }
  const latest = history[history.length - 1];
  return {
    time: latest.time,
    snapshots: history.length,
    segments: conditionsOf(segments, lines, findings),
    findings,
    unjudged,
    appeared,
    vanished,
    notes:
      findings.length > 0
        ? []
        : [{ code: "short-history", message: `No metric has the ${read.leastPoints} past values that it takes to judge it.` }], // prettier-ignore
  };
}

/** The known values, the last one included, as far back as wanted. */
function recentOf({ values, outOf }: HealthLine, most: number): MetricSeries {
  const known = Array.from(values.keys()).filter((t) => !Number.isNaN(values[t]));
  const recent = known.slice(-most - 1);
  return {
    values: Float64Array.from(recent, (t) => values[t]),
    outOf: outOf === null ? undefined : Float64Array.from(recent, (t) => outOf[t]),
  };
}

function findingOf(
  segment: string,
  metric: string,
  series: MetricSeries,
  { lowAlpha, highAlpha, leastChange, highChange }: ReadOptions<MeasureSegmentHealthOptions>,
): HealthFinding {
  const evidence = judgeLatest(series, lowAlpha);
  const from = evidence.center;
  const to = series.values[series.values.length - 1];
  const change = to - from;
  const isAtLeast = (share: number): boolean => Math.abs(change) >= share * Math.abs(from);
  const { pValue } = evidence;
  let severity: AlertSeverity = "none";
  if (pValue < lowAlpha && change !== 0 && isAtLeast(leastChange)) {
    severity = pValue < highAlpha || isAtLeast(highChange) ? "high" : "low";
  }
  return { segment, metric, from, to, change, severity, evidence: { ...evidence } };
}

const ranks = { none: 0, low: 1, high: 2 } as const;

function conditionsOf(
  segments: readonly string[],
  lines: readonly HealthLine[],
  findings: readonly HealthFinding[],
): SegmentCondition[] {
  const worst = new Map<string, AlertSeverity>();
  for (const { segment, severity } of findings) {
    if (ranks[severity] > ranks[worst.get(segment) ?? "none"]) worst.set(segment, severity);
  }
  const now = new Map<string, number>();
  for (const { segment, metric, values } of lines)
    now.set(JSON.stringify([segment, metric]), values[values.length - 1]);
  return segments.map((segment) => ({
    segment,
    size: now.get(JSON.stringify([segment, "size"])) ?? 0,
    share: now.get(JSON.stringify([segment, "share"])) || 0,
    severity: worst.get(segment) ?? "none",
  }));
}
