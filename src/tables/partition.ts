import { describeValue, isList, refuse } from "../core/errors.ts";

/**
 * Rows cut into consecutive groups: group `g` owns rows `starts[g]` up to, not including, `starts[g + 1]`.
 * There is one more start than there are groups, and the last one is the number of rows.
 */
export interface Partition {
  /** Where each group begins, then the number of rows. */
  readonly starts: Uint32Array;
}

/**
 * Builds a partition from the sizes of consecutive groups.
 *
 * @param sizes - rows per group; 0 makes an empty group.
 * @returns a partition whose groups have these sizes.
 * @throws {ClienteleError} `invalid-value` at the first size that is not a whole number ≥ 0; `shape-mismatch` when `sizes`
 * is no list.
 * @example
 * partitionOf([2, 3]).starts; // Uint32Array [0, 2, 5]
 */
export function partitionOf(sizes: ArrayLike<number>): Partition {
  if (!isList(sizes)) refuse("partitionOf", "shape-mismatch", "sizes", "a list of numbers", describeValue(sizes));
  const starts = new Uint32Array(sizes.length + 1);
  for (let group = 0; group < sizes.length; group++) {
    const size = sizes[group];
    if (!Number.isSafeInteger(size) || size < 0 || starts[group] + size > 0xffffffff) {
      refuse("partitionOf", "invalid-value", `sizes[${group}]`, "a number of rows", describeValue(size));
    }
    starts[group + 1] = starts[group] + size;
  }
  return { starts };
}

/**
 * Counts the groups of a partition, empty ones included.
 *
 * @param partition - any partition.
 * @returns the number of groups.
 * @throws {ClienteleError} `shape-mismatch` when `partition` is none.
 * @example
 * groupCount(partitionOf([2, 3])); // 2
 */
export function groupCount(partition: Partition): number {
  checkStarts("groupCount", "partition", partition);
  return partition.starts.length - 1;
}

/** Refuses a partition that does not cut exactly `rows` rows into consecutive groups. */
export function checkPartition(caller: string, path: string, partition: Partition, rows: number): void {
  checkStarts(caller, path, partition);
  const { starts } = partition;
  if (starts[0] !== 0 || starts[starts.length - 1] !== rows) {
    refuse(caller, "shape-mismatch", `${path}.starts`, `starts from 0 to ${rows}`, "other ends");
  }
  for (let group = 1; group < starts.length; group++) {
    if (starts[group] < starts[group - 1]) {
      refuse(caller, "invalid-value", `${path}.starts[${group}]`, "not below the start before it", "a smaller start");
    }
  }
}

function checkStarts(caller: string, path: string, partition: Partition): void {
  const starts: unknown = partition?.starts;
  if (!(starts instanceof Uint32Array) || starts.length === 0) {
    refuse(caller, "shape-mismatch", `${path}.starts`, "group starts in a Uint32Array", describeValue(starts));
  }
}

/** Refuses a partition that is not finer than another: every group must lie inside one group of the coarser one. */
export function checkFiner(caller: string, path: string, fine: Partition, coarse: Partition): void {
  let group = 0;
  for (const start of coarse.starts) {
    while (group < fine.starts.length && fine.starts[group] < start) group++;
    if (fine.starts[group] !== start) {
      refuse(
        caller,
        "shape-mismatch",
        `${path}.starts`,
        "a start wherever a customer starts",
        "a group across customers",
      );
    }
  }
}
