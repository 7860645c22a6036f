import { isRecord, put } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { libraryVersion } from "../core/version.ts";
import { byteWriter, type ByteWriter, hex } from "../numeric/bytes.ts";
import { sha256 } from "../numeric/digest.ts";
import { isPseudonym } from "./pseudonym.ts";

/** A parameter of an audited action: an option of the step, never a customer. */
export type AuditParameter = number | boolean | string | null;

/** What happened, as {@link appendAudit} takes it. */
export interface AuditEntry {
  /** Who did it: a person or a job of yours, not a customer. */
  readonly actor: string;
  /** What was done: `"erase"`, `"export"`, `"fit"`. */
  readonly action: string;
  /** When, epoch milliseconds. */
  readonly time: number;
  /** With which settings: numbers, flags and short words. */
  readonly parameters?: Readonly<Record<string, AuditParameter>> | undefined;
  /** Rows read, kept, dropped by reason, and the like. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** Whom it was about, as pseudonyms; nothing else is taken. */
  readonly subjects?: readonly string[] | undefined;
}

/** One entry of a trail. */
export interface AuditRecord extends AuditEntry {
  /** The version of this library that wrote it. */
  readonly library: string;
  /** SHA-256 over the hash before it, its position and all of the above, in hexadecimal digits. */
  readonly hash: string;
}

/** What happened to data, in order, each entry chained to the one before. Plain JSON. */
export interface AuditTrail {
  /** What this is. */
  readonly kind: "audit-trail";
  /** Version of the layout. */
  readonly version: 1;
  /** The entries, oldest first. */
  readonly entries: readonly AuditRecord[];
  /** How many entries there are. */
  readonly length: number;
  /** The hash of the last entry: keep a copy of it and of `length` elsewhere. */
  readonly head: string;
}

/** A state of a trail that was written down elsewhere: any earlier trail will do. */
export type AuditAnchor = Pick<AuditTrail, "length" | "head">;

/** Verdict of {@link verifyAudit}. */
export interface AuditVerdict {
  /** Whether the trail is as it was written. */
  readonly valid: boolean;
  /** The first damaged or missing entry, from 0; `null` when there is none. */
  readonly index: number | null;
}

const genesis = "0".repeat(64);
const mostCharacters = 200;
const deepest = 8;

/**
 * Opens an empty audit trail: the record of who did what with customer data.
 *
 * @returns a trail without entries.
 * @example
 * createAuditTrail().length; // 0
 */
export function createAuditTrail(): AuditTrail {
  return { kind: "audit-trail", version: 1, entries: [], length: 0, head: genesis };
}

/**
 * Appends an entry to a trail; the trail given stays as it was.
 *
 * Each entry's hash covers the entry and the hash before it, so {@link verifyAudit} finds the first entry that was edited,
 * dropped, inserted or moved. The trail holds no raw id: whom an action was about is given as pseudonyms only, unknown keys are
 * refused, and so are texts that are long or hold an `@`, in everything but `actor`. That a short word among the
 * parameters is no customer, only you can know.
 *
 * @param trail - a trail.
 * @param entry - what happened.
 * @returns a longer trail, which shares the earlier entries with the one before. Cost: one SHA-256, and a copy of the list.
 * @throws {ClienteleError} `incompatible-model` when `trail` is no trail or its end is damaged; `invalid-value` or
 * `unknown-option` with the path of what cannot be recorded.
 * @example
 * let trail = createAuditTrail();
 * trail = appendAudit(trail, { actor: "nightly", action: "filter-consent", time: 0, counts: { read: 10, kept: 8 } });
 * trail = appendAudit(trail, { actor: "dpo", action: "erase", time: 60_000 });
 * verifyAudit(trail); // { valid: true, index: null }
 * verifyAudit({ ...trail, entries: trail.entries.slice(1) }); // { valid: false, index: 0 }
 * @see ADR 0083.
 */
export function appendAudit(trail: AuditTrail, entry: AuditEntry): AuditTrail {
  const caller = "appendAudit";
  checkTrail(caller, trail);
  const { entries, length, head } = trail;
  if (entries.length !== length || (entries.at(-1)?.hash ?? genesis) !== head) {
    refuse(caller, "incompatible-model", "trail.head", "the hash of the last entry", "another");
  }
  const content = { ...contentOf(caller, entry), library: libraryVersion };
  const hash = hashOf(head, length, content) ?? refuse(caller, "invalid-value", "entry", "plain data", "other data");
  return {
    kind: "audit-trail",
    version: 1,
    entries: [...entries, { ...content, hash }],
    length: length + 1,
    head: hash,
  };
}

/**
 * Checks that a trail is as it was written.
 *
 * An entry that was edited, dropped, inserted or moved is found at its place. A missing tail is found by `length` and `head`, if
 * they were not changed along. Whoever can write the whole trail can also chain it anew: only an anchor kept elsewhere shows that.
 *
 * @param trail - a trail, perhaps read from a file.
 * @param anchor - `length` and `head` of an earlier state of the trail, kept where nobody can change them.
 * @returns whether it is intact, and the first damaged or missing entry. Where the chain itself was made anew below an anchor, that
 * is the anchor's last entry. Cost: one SHA-256 per entry.
 * @throws {ClienteleError} `incompatible-model` when `trail` is no trail; `invalid-value` when `anchor` is none.
 * @example
 * const trail = appendAudit(createAuditTrail(), { actor: "job", action: "fit", time: 0 });
 * const edited = { ...trail, entries: [{ ...trail.entries[0], actor: "nobody" }] };
 * verifyAudit(edited); // { valid: false, index: 0 }
 * verifyAudit(createAuditTrail(), trail); // { valid: false, index: 0 }
 */
