import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { isFiniteMatrix, isFiniteVector } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { flag, integer, isTextList, type OptionTable, readOptions, texts } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { checkGroupNumbers, checkLabelPair, type Labels, noGroup } from "../tables/labels.ts";

/** Who moved from which segment to which between two dates. Result of {@link measureMigration}. */
export interface MigrationReport {
  /** Names of the segments, in the order of their numbers. */
  readonly names: readonly string[];
  /** Customers by segment before (row) and after (column), of those who were in a segment at both dates. */
  readonly counts: readonly (readonly number[])[];
  /**
   * `counts` as shares of their row: where those of a segment went who are still there. A row adds up to 1, or is all 0
   * when nobody of the segment is still there.
   */
  readonly probabilities: readonly (readonly number[])[];
  /** What each segment won from the others less what it lost to them; adds up to 0. */
  readonly net: readonly number[];
  /** Customers who came into each segment from no segment (−1 before): new ones, as a rule. */
  readonly entered: readonly number[];
  /** Customers of each segment who are in none any more (−1 after). */
  readonly left: readonly number[];
  /** Size of each segment before: its row of `counts` and `left`. */
  readonly before: readonly number[];
  /** Size of each segment after: its column of `counts` and `entered`; also `before + net + entered - left`. */
  readonly after: readonly number[];
  /**
   * How many such periods it takes until half of a segment has moved on or left, if everyone keeps leaving at this rate:
   * ln ½ / ln(share that stayed). 0 when nobody stayed, null when nobody moved or nobody was there.
   */
  readonly halfLife: readonly (number | null)[];
  /** Customers who were in no segment at either date, and are in none of the figures. */
  readonly outside: number;
  /** `empty-row`: segments of which nobody is still there, so that nothing is known of where they go. */
  readonly notes: readonly Note[];
}

/** Options of {@link measureMigration}. */
export interface MeasureMigrationOptions {
  /** Name of segment 0, 1, …; at least one for every segment that occurs. Default `"Segment 1"` and so on. */
  readonly names?: readonly string[] | undefined;
}

/** Option table of {@link measureMigration}. */
export const measureMigrationOptions: OptionTable<MeasureMigrationOptions, "names"> = {
  names: texts({ optional: true }),
};

/** Highest segment number: the tables have its square in cells. */
const highestSegment = 999;

/**
 * Counts who moved from which segment to which between two dates, who came and who left.
 *
 * Every customer is in exactly one figure: in `counts`, `entered`, `left`, or `outside`. The numbers of the segments must
 * mean the same at both dates: after a new fit, use `alignLabels` first.
 *
 * @param previous - labels at the first date; −1 = not there yet, or in no segment.
 * @param next - labels of the same customers at the second date, in the same order; see `joinLabels`.
 * @param options - see {@link MeasureMigrationOptions}.
 * @returns counts, probabilities, net flow, entries, exits, sizes and half-lives, one row per segment number from 0.
 * @throws {ClienteleError} `shape-mismatch` when lengths differ or names do not cover the segments; `invalid-value` for a
 * label below −1 or above 999.
 * @example
 * const report = measureMigration(labelsOf([0, 0, 0, 0, 1, -1]), labelsOf([0, 0, 1, -1, 1, 1]), { names: ["active", "lost"] });
 * report.counts; // [[2, 1], [0, 1]]
 * report.probabilities[0]; // [0.6667, 0.3333]
 * report.net; // [-1, 1]
 * [report.entered, report.left]; // [[0, 1], [1, 0]]
 * report.halfLife; // [1, null] — two of four stayed for one period
 */
export function measureMigration(previous: Labels, next: Labels, options?: MeasureMigrationOptions): MigrationReport {
  const caller = "measureMigration";
  const { names: given } = readOptions(caller, measureMigrationOptions, options);
  checkLabelPair(caller, previous, next);
  checkGroupNumbers(caller, "previous", previous, highestSegment);
  checkGroupNumbers(caller, "next", next, highestSegment);
  const occurring = Math.max(highestOf(previous), highestOf(next)) + 1;
  if (given !== undefined && (given.length < occurring || given.length > highestSegment + 1)) {
    const expected = `${occurring} names, one per segment, and at most ${highestSegment + 1}`;
    refuse(caller, "shape-mismatch", "options.names", expected, String(given.length));
  }
  const size = given?.length ?? occurring;
  const names = given === undefined ? Array.from({ length: size }, (_, i) => `Segment ${i + 1}`) : [...given];
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const entered = new Array<number>(size).fill(0);
  const left = new Array<number>(size).fill(0);
  let outside = 0;
  for (let row = 0; row < next.length; row++) {
    const [from, to] = [previous[row], next[row]];
    if (from === noGroup && to === noGroup) outside++;
    else if (from === noGroup) entered[to]++;
    else if (to === noGroup) left[from]++;
    else counts[from][to]++;
  }
  const stayed = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const arrived = names.map((_, to) => counts.reduce((sum, row) => sum + row[to], 0));
  const before = stayed.map((count, i) => count + left[i]);
  const empty = stayed.filter((count) => count === 0).length;
  const message = `${empty} of ${size} segments have nobody who was there before and is still: where they go is not known.`;
  return {
    names,
    counts,
    probabilities: counts.map((row, from) => row.map((count) => (stayed[from] === 0 ? 0 : count / stayed[from]))),
    net: arrived.map((count, i) => count - stayed[i]),
    entered,
    left,
    before,
    after: arrived.map((count, i) => count + entered[i]),
    halfLife: before.map((count, i) => halfLifeOf(counts[i][i], count)),
    outside,
    notes: empty === 0 ? [] : [{ code: "empty-row", message }],
  };
}

