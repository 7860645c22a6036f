import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { custom, type OptionSpec } from "../core/options.ts";

/** Whether each customer's event came, as users give it: 1 or true where it did, 0 or false where the watch ended first. */
export type EventFlags = ArrayLike<number | boolean>;

/** The group of each customer, as users give it: names, numbers, or `Labels` of a segmentation. */
export type GroupColumn = ArrayLike<string | number | boolean>;

/** What was seen of each customer. */
export interface SurvivalRows {
  /** How long each was watched. */
  readonly durations: Float64Array;
  /** 1 where the event came at the end of that time, 0 where it was not yet seen (censored). */
  readonly events: Uint8Array;
}

/** Beyond it squares of areas overflow. */
const longestDuration = 1e150;

/**
 * Reads durations with what ended them.
 *
 * @param caller - the public function, for messages.
 * @param durations - finite and ≥ 0, in one unit.
 * @param events - one flag per duration.
 * @param rows - how many there must be; as many as there are durations if absent.
 * @returns copies.
 * @throws {ClienteleError} `shape-mismatch`, `invalid-value` at the first bad cell, `too-few-rows` without rows.
 */
export function readSurvivalRows(
  caller: string,
  durations: ArrayLike<number>,
  events: EventFlags,
  rows?: number,
): SurvivalRows {
  if (!isList(durations) || (rows !== undefined && durations.length !== rows)) {
    const expected = rows === undefined ? "a list of numbers" : `${rows} numbers, one per row`;
    refuse(caller, "shape-mismatch", "durations", expected, describeValue(durations));
  }
  if (durations.length === 0) refuse(caller, "too-few-rows", "durations", "at least 1 row", "0");
  if (!isList(events) || events.length !== durations.length) {
    refuse(caller, "shape-mismatch", "events", `${durations.length} flags, one per duration`, describeValue(events));
  }
  const read = { durations: new Float64Array(durations.length), events: new Uint8Array(durations.length) };
  for (let row = 0; row < durations.length; row++) {
    const duration: unknown = durations[row];
    if (typeof duration !== "number" || !(duration >= 0 && duration <= longestDuration)) {
      refuse(caller, "invalid-value", `durations[${row}]`, "in [0, 1e150]", describeCell(duration));
    }
    // Adding 0 turns −0 into 0.
    read.durations[row] = duration + 0;
    const event: unknown = events[row];
    if (event !== 0 && event !== 1 && event !== false && event !== true) {
      refuse(caller, "invalid-value", `events[${row}]`, "0 or 1", describeCell(event));
    }
    read.events[row] = event ? 1 : 0;
  }
  return read;
}

/** An option that takes the duration at which each customer came under watch; checked by {@link readEntries}. */
export function entriesOption(): OptionSpec<ArrayLike<number>> {
  return custom("one number per row", isList, [null, 1, "1", {}], { optional: true });
}

/**
 * Reads when customers came under watch (left truncation).
 *
 * @param caller - the public function, for messages.
 * @param given - `options.entries`; undefined = all from 0 on.
 * @param durations - when their watch ended.
 * @returns a copy.
 * @throws {ClienteleError} `shape-mismatch`; `invalid-value` for an entry that is not before the end of the watch.
 */
export function readEntries(
  caller: string,
  given: ArrayLike<number> | undefined,
  durations: Float64Array,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  if (given.length !== durations.length) {
    refuse(caller, "shape-mismatch", "options.entries", `${durations.length} numbers, one per row`, String(given.length)); // prettier-ignore
  }
  for (let row = 0; row < durations.length; row++) {
    const entry: unknown = given[row];
    if (typeof entry !== "number" || !(entry >= 0 && entry < durations[row])) {
      refuse(caller, "invalid-value", `options.entries[${row}]`, "≥ 0 and below the duration", describeCell(entry));
    }
  }
  return Float64Array.from(given);
}

/** Customers by group. */
export interface Grouping {
  /** Each group as it was given: numbers from low to high, then false and true, then names in the order of code units. */
  readonly groups: readonly (string | number | boolean)[];
  /** The place of each row's group in `groups`; −1 where it has none. */
  readonly codes: Int32Array;
  /** Rows without a group. */
  readonly ungrouped: number;
}

/**
 * Reads the group of each row.
 *
 * @param caller - the public function, for messages.
 * @param path - what the column is called.
 * @param given - strings, numbers or booleans; −1 in an `Int32Array` (labels) means no group.
 * @param rows - how many there must be.
 * @returns the groups in an order that does not depend on that of the rows.
 * @throws {ClienteleError} `shape-mismatch`; `invalid-value` at a missing or infinite group.
 */
export function readGroups(caller: string, path: string, given: GroupColumn, rows: number): Grouping {
  if (!isList(given) || given.length !== rows) {
    refuse(caller, "shape-mismatch", path, `${rows} groups, one per row`, describeValue(given));
  }
  const hasLabels = given instanceof Int32Array;
  const places = new Map<string | number | boolean, number>();
  const codes = new Int32Array(rows).fill(-1);
  let ungrouped = 0;
  for (let row = 0; row < rows; row++) {
    const group: unknown = given[row];
    if (hasLabels && group === -1) {
      ungrouped++;
      continue;
    }
    if (typeof group !== "string" && typeof group !== "boolean" && !Number.isFinite(group)) {
      refuse(caller, "invalid-value", `${path}[${row}]`, "a string, a number or a boolean", describeCell(group));
    }
    const key = group as string | number | boolean;
    const known = places.get(key);
    codes[row] = known ?? places.size;
    if (known === undefined) places.set(key, places.size);
  }
  const groups = [...places.keys()].sort(compareGroups);
  const placeOf = new Int32Array(groups.length);
  groups.forEach((group, place) => (placeOf[places.get(group) as number] = place));
  return { groups, codes: codes.map((code) => (code < 0 ? code : placeOf[code])), ungrouped };
}

function compareGroups(a: string | number | boolean, b: string | number | boolean): number {
  const kinds = ["number", "boolean", "string"];
  const kind = kinds.indexOf(typeof a) - kinds.indexOf(typeof b);
  return kind !== 0 ? kind : a < b ? -1 : a > b ? 1 : 0;
}