export function verifyAudit(trail: AuditTrail, anchor?: AuditAnchor): AuditVerdict {
  const caller = "verifyAudit";
  checkTrail(caller, trail);
  if (anchor !== undefined && !(isRecord(anchor) && isCount(anchor.length) && typeof anchor.head === "string")) {
    refuse(caller, "invalid-value", "anchor", "the length and head of a trail", describeValue(anchor));
  }
  const damaged = (index: number): AuditVerdict => ({ valid: false, index });
  const { entries, length, head } = trail;
  let previous = genesis;
  for (let i = 0; i < entries.length; i++) {
    const record: unknown = entries[i];
    if (!isRecord(record) || !Object.hasOwn(record, "hash")) return damaged(i);
    const { hash, ...content } = record;
    if (hash !== hashOf(previous, i, content)) return damaged(i);
    if (anchor?.length === i + 1 && anchor.head !== hash) return damaged(i);
    previous = hash as string;
  }
  if (entries.length !== length) return damaged(Math.min(entries.length, isCount(length) ? length : entries.length));
  if (anchor !== undefined && anchor.length > length) return damaged(length);
  if (head !== previous) return damaged(Math.max(0, length - 1));
  return { valid: true, index: null };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkTrail(caller: string, trail: AuditTrail): void {
  if (!isRecord(trail) || trail.kind !== "audit-trail" || trail.version !== 1 || !Array.isArray(trail.entries)) {
    refuse(caller, "incompatible-model", "trail", "an audit trail", describeValue(trail));
  }
}

/** A checked copy of an entry, without keys that are absent. */
function contentOf(caller: string, entry: AuditEntry): AuditEntry {
  if (!isRecord(entry)) refuse(caller, "invalid-value", "entry", "an audit entry", describeValue(entry));
  const known = ["actor", "action", "time", "parameters", "counts", "subjects"];
  for (const key of Object.keys(entry)) {
    if (!known.includes(key)) {
      refuse(caller, "unknown-option", `entry.${key.slice(0, 40)}`, `one of ${known.join(", ")}`, "an unknown key");
    }
  }
  const { actor, action, time, parameters, counts, subjects } = entry;
  const fail = (path: string, expected: string, received: unknown): never =>
    refuse(caller, "invalid-value", `entry.${path}`, expected, describeCell(received));
  if (typeof actor !== "string" || actor === "" || actor.length > mostCharacters) fail("actor", "a name", actor);
  if (!isWord(action) || action === "") fail("action", word, action);
  if (!Number.isFinite(time)) fail("time", "a time in epoch milliseconds", time);
  if (subjects !== undefined && !(Array.isArray(subjects) && subjects.every((id) => isText(id) && isPseudonym(id)))) {
    fail("subjects", "a list of pseudonyms", subjects);
  }
  const isParameter = (value: unknown): boolean =>
    value === null || typeof value === "boolean" || Number.isFinite(value) || isWord(value);
  return {
    actor,
    action,
    time: time + 0,
    ...(parameters !== undefined && { parameters: copyOf(parameters, "parameters", isParameter, fail) }),
    ...(counts !== undefined && { counts: copyOf(counts, "counts", Number.isFinite, fail) }),
    ...(subjects !== undefined && { subjects: [...subjects] }),
  };
}

const word = `a text of at most ${mostCharacters} characters without @`;

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isWord(value: unknown): value is string {
  return isText(value) && value.length <= mostCharacters && !value.includes("@");
}

function copyOf<T>(
  values: Readonly<Record<string, T>>,
  path: string,
  accepts: (value: unknown) => boolean,
  fail: (path: string, expected: string, received: unknown) => never,
): Record<string, T> {
  if (!isRecord(values)) return fail(path, "an object", values);
  const copy: Record<string, T> = {};
  // A key may be somebody's name: the position tells enough.
  Object.entries(values).forEach(([key, value], i) => {
    if (!isWord(key)) fail(`${path}[${i}]`, `named by ${word}`, key);
    if (!accepts(value))
      fail(`${path}[${i}]`, path === "counts" ? "a number" : `a number, a flag, null or ${word}`, value);
    put(copy, key, value);
  });
  return copy;
}

/** The hash of an entry; undefined when it holds what no entry can hold. */
function hashOf(previous: string, index: number, content: unknown): string | undefined {
  const writer = byteWriter();
  writer.write(previous);
  writer.write(String(index));
  return writeValue(writer, content, 0) ? hex(sha256(writer.bytes())) : undefined;
}

/**
 * Writes plain data so that different data gives different bytes: each part behind its kind and length, keys in code-unit
 * order. An absent key and an undefined one are the same, as JSON has it.
 */
function writeValue(writer: ByteWriter, value: unknown, depth: number): boolean {
  if (depth > deepest) return false;
  if (typeof value === "string") {
    writer.write("text");
    writer.write(value);
    return true;
  }
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) {
    writer.write(String(value)); // −0 is 0, as JSON has it
    return true;
  }
  if (Array.isArray(value)) {
    writer.write(`list ${value.length}`);
    return value.every((part) => writeValue(writer, part, depth + 1));
  }
  if (!isRecord(value)) return false;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort(); // prettier-ignore
  writer.write(`object ${keys.length}`);
  return keys.every((key) => {
    writer.write(key);
    return writeValue(writer, value[key], depth + 1);
  });
}
