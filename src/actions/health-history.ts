import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";

/** A share of a count, such as buyers among visitors: it may vary by chance as a count does. */
export interface HealthShare {
  /** How many did it. */
  readonly successes: number;
  /** Out of how many; 0 = nothing to be said. */
  readonly n: number;
}

/** A segment at one time. */
export interface SegmentSnapshot {
  /** Its name. */
  readonly segment: string;
  /** Number of customers. */
  readonly size: number;
  /** Further figures by name: a mean, or a share of a count; null and a name left out = not known. */
  readonly metrics?: Readonly<Record<string, number | HealthShare | null>> | undefined;
}

/** All segments at one time. */
export interface HealthSnapshot {
  /** Epoch milliseconds. */
  readonly time: number;
  /** One entry per segment. */
  readonly segments: readonly SegmentSnapshot[];
}

/** One metric of one segment over all snapshots; NaN = not known. */
export interface HealthLine {
  readonly segment: string;
  readonly metric: string;
  readonly values: Float64Array;
  /** Out of how many; null for what is no share of a count. */
  readonly outOf: Float64Array | null;
}

/** The history by segment and metric, after reading. */
export interface HealthLines {
  /** The segments of the last snapshot in its order, then those that were in the one before. */
  readonly segments: readonly string[];
  readonly appeared: readonly string[];
  readonly vanished: readonly string[];
  readonly lines: readonly HealthLine[];
}

/**
 * Reads a history into one line per metric of each segment that is there now or was a moment ago: size and share first, then
 * the others in the order in which they first appear. Before its first snapshot a segment is not known; later, a snapshot
 * without it has 0 of its customers.
 *
 * @throws {ClienteleError} `invalid-value` at the first broken figure; `too-few-rows` without a snapshot.
 */
export function readHistory(caller: string, history: unknown): HealthLines {
  if (!Array.isArray(history))
    refuse(caller, "shape-mismatch", "history", "a list of snapshots", describeValue(history));
  if (history.length === 0) refuse(caller, "too-few-rows", "history", "at least one snapshot", "none");
  const found = (history as HealthSnapshot[]).map((snapshot, t) => readSnapshot(caller, snapshot, t, history as HealthSnapshot[])); // prettier-ignore
  const last = found[found.length - 1];
  const before = found.length > 1 ? found[found.length - 2] : undefined;
  const appeared = before === undefined ? [] : [...last.keys()].filter((name) => !before.has(name));
  const vanished = before === undefined ? [] : [...before.keys()].filter((name) => !last.has(name));
  const segments = [...last.keys(), ...vanished];
  const totals = found.map((segmentsOf) => [...segmentsOf.values()].reduce((sum, { size }) => sum + size, 0));
  const lines = segments.flatMap((segment) => {
    const over = found.map((segmentsOf) => segmentsOf.get(segment));
    const first = over.findIndex((one) => one !== undefined);
    const sizes = Float64Array.from(over, (one, t) => (t < first ? NaN : (one?.size ?? 0)));
    const shares = sizes.map((size, t) => (totals[t] === 0 ? NaN : size / totals[t]));
    return [
      { segment, metric: "size", values: sizes, outOf: null },
      { segment, metric: "share", values: shares, outOf: null },
      ...metricLines(segment, over),
    ];
  });
  return { segments, appeared, vanished, lines };
}

function metricLines(segment: string, over: readonly (SegmentSnapshot | undefined)[]): HealthLine[] {
  const names = new Set(over.flatMap((one) => Object.keys(one?.metrics ?? {})));
  return [...names].map((metric) => {
    const cells = over.map((one) => {
      const metrics = one?.metrics ?? {};
      return Object.hasOwn(metrics, metric) ? metrics[metric] : null;
    });
    // Shares of counts are judged as such where all are.
    const areShares = cells.every((cell) => cell === null || typeof cell === "object");
    const outOf = areShares ? Float64Array.from(cells, (cell) => (cell === null ? 0 : cell.n)) : null;
    return { segment, metric, values: Float64Array.from(cells, valueOf), outOf };
  });
}

function valueOf(cell: number | HealthShare | null): number {
  if (cell === null) return NaN;
  if (typeof cell === "number") return cell;
  return cell.n === 0 ? NaN : cell.successes / cell.n;
}

function readSnapshot(
  caller: string,
  snapshot: unknown,
  t: number,
  history: readonly HealthSnapshot[],
): Map<string, SegmentSnapshot> {
  const at = `history[${t}]`;
  if (!isRecord(snapshot) || !Array.isArray(snapshot.segments)) {
    refuse(caller, "invalid-value", at, "{ time, segments }", describeCell(snapshot));
  }
  const { time } = snapshot as { time: unknown };
  if (!Number.isFinite(time) || (t > 0 && (time as number) <= history[t - 1].time)) {
    refuse(caller, "invalid-value", `${at}.time`, "after the snapshot before", describeCell(time));
  }
  const segments = new Map<string, SegmentSnapshot>();
  (snapshot.segments as unknown[]).forEach((one, i) => {
    const path = `${at}.segments[${i}]`;
    if (!isRecord(one)) refuse(caller, "invalid-value", path, "{ segment, size, metrics? }", describeCell(one));
    const { segment, size, metrics } = one;
    if (typeof segment !== "string")
      refuse(caller, "invalid-value", `${path}.segment`, "a string", describeCell(segment));
    if (segments.has(segment)) refuse(caller, "invalid-value", `${path}.segment`, "another one than those before", "a repeated one"); // prettier-ignore
    if (!isCount(size)) refuse(caller, "invalid-value", `${path}.size`, "a whole number from 0 on", describeCell(size));
    if (metrics !== undefined) checkMetrics(caller, `${path}.metrics`, metrics);
    segments.set(segment, one as unknown as SegmentSnapshot);
  });
  return segments;
}

function checkMetrics(caller: string, path: string, metrics: unknown): void {
  if (!isRecord(metrics)) refuse(caller, "invalid-value", path, "figures by name", describeCell(metrics));
  Object.entries(metrics).forEach(([name, cell], i) => {
    if (name === "size" || name === "share") refuse(caller, "invalid-value", path, "without size and share, which are counted", "one of them"); // prettier-ignore
    if (cell === null || Number.isFinite(cell)) return;
    if (isRecord(cell) && isCount(cell.n) && isCount(cell.successes) && cell.successes <= cell.n) return;
    refuse(caller, "invalid-value", `${path}[${i}]`, "finite, { successes, n } or null", describeCell(cell));
  });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