function highestOf(labels: Labels): number {
  let highest = noGroup;
  for (const label of labels) if (label > highest) highest = label;
  return highest;
}

function halfLifeOf(stayed: number, before: number): number | null {
  if (before === 0 || stayed === before) return null;
  return stayed === 0 ? 0 : log(0.5) / log(stayed / before);
}

/** Options of {@link projectMigration}. */
export interface ProjectMigrationOptions {
  /** How many further periods, each as long as the one that was measured. */
  readonly steps: number;
  /**
   * Whether customers keep coming and leaving as they did: `entered` new ones per step, and the same share of each segment
   * leaving. Default false: those who are there now move about, nobody comes or goes.
   */
  readonly open?: boolean | undefined;
}

/** Option table of {@link projectMigration}. */
export const projectMigrationOptions: OptionTable<ProjectMigrationOptions> = {
  steps: integer({ min: 1, max: 10_000 }),
  open: flag({ default: false }),
};

/**
 * Projects the sizes of segments if customers keep moving as they did: "if nothing changes".
 *
 * A Markov chain: where a customer goes next depends on the present segment alone, and on nothing that happened before; the
 * probabilities of the report hold in every step. Customers of a segment of which nothing is known (a row of zeros) stay.
 * Real customers remember, so look a few steps ahead, not fifty.
 *
 * @param report - what {@link measureMigration} returned, also from JSON.
 * @param options - see {@link ProjectMigrationOptions}; `steps` is required.
 * @returns one row per step, one expected number of customers per segment: `after · probabilitiesᵏ` in row k − 1.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report.
 * @example
 * const report = measureMigration(labelsOf([0, 0, 1, 1]), labelsOf([0, 1, 1, 1]));
 * projectMigration(report, { steps: 2 }); // [[0.5, 3.5], [0.25, 3.75]]
 * @see Kemeny & Snell (1960), "Finite Markov Chains". Cost O(steps · segments²).
 */
export function projectMigration(report: MigrationReport, options: ProjectMigrationOptions): number[][] {
  const caller = "projectMigration";
  const { steps, open } = readOptions(caller, projectMigrationOptions, options);
  checkMigration(caller, report);
  const { probabilities, entered, left, before, after } = report;
  const isKnown = probabilities.map((row) => row.some((share) => share > 0));
  const leaving = before.map((count, i) => (open && count > 0 ? left[i] / count : 0));
  const projected: number[][] = [];
  let sizes: readonly number[] = after;
  for (let step = 0; step < steps; step++) {
    const moved = open ? [...entered] : entered.map(() => 0);
    sizes.forEach((size, from) => {
      const going = size * (1 - leaving[from]);
      if (!isKnown[from]) moved[from] += going;
      else probabilities[from].forEach((share, to) => (moved[to] += going * share));
    });
    projected.push(moved);
    sizes = moved;
  }
  return projected;
}

/**
 * Refuses what is no intact migration report.
 *
 * @param caller - the public function.
 * @param report - what the user passed, perhaps read from a file.
 */
export function checkMigration(caller: string, report: MigrationReport): void {
  if (!isRecord(report) || !isTextList(report.names)) {
    refuse(caller, "shape-mismatch", "report", "the result of measureMigration", describeValue(report));
  }
  const size = report.names.length;
  const areCounts = (value: unknown): boolean => isFiniteVector(value, size) && value.every((count) => count >= 0);
  const fields: readonly [keyof MigrationReport, (value: unknown) => boolean][] = [
    ["counts", (value) => isFiniteMatrix(value, size, size) && value.every(areCounts)],
    ["probabilities", (value) => isFiniteMatrix(value, size, size) && value.every(areShares)],
    ["entered", areCounts],
    ["left", areCounts],
    ["before", areCounts],
    ["after", areCounts],
    ["outside", (value) => isFiniteVector([value]) && (value as number) >= 0],
  ];
  for (const [field, accepts] of fields) {
    const value: unknown = report[field];
    if (accepts(value)) continue;
    refuse(caller, "shape-mismatch", `report.${field}`, `intact figures of ${size} segments`, describeValue(value));
  }
}

function areShares(row: readonly number[]): boolean {
  const sum = row.reduce((total, share) => total + share, 0);
  return row.every((share) => share >= 0) && (sum === 0 || Math.abs(sum - 1) <= 1e-9);
}
