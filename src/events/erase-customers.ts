import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, isTextList, type OptionTable, readOptions } from "../core/options.ts";
import { type Codes, missingCode } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog, type ExtraColumn } from "../tables/event-log.ts";
import { dropRows, type LogReport } from "./log-report.ts";
import { keyIdOption, keyOption } from "./pseudonym.ts";
import { isTombstones, type Tombstones, tombstonesOf } from "./tombstones.ts";

/** What is known about a fitted model: what it is called and which events it may have learned from. */
export interface FittedModel {
  /** What you call it. */
  readonly name: string;
  /** It learned from no event before this instant, epoch milliseconds; absent = from the beginning. */
  readonly since?: number | undefined;
  /** It learned from no event after this instant, epoch milliseconds: its `asOf` or when it was fitted; absent = up to the end. */
  readonly fittedAt?: number | undefined;
}

/** Options of {@link eraseCustomers}. */
export interface EraseCustomersOptions {
  /** The secret under which tombstones are made, at least 16 bytes; without it there are none. */
  readonly key?: Uint8Array | undefined;
  /** The name of the key. Required with it. */
  readonly keyId?: string | undefined;
  /** Tombstones of earlier erasures under the same key: the new ones are added to them. */
  readonly tombstones?: Tombstones | undefined;
  /** Models that are in use, to find those that must be fitted again. */
  readonly models?: readonly FittedModel[] | undefined;
  /** Further columns that hold customer ids, such as who referred the customer: erased ids are blanked there. */
  readonly references?: readonly string[] | undefined;
}

/** Option table of {@link eraseCustomers}. */
export const eraseCustomersOptions: OptionTable<
  EraseCustomersOptions,
  "key" | "keyId" | "tombstones" | "models" | "references"
> = {
  key: { ...keyOption, required: false },
  keyId: { ...keyIdOption, required: false },
  tombstones: custom("tombstones as eraseCustomers makes them", isTombstones, [null, [], {}, "k1"], { optional: true }),
  models: custom(
    "a list of models { name, since, fittedAt } with times in epoch milliseconds",
    (value) => Array.isArray(value) && value.every(isFittedModel),
    [null, {}, "churn", [null], [{}], [{ name: 1 }], [{ name: "churn", fittedAt: NaN }]],
    { optional: true },
  ),
  references: custom("a list of columns", isTextList, [null, "referrer", [1], {}], { optional: true }),
};

/** What {@link eraseCustomers} did. */
export interface EraseCustomersReport extends LogReport {
  /** Customers of the log who were erased. */
  readonly erased: number;
  /** Different ids that were given and are not customers of the log. */
  readonly unknown: number;
  /** Cells of other customers' events that held an erased id and were blanked. */
  readonly blanked: number;
}

/** A model that learned from erased events. */
export interface ModelToRefit {
  /** Which one. */
  readonly name: string;
  /** How many of the erased events it may have learned from. */
  readonly events: number;
}

/** Result of {@link eraseCustomers}. */
export interface Erasure {
  /** The log without the customers: no row, and no name that only they used. */
  readonly log: EventLog;
  /** What was done. */
  readonly report: EraseCustomersReport;
  /** What keeps the customers out of later data; `null` without a key. Store it, and give it to {@link filterErased}. */
  readonly tombstones: Tombstones | null;
  /** The given models that must be fitted again, in their order. */
  readonly refit: readonly ModelToRefit[];
}

/**
 * Erases customers: their events, their names, and every name of a type or a further column that only they used. What was computed
 * before still contains them: compute tables, labels and reports anew, and fit the models in `refit` again.
 *
 * With a key, tombstones are left for all given ids, also for those the log does not know (yet): keyed codes that hold neither
 * id nor pseudonym, by which {@link filterErased} blocks re-ingestion.
 *
 * Whole cells are compared. An id within a longer text (a page address) is not found; a further column that has an erased id
 * in other customers' events is blanked there when `references` names it, and noted otherwise.
 *
 * @param log - any log.
 * @param ids - customers as the log calls them, or their pseudonyms if it has those.
 * @param options - see {@link EraseCustomersOptions}.
 * @returns the log, the account, the tombstones and the models to fit again.
 * @throws {ClienteleError} `shape-mismatch` when `ids` is no list; `invalid-value` at an id that is no string;
 * `invalid-option`, also for a key without a name, a name without a key and an unknown column; `unknown-option`.
 * @example
 * const { log } = readEventColumns({ customer: ["ann", "bo", "ann"], type: ["view", "buy", "call"], time: [1, 2, 3] });
 * const secret = { key: new Uint8Array(32).fill(7), keyId: "k1" }; // yours: random
 * const models = [{ name: "churn", fittedAt: 2 }, { name: "value", fittedAt: 0 }];
 * const erasure = eraseCustomers(log, ["ann"], { ...secret, models });
 * erasure.log.type.names; // ["buy"]
 * erasure.report; // { read: 3, kept: 1, dropped: { erased: 2 }, erased: 1, unknown: 0, … }
 * erasure.refit; // [{ name: "churn", events: 1 }]
 * @see ADR 0039. Cost: a few passes over the rows, one HMAC per id.
 */
