import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, type OptionTable, type ReadOptions, readOptions, text } from "../core/options.ts";
import { checkLog, codesColumn, type EventLog } from "../tables/event-log.ts";
import type { LogReport } from "./log-report.ts";
import {
  type IdNormalization,
  isPseudonymKey,
  normalizeId,
  normalizeOption,
  pseudonymizer,
  type PseudonymKey,
} from "./pseudonym.ts";
import { renameLog } from "./rename-log.ts";

/** Options of {@link pseudonymRotation}. */
export interface PseudonymRotationOptions {
  /** The key that is given up. */
  readonly from: PseudonymKey;
  /** The key that replaces it, under another `keyId`. */
  readonly to: PseudonymKey;
  /** Which field's ids they are, as in {@link pseudonymOf}. Default `"customer"`. */
  readonly field?: string | undefined;
  /** What was done to the ids before they were hashed. Default `"none"`. */
  readonly normalize?: IdNormalization | undefined;
}

/** Options of {@link rotatePseudonyms}. */
export interface RotatePseudonymsOptions extends PseudonymRotationOptions {
  /** The ids behind the pseudonyms, all that you have. */
  readonly ids: readonly string[];
}

const pseudonymKey = custom<PseudonymKey>("a pseudonym key { key, keyId }", isPseudonymKey, [
  null,
  "k1",
  {},
  { keyId: "k1" },
  { key: new Uint8Array(15), keyId: "k1" },
  { key: new Uint8Array(16), keyId: "k.1" },
]);

/** Option table of {@link pseudonymRotation}. */
export const pseudonymRotationOptions: OptionTable<PseudonymRotationOptions> = {
  from: pseudonymKey,
  to: pseudonymKey,
  field: text({ default: "customer" }),
  normalize: normalizeOption,
};

/** Option table of {@link rotatePseudonyms}. */
export const rotatePseudonymsOptions: OptionTable<RotatePseudonymsOptions> = {
  ...pseudonymRotationOptions,
  ids: custom("a list of strings", Array.isArray, [null, "ann", {}, 1]),
};

/** The pseudonyms of some ids under two keys, one below the other. */
export interface PseudonymRotation {
  /** Pseudonyms under the old key, in the order of the ids. */
  readonly from: readonly string[];
  /** Pseudonyms under the new key. */
  readonly to: readonly string[];
}

/**
 * Says which pseudonym under a new key replaces which under an old one: for lists, tables and databases that hold pseudonyms. A
 * pseudonym cannot be inverted, so the ids are needed; keep the result as secret as the keys.
 *
 * @param ids - ids in any number and order.
 * @param options - see {@link PseudonymRotationOptions}.
 * @returns the pseudonyms of `ids[i]` as `from[i]` and `to[i]`.
 * @throws {ClienteleError} `shape-mismatch` when `ids` is no list; `invalid-value` at an id that is no string or has a lone
 * surrogate; `invalid-option`, also when both keys have one `keyId`.
 * @example
 * const from = { key: new Uint8Array(32).fill(1), keyId: "2023" }; // yours: random and secret
 * const to = { key: new Uint8Array(32).fill(2), keyId: "2024" };
 * const rotation = pseudonymRotation(["ann", "bo"], { from, to });
 * rotation.to[1] === pseudonymOf("bo", to); // true
 * @see rotatePseudonyms for a log. Cost: two HMACs per id.
 */
export function pseudonymRotation(ids: readonly string[], options: PseudonymRotationOptions): PseudonymRotation {
  const caller = "pseudonymRotation";
  if (!Array.isArray(ids)) refuse(caller, "shape-mismatch", "ids", "a list of strings", describeValue(ids));
  return rotationOf(caller, ids, "ids", readOptions(caller, pseudonymRotationOptions, options));
}

/** What {@link rotatePseudonyms} did; no row is dropped. */
export interface RotatePseudonymsReport extends LogReport {
  /** Names that were pseudonyms of an id under the old key, and have a new one. */
  readonly rotated: number;
  /** Names that were pseudonyms under the new key already, judged by their `keyId`. */
  readonly current: number;
  /** Names of nobody among the ids; they stay as they are. */
  readonly unknown: number;
}

/** Result of {@link rotatePseudonyms}. */
export interface RotatedLog {
  /** The same events, sorted by their names after the rotation. */
  readonly log: EventLog;
  /** What was done. */
  readonly report: RotatePseudonymsReport;
}

/**
 * Moves a log from one key to another: when a key was seen by the wrong eyes, or is old. A pseudonym cannot be inverted, so the
 * ids are needed; those who left in between keep their old pseudonym and are counted.
 *
 * @param log - a log that {@link pseudonymize} made.
 * @param options - see {@link RotatePseudonymsOptions}; one field at a time.
 * @returns the log under the new key, as `pseudonymize` would have made it from the ids, and how many names moved.
 * @throws {ClienteleError} as {@link pseudonymRotation}; `invalid-option` for an unknown column.
 * @example
 * const from = { key: new Uint8Array(32).fill(1), keyId: "2023" }; // yours: random and secret
 * const to = { key: new Uint8Array(32).fill(2), keyId: "2024" };
 * const { log } = readEventColumns({ customer: ["ann", "bo"], type: ["view", "buy"], time: [1, 2] });
 * const old = pseudonymize(log, from).log;
 * const { report } = rotatePseudonyms(old, { ids: ["ann"], from, to });
 * report; // { rotated: 1, current: 0, unknown: 1, … }
 * @see ADR 0039. Cost: two HMACs per id, one sort.
 */
export function rotatePseudonyms(log: EventLog, options: RotatePseudonymsOptions): RotatedLog {
  const caller = "rotatePseudonyms";
  const read = readOptions(caller, rotatePseudonymsOptions, options);
  checkLog(caller, log);
  const isOwn = read.field === "customer";
  const column = isOwn ? log.customer : codesColumn(caller, log, "options.field", read.field);
  const rotation = rotationOf(caller, read.ids, "options.ids", read);
  const renamed = new Map(rotation.from.map((name, i) => [name, rotation.to[i]]));
  const prefix = `${read.to.keyId}.`;
  let [rotated, current] = [0, 0];
  const names = column.names.map((name) => {
    const next = renamed.get(name);
    if (next !== undefined) rotated++;
    else if (name.startsWith(prefix)) current++;
    return next ?? name;
  });
  const unknown = names.length - rotated - current;
  const notes: Note[] = [];
  if (unknown > 0) {
    const message = `${unknown} names of ${read.field} are pseudonyms of no given id under the old key and were kept.`;
    notes.push({ code: "unknown-pseudonyms", message });
  }
  return {
    log: renameLog(log, new Map([[read.field, { column, names }]])),
    report: { read: log.length, kept: log.length, dropped: {}, notes, rotated, current, unknown },
  };
}

function rotationOf(
  caller: string,
  ids: readonly string[],
  path: string,
  { from, to, field, normalize }: ReadOptions<PseudonymRotationOptions>,
): PseudonymRotation {
  if (from.keyId === to.keyId) {
    refuse(caller, "invalid-option", "options.to.keyId", "different from that of the old key", "the same");
  }
  const pseudonyms = (key: PseudonymKey): string[] => {
    const normalized = Array.from(ids, (id) => normalizeId(id, normalize));
    return pseudonymizer(caller, key, field, "options.field")(normalized, (i) => `${path}[${i}]`);
  };
  return { from: pseudonyms(from), to: pseudonyms(to) };
}
