import { describeValue, refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { cheapestPairs } from "../numeric/assignment.ts";
import { checkGroupNumbers, checkLabelPair, type Labels, noGroup } from "../tables/labels.ts";

/** A new grouping in the numbers of an old one. Result of {@link alignLabels}. */
export interface LabelAlignment {
  /** The new labels, renumbered: a group that was there before has its old number. */
  readonly labels: Labels;
  /** The number that group 0, 1, … of `next` got; null for a number that no row of `next` has. */
  readonly mapping: readonly (number | null)[];
  /** Groups that were not there before, by their numbers in `labels`, ascending. */
  readonly appeared: readonly number[];
  /** Groups of `previous` that are there no longer, ascending. */
  readonly vanished: readonly number[];
  /** The first number that no group has had so far; pass it on as `unusedFrom` at the next alignment. */
  readonly unusedFrom: number;
}

/** Options of {@link alignLabels}. */
export interface AlignLabelsOptions {
  /**
   * The first number for groups that appear; default: the one after the highest in `previous`. Give the `unusedFrom` of the
   * alignment before, and the number of a group that vanished long ago is not given to another.
   */
  readonly unusedFrom?: number | undefined;
  /**
   * How alike two groups must at least be to count as the same: their common customers as a share of the customers of
   * either, in [0, 1]; default 0, one common customer is enough.
   */
  readonly minOverlap?: number | undefined;
}

/** Most groups per side: the matching costs their third power. */
const mostGroups = 2000;
/** Numbers are places in lists, so they must not run off; a fresh number a day lasts for centuries. */
const highestNumber = 1_000_000;

/** Option table of {@link alignLabels}. */
export const alignLabelsOptions: OptionTable<AlignLabelsOptions, "unusedFrom"> = {
  unusedFrom: integer({ min: 0, max: highestNumber, optional: true }),
  minOverlap: real({ min: 0, max: 1, default: 0 }),
};

/**
 * Renumbers a new grouping so that groups that live on keep their number, and with it the name, the color and the campaign
 * that people gave them.
 *
 * Old and new groups are matched one to one so that as many customers as possible keep their number. A new group without
 * a match appears, with a number that nobody had; an old one without a match vanishes. Where several matchings keep
 * equally many customers, the same one is chosen every time. Customers with −1 on either side count for no group.
 *
 * @param previous - labels of the run before, in the numbers to keep.
 * @param next - labels of the new run, of the same customers in the same order; see `joinLabels`.
 * @param options - see {@link AlignLabelsOptions}.
 * @returns the new labels in the old numbers, what became of each, and which groups appeared and vanished.
 * @throws {ClienteleError} `shape-mismatch` when lengths differ; `invalid-value` for a label below −1 or above 1,000,000;
 * `too-large` above 2,000 groups; `invalid-option` when `unusedFrom` is a number that `previous` uses.
 * @example
 * const aligned = alignLabels(labelsOf([0, 0, 1, 1, 2]), labelsOf([1, 1, 0, 0, 0]));
 * aligned.labels; // Int32Array [0, 0, 1, 1, 1]
 * aligned.vanished; // [2]
 * alignLabels(labelsOf([0, 0, 0, -1]), labelsOf([1, 1, 1, 0])).appeared; // [1]
 * @see Kuhn (1955), "The Hungarian method for the assignment problem". Cost O(n) and the third power of the groups.
 */
export function alignLabels(previous: Labels, next: Labels, options?: AlignLabelsOptions): LabelAlignment {
  const caller = "alignLabels";
  const { unusedFrom, minOverlap } = readOptions(caller, alignLabelsOptions, options);
  checkLabelPair(caller, previous, next);
  const before = groupsOf(caller, "previous", previous);
  const after = groupsOf(caller, "next", next);
  const highest = before.numbers.at(-1) ?? noGroup;
  if (unusedFrom !== undefined && unusedFrom <= highest) {
    const expected = `above the numbers of previous (${highest})`;
    refuse(caller, "invalid-option", "options.unusedFrom", expected, describeValue(unusedFrom));
  }
  const benefits = overlaps(before, after, previous, next, minOverlap);
  const pairs = cheapestPairs(benefits.map((common) => -common), after.numbers.length, before.numbers.length); // prettier-ignore
  const mapping = new Array<number | null>((after.numbers.at(-1) ?? noGroup) + 1).fill(null);
  const appeared: number[] = [];
  const kept = new Set<number>();
  let fresh = unusedFrom ?? highest + 1;
  after.numbers.forEach((number, group) => {
    const match = pairs[group];
    if (match >= 0 && benefits[group * before.numbers.length + match] > 0) {
      kept.add((mapping[number] = before.numbers[match]));
    } else {
      if (fresh > highestNumber)
        refuse(caller, "too-large", "next", `group numbers up to ${highestNumber}`, "too many");
      appeared.push((mapping[number] = fresh++));
    }
  });
  return {
    labels: next.map((label) => (label === noGroup ? noGroup : (mapping[label] as number))),
    mapping,
    appeared,
    vanished: before.numbers.filter((number) => !kept.has(number)),
    unusedFrom: fresh,
  };
}

/** The group numbers that occur, and how to get from one to its position. */
interface Groups {
  /** Ascending. */
  readonly numbers: readonly number[];
  readonly positionOf: ReadonlyMap<number, number>;
  readonly sizes: Float64Array;
}

function groupsOf(caller: string, path: string, labels: Labels): Groups {
  checkGroupNumbers(caller, path, labels, highestNumber);
  const counts = new Map<number, number>();
  for (const label of labels) {
    if (label !== noGroup) counts.set(label, (counts.get(label) ?? 0) + 1);
    if (counts.size > mostGroups) refuse(caller, "too-large", path, `at most ${mostGroups} groups`, "more");
  }
  const numbers = [...counts.keys()].sort((a, b) => a - b);
  return {
    numbers,
    positionOf: new Map(numbers.map((number, position) => [number, position])),
    sizes: Float64Array.from(numbers, (number) => counts.get(number) as number),
  };
}

/** Common customers of each new and each old group; 0 where they are too few to call the groups the same. */
function overlaps(before: Groups, after: Groups, previous: Labels, next: Labels, minOverlap: number): Float64Array {
  const width = before.numbers.length;
  const common = new Float64Array(after.numbers.length * width);
  for (let row = 0; row < next.length; row++) {
    const from = before.positionOf.get(previous[row]);
    const to = after.positionOf.get(next[row]);
    if (from !== undefined && to !== undefined) common[to * width + from]++;
  }
  return common.map((count, cell) => {
    const either = after.sizes[Math.floor(cell / width)] + before.sizes[cell % width] - count;
    return count >= minOverlap * either ? count : 0;
  });
}