export function eraseCustomers(log: EventLog, ids: readonly string[], options?: EraseCustomersOptions): Erasure {
  const caller = "eraseCustomers";
  const { key, keyId, tombstones, models, references } = readOptions(caller, eraseCustomersOptions, options);
  const secret = key === undefined || keyId === undefined ? undefined : { key, keyId };
  if (secret === undefined && (key ?? keyId ?? tombstones) !== undefined) {
    const path = key === undefined ? "options.key" : "options.keyId";
    refuse(caller, "invalid-option", path, "given with the other parts of tombstones", "undefined");
  }
  checkLog(caller, log);
  const erased = setOf(caller, ids);
  const marks = new Uint8Array(log.length);
  const { starts } = log.byCustomer;
  let found = 0;
  log.customer.names.forEach((name, customer) => {
    if (!erased.has(name)) return;
    found++;
    marks.fill(1, starts[customer], starts[customer + 1]);
  });
  const mentions = blankMentions(caller, log, marks, erased, references ?? []);
  const notes = [...mentions.notes];
  if (secret === undefined) {
    const message = "Without options.key no tombstones were made: nothing keeps the customers out of later data.";
    notes.push({ code: "no-tombstones", message });
  }
  const { log: kept, report } = dropRows(mentions.log, marks, ["erased"], notes);
  return {
    log: kept,
    report: { ...report, erased: found, unknown: erased.size - found, blanked: mentions.blanked },
    tombstones: secret === undefined ? null : tombstonesOf(caller, erased, secret, tombstones),
    refit: modelsToRefit(log, marks, models ?? []),
  };
}

function setOf(caller: string, ids: readonly string[]): Set<string> {
  if (!Array.isArray(ids)) refuse(caller, "shape-mismatch", "ids", "a list of strings", describeValue(ids));
  const set = new Set<string>();
  ids.forEach((id: unknown, i) => {
    if (typeof id !== "string") refuse(caller, "invalid-value", `ids[${i}]`, "a string", describeCell(id));
    set.add(id);
  });
  return set;
}

/** Blanks erased ids in the named columns of the rows that stay, and notes the columns that still hold one. */
function blankMentions(
  caller: string,
  log: EventLog,
  marks: Uint8Array,
  erased: ReadonlySet<string>,
  references: readonly string[],
): { log: EventLog; blanked: number; notes: Note[] } {
  const named = new Map(
    references.map((name, i): [string, Codes] => [name, codesColumn(caller, log, `options.references[${i}]`, name)]),
  );
  const notes: Note[] = [];
  const note = (column: string, cells: number): void => {
    const message = `${cells} kept events hold an erased id in ${column}.`;
    if (cells > 0) notes.push({ code: "id-elsewhere", message });
  };
  note("log.type", mentionsOf(log.type, marks, erased).length);
  let blanked = 0;
  const extra = Object.entries(log.extra).map(([name, column]): [string, ExtraColumn] => {
    const ids = named.get(name);
    if (ids === undefined) {
      if (!(column instanceof Float64Array)) note(`log.extra.${name}`, mentionsOf(column, marks, erased).length);
      return [name, column];
    }
    const rows = mentionsOf(ids, marks, erased);
    blanked += rows.length;
    if (column instanceof Float64Array) {
      const numbers = column.slice();
      for (const row of rows) numbers[row] = NaN;
      return [name, numbers];
    }
    const codes = column.codes.slice();
    for (const row of rows) codes[row] = missingCode;
    return [name, { codes, names: column.names }];
  });
  return { log: { ...log, extra: Object.fromEntries(extra) }, blanked, notes };
}

/** The kept rows whose cell is an erased id. */
function mentionsOf({ codes, names }: Codes, marks: Uint8Array, erased: ReadonlySet<string>): number[] {
  const isErased = Uint8Array.from(names, (name) => (erased.has(name) ? 1 : 0));
  const rows: number[] = [];
  if (!isErased.includes(1)) return rows;
  for (let row = 0; row < codes.length; row++) if (marks[row] === 0 && isErased[codes[row]] === 1) rows.push(row);
  return rows;
}

function modelsToRefit(log: EventLog, marks: Uint8Array, models: readonly FittedModel[]): ModelToRefit[] {
  const times = log.time.filter((_, row) => marks[row] === 1).sort();
  return models
    .map(({ name, since = -Infinity, fittedAt = Infinity }) => {
      const events = firstAfter(times, fittedAt) - firstFrom(times, since);
      return { name, events: Math.max(0, events) };
    })
    .filter(({ events }) => events > 0);
}

function firstFrom(times: Float64Array, instant: number): number {
  const index = times.findIndex((time) => time >= instant);
  return index < 0 ? times.length : index;
}

function firstAfter(times: Float64Array, instant: number): number {
  const index = times.findIndex((time) => time > instant);
  return index < 0 ? times.length : index;
}

function isFittedModel(value: unknown): boolean {
  const isTime = (time: unknown): boolean => time === undefined || Number.isFinite(time);
  return isRecord(value) && typeof value.name === "string" && isTime(value.since) && isTime(value.fittedAt);
}
