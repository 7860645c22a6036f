import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, isTextList, type OptionTable, readOptions, real } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { type Interval, newcombeInterval } from "../numeric/intervals.ts";
import { testTwoByTwo } from "../numeric/two-by-two.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkGrouping } from "../tables/join-labels.ts";
import { type Labels, noGroup } from "../tables/labels.ts";

/** Customers with their segments at one date. */
export interface SegmentedTable {
  /** Features; an id means the same customer at both dates. */
  readonly table: FeatureTable;
  /** One label per row; −1 = in no segment. */
  readonly labels: Labels;
}

/** Options of {@link measureSegmentDrift}. */
export interface MeasureSegmentDriftOptions {
  /** Names of the segments, in the order of their numbers. */
  readonly names?: readonly string[] | undefined;
  /** From which change of its share on, as a part of it, a segment has drifted in size; default 0.25. */
  readonly sizeThreshold?: number | undefined;
  /** From which shift of a mean on, in standard deviations of all customers before, a segment has drifted; default 0.5. */
  readonly shiftThreshold?: number | undefined;
  /** 1 − level of the intervals; default 0.05. */
  readonly alpha?: number | undefined;
}

/** Option table of {@link measureSegmentDrift}. */
export const measureSegmentDriftOptions: OptionTable<MeasureSegmentDriftOptions, "names"> = {
  names: custom("a list of names, one per segment", isTextList, [null, "a", [1], 1], { optional: true }),
  sizeThreshold: real({ above: 0, max: 1000, default: 0.25 }),
  shiftThreshold: real({ above: 0, max: 1000, default: 0.5 }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/** How one segment has changed. */
export interface SegmentDrift {
  /** Its number. */
  readonly segment: number;
  /** Its name. */
  readonly name: string;
  /** Customers at both dates. */
  readonly before: number;
  /** Customers at the later date. */
  readonly after: number;
  /** Shares of all customers at both dates. */
  readonly shareBefore: number;
  /** Share of all customers at the later date. */
  readonly shareAfter: number;
  /** Share after less share before. */
  readonly shareChange: number;
  /** Its interval, and the p-value adjusted for the number of segments, as if the customers of both dates were others: cautious where they are not. */
  readonly interval: Interval | null;
  /** Adjusted for the number of segments; null where there is none. */
  readonly adjustedPValue: number | null;
  /** How far the mean of each feature has moved, in standard deviations of all customers before; null where it cannot be told. */
  readonly shifts: readonly {
    /** Its name. */
    readonly feature: string;
    /** Standard deviations, with a sign. */
    readonly shift: number | null;
  }[];
  /** The largest of these sizes; null where none can be told. */
  readonly largestShift: number | null;
  /** Customers of the segment before who are in it still, in another, in none, or no longer in the table. */
  readonly stayed: number;
  /** Those of before who are in another segment now. */
  readonly movedOut: number;
  /** Those of before who are in none now. */
  readonly unassigned: number;
  /** Those of before who are no longer in the table. */
  readonly gone: number;
  /** Customers of the segment after who were in another or none before, or not in the table. */
  readonly movedIn: number;
  /** Those of now who were not in the table. */
  readonly arrived: number;
  /** Whether there is a reason to say so. */
  readonly drifted: boolean;
  /** What has drifted; `"appeared"` and `"vanished"` where the segment was or is empty. */
  readonly reasons: readonly ("size" | "shift" | "appeared" | "vanished")[];
}

/** Result of {@link measureSegmentDrift}. */
export interface SegmentDriftReport {
  /** In the order of their numbers. */
  readonly segments: readonly SegmentDrift[];
  /** Whether any segment has drifted. */
  readonly drifted: boolean;
  /** The share of segments that have. */
  readonly share: number;
  /** Of the customers in a segment at both dates, the share in another one. */
  readonly migration: number | null;
  /** Soft problems: `no-customers`, `no-common-customers`. */
  readonly notes: readonly Note[];
}

/**
 * Tells how each segment has changed between two dates: its size, who its customers are on average, and who moved in and out.
 *
 * Segment numbers must mean the same at both dates (`assignKMeans` with one model, or `alignLabels`). The verdict does not depend on how
 * many customers there are; intervals and p-values stand beside it.
 *
 * @param before - customers and segments at the earlier date.
 * @param after - at the later date; the same features in the same order.
 * @param options - see {@link MeasureSegmentDriftOptions}.
 * @returns one entry per segment; `drifted` and `share` can go to `planReclustering`.
 * @throws {ClienteleError} `shape-mismatch` for labels that do not fit their table, or other features; `invalid-value` for an id that
 * repeats; `invalid-option`. Cost: one pass over both tables.
 * @example
 * const table = fromMatrix([[1], [2], [9], [10]], { ids: ["a", "b", "c", "d"], names: ["visits"] });
 * const moved = fromMatrix([[1], [8], [9], [10]], { ids: ["a", "b", "c", "d"], names: ["visits"] });
 * const before = { table, labels: labelsOf([0, 0, 1, 1]) };
 * const { segments, migration } = measureSegmentDrift(before, { table: moved, labels: labelsOf([0, 1, 1, 1]) }, { names: ["few", "many"] });
 * segments.map(({ name, movedOut, movedIn }) => [name, movedOut, movedIn]); // [["few", 1, 0], ["many", 0, 1]]
 * migration; // 0.25
 */
export function measureSegmentDrift(
  before: SegmentedTable,
  after: SegmentedTable,
  options?: MeasureSegmentDriftOptions,
): SegmentDriftReport {
  const caller = "measureSegmentDrift";
  const read = readOptions(caller, measureSegmentDriftOptions, options);
  check(caller, "before", before);
  check(caller, "after", after);
  const features = before.table.names;
  if (after.table.names.length !== features.length || features.some((name, j) => after.table.names[j] !== name)) {
    refuse(caller, "shape-mismatch", "after.table.names", "the features of before, in their order", "other features");
  }
  const count = Math.max(numberOf(before.labels), numberOf(after.labels), read.names?.length ?? 0);
  if (read.names !== undefined && read.names.length < count) {
    refuse(caller, "invalid-option", "options.names", `${count} names, one per segment`, describeValue(read.names));
  }
  const [was, is] = [summary(before, count), summary(after, count)];
  const spread = deviations(before.table);
  const flows = flowsOf(before, after, count);
  const [n, m] = [before.table.ids.length, after.table.ids.length];
  const tests = was.sizes.map((size, s) => {
    const counts = { a: is.sizes[s], b: m - is.sizes[s], c: size, d: n - size };
    return n === 0 || m === 0 ? null : (testTwoByTwo(counts)?.pValue ?? 1);
  });
  const pValues = adjusted(tests, "bh");
  const segments = was.sizes.map((size, s): SegmentDrift => {
    const [shareBefore, shareAfter] = [n === 0 ? 0 : size / n, m === 0 ? 0 : is.sizes[s] / m];
    const shifts = features.map((feature, j) => ({
      feature,
      shift: shiftOf(was.means[s][j], is.means[s][j], spread[j]),
    }));
    const largestShift = shifts.reduce<number | null>((most, { shift }) => (shift === null ? most : Math.max(most ?? 0, Math.abs(shift))), null); // prettier-ignore
    const shareChange = shareAfter - shareBefore;
    const reasons: SegmentDrift["reasons"][number][] = [];
    if (size === 0 && is.sizes[s] > 0) reasons.push("appeared");
    else if (size > 0 && is.sizes[s] === 0) reasons.push("vanished");
    else if (size > 0 && Math.abs(shareChange) / shareBefore >= read.sizeThreshold) reasons.push("size");
    if (largestShift !== null && largestShift >= read.shiftThreshold) reasons.push("shift");
    return {
      segment: s,
      name: read.names?.[s] ?? `Segment ${s}`,
      before: size,
      after: is.sizes[s],
      shareBefore,
      shareAfter,
      shareChange,
      interval: n === 0 || m === 0 ? null : newcombeInterval({ successes: size, n }, { successes: is.sizes[s], n: m }, read.alpha),
      adjustedPValue: pValues[s],
      shifts,
      largestShift,
      ...flows.bySegment[s],
      drifted: reasons.length > 0,
      reasons,
    }; // prettier-ignore
  });
  const notes: Note[] = [];
  if (n === 0 || m === 0) notes.push({ code: "no-customers", message: "One of the tables has no customers." });
  else if (flows.migration === null) {
    notes.push({
      code: "no-common-customers",
      message: "No customer is in a segment at both dates: who moved cannot be told.",
    });
  }
  const moved = segments.filter(({ drifted }) => drifted).length;
  return { segments, drifted: moved > 0, share: segments.length === 0 ? 0 : moved / segments.length, migration: flows.migration, notes }; // prettier-ignore
}

function check(caller: string, path: string, given: SegmentedTable): void {
  if (!isRecord(given)) refuse(caller, "shape-mismatch", path, "{ table, labels }", describeValue(given));
  checkTable(caller, given.table, `${path}.table`);
  checkGrouping(caller, path, { ids: given.table.ids, labels: given.labels });
}

const numberOf = (labels: Labels): number => labels.reduce((most, label) => Math.max(most, label + 1), 0);

/** Sizes, and means of what is known, by segment. */
function summary({ table, labels }: SegmentedTable, count: number): { sizes: number[]; means: number[][] } {
  const width = table.names.length;
  const sizes = new Array<number>(count).fill(0);
  const known = Array.from({ length: count }, () => new Float64Array(width));
  const sums = Array.from({ length: count }, () => new Float64Array(width));
  labels.forEach((label, row) => {
    if (label === noGroup) return;
    sizes[label]++;
    for (let j = 0; j < width; j++) {
      const value = table.values[row * width + j];
      if (!Number.isFinite(value)) continue;
      known[label][j]++;
      sums[label][j] += value;
    }
  });
  return { sizes, means: sums.map((sum, s) => Array.from(sum, (total, j) => total / known[s][j])) };
}

/** Standard deviation of each feature over all customers; NaN where there is none. */
function deviations({ values, names, ids }: FeatureTable): number[] {
  const width = names.length;
  return names.map((_, j) => {
    let [n, mean, squares] = [0, 0, 0];
    for (let row = 0; row < ids.length; row++) {
      const value = values[row * width + j];
      if (!Number.isFinite(value)) continue;
      const distance = value - mean;
      mean += distance / ++n;
      squares += distance * (value - mean);
    }
    return squares > 0 ? Math.sqrt(squares / n) : NaN;
  });
}

function shiftOf(before: number, after: number, deviation: number): number | null {
  const shift = (after - before) / deviation;
  return Number.isFinite(shift) ? shift + 0 : null;
}

type Flow = Pick<SegmentDrift, "stayed" | "movedOut" | "unassigned" | "gone" | "movedIn" | "arrived">;

function flowsOf(
  before: SegmentedTable,
  after: SegmentedTable,
  count: number,
): { bySegment: readonly Flow[]; migration: number | null } {
  const bySegment = Array.from({ length: count }, () => ({ stayed: 0, movedOut: 0, unassigned: 0, gone: 0, movedIn: 0, arrived: 0 })); // prettier-ignore
  const later = new Map(after.table.ids.map((id, row) => [id, after.labels[row]]));
  const earlier = new Map(before.table.ids.map((id, row) => [id, before.labels[row]]));
  let [both, moved] = [0, 0];
  for (const [id, label] of earlier) {
    if (label === noGroup) continue;
    const next = later.get(id);
    if (next === undefined) bySegment[label].gone++;
    else if (next === noGroup) bySegment[label].unassigned++;
    else {
      both++;
      if (next === label) bySegment[label].stayed++;
      else {
        moved++;
        bySegment[label].movedOut++;
      }
    }
  }
  for (const [id, label] of later) {
    if (label === noGroup || earlier.get(id) === label) continue;
    if (earlier.has(id)) bySegment[label].movedIn++;
    else bySegment[label].arrived++;
  }
  return { bySegment, migration: both === 0 ? null : moved / both };
}
