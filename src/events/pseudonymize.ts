import type { Note } from "../core/note.ts";
import { put } from "../core/dictionary.ts";
import { custom, isTextList, type OptionTable, readOptions } from "../core/options.ts";
import { encodeStrings } from "../numeric/encode-strings.ts";
import { checkLog, codesColumn, type EventLog } from "../tables/event-log.ts";
import type { LogReport } from "./log-report.ts";
import {
  type IdNormalization,
  isPseudonym,
  keyIdOption,
  keyOption,
  normalizeId,
  normalizeOption,
  pseudonymizer,
  type PseudonymKey,
} from "./pseudonym.ts";
import { renameLog, type Renaming } from "./rename-log.ts";

/** Options of {@link pseudonymize}. */
export interface PseudonymizeOptions extends PseudonymKey {
  /** The columns that hold ids: `"customer"` and further columns. Default `["customer"]`. */
  readonly fields?: readonly string[] | undefined;
  /** What is done to every id before it is hashed, as in {@link pseudonymOf}. Default `"none"`. */
  readonly normalize?: IdNormalization | undefined;
}

/** Option table of {@link pseudonymize}. */
export const pseudonymizeOptions: OptionTable<PseudonymizeOptions> = {
  key: keyOption,
  keyId: keyIdOption,
  fields: custom<readonly string[]>(
    'a non-empty list of different columns, "customer" or further ones',
    (value) => isTextList(value) && value.length > 0 && new Set(value).size === value.length,
    [[], "customer", [1], ["customer", "customer"], null, {}],
    { default: ["customer"] },
  ),
  normalize: normalizeOption,
};

/** What {@link pseudonymize} did; no row is dropped. */
export interface PseudonymizeReport extends LogReport {
  /** The name of the key. */
  readonly keyId: string;
  /** How many different pseudonyms each column has now. */
  readonly pseudonyms: Readonly<Record<string, number>>;
}

/** Result of {@link pseudonymize}. */
export interface PseudonymizedLog {
  /** The same events under pseudonyms, sorted by them. */
  readonly log: EventLog;
  /** What was done. */
  readonly report: PseudonymizeReport;
}

/**
 * Replaces the ids of a log by pseudonyms, so that people who analyze it do not see who is who. Whoever has the key can: this
 * is pseudonymization, not anonymization, and the result is still personal data.
 *
 * Every name becomes the keyed hash that {@link pseudonymOf} describes. The log is sorted by pseudonym, and so are the
 * dictionaries of the columns: their old order would give the alphabetical order of the ids away. Texts that contain an id (a
 * page address, a note) are not searched; name such columns in `fields`, or do without them.
 *
 * @param log - any log.
 * @param options - see {@link PseudonymizeOptions}.
 * @returns the log under pseudonyms, and how many there are. A column of numbers becomes one of text. Ids that `normalize`
 * makes equal become one customer, with a note.
 * @throws {ClienteleError} `invalid-option` for a key of less than 16 bytes or an unknown column; `invalid-value` with the
 * position of the first name that has a lone surrogate, for example `log.customer.names[3]`.
 * @example
 * const key = Uint8Array.from({ length: 32 }, (_, i) => i); // yours: 32 random bytes, kept secret
 * const { log } = readEventColumns({ customer: ["ann", "bo"], type: ["view", "buy"], time: [1, 2] });
 * const hidden = pseudonymize(log, { key, keyId: "k1" });
 * hidden.log.customer.names.includes(pseudonymOf("ann", { key, keyId: "k1" })); // true
 * hidden.report.pseudonyms; // { customer: 2 }
 * @see ADR 0039. Cost: one HMAC per distinct name, one sort.
 */
export function pseudonymize(log: EventLog, options: PseudonymizeOptions): PseudonymizedLog {
  const caller = "pseudonymize";
  const { key, keyId, fields, normalize } = readOptions(caller, pseudonymizeOptions, options);
  checkLog(caller, log);
  const notes: Note[] = [];
  const renamings = new Map<string, Renaming>();
  for (const [f, field] of fields.entries()) {
    const isOwn = field === "customer";
    const column = isOwn ? log.customer : codesColumn(caller, log, `options.fields[${f}]`, field);
    const pseudonyms = pseudonymizer(caller, { key, keyId }, field, `options.fields[${f}]`);
    const path = isOwn ? "log.customer.names" : `log.extra.${field}.names`;
    const ids = normalize === "none" ? column.names : column.names.map((name) => normalizeId(name, normalize));
    const names = pseudonyms(ids, (i) => `${path}[${i}]`);
    renamings.set(field, { column, names });
    const merged = normalize === "none" ? 0 : ids.length - encodeStrings(ids).names.length;
    for (const note of notesOf(field, column.names, merged)) notes.push(note);
  }
  const renamed = renameLog(log, renamings);
  const pseudonyms: Record<string, number> = {};
  for (const field of fields) {
    const { names } = field === "customer" ? renamed.customer : codesColumn(caller, renamed, "options.fields", field);
    put(pseudonyms, field, names.length);
  }
  return { log: renamed, report: { read: log.length, kept: log.length, dropped: {}, notes, keyId, pseudonyms } };
}

function notesOf(field: string, ids: readonly string[], merged: number): Note[] {
  const notes: Note[] = [];
  if (merged > 0) {
    const message = `In ${field}, ${merged} names became equal to another one by normalization and share its pseudonym.`;
    notes.push({ code: "merged-names", message });
  }
  let twice = 0;
  for (const id of ids) if (isPseudonym(id)) twice++;
  if (twice > 0) {
    const message = `In ${field}, ${twice} names look like pseudonyms already; a pseudonym of a pseudonym is found by nobody.`;
    notes.push({ code: "already-pseudonyms", message });
  }
  return notes;
}
