import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { isRecord } from "../core/dictionary.ts";

/** One name of a person in one system: a user id, an e-mail address, a cookie, a device. */
export interface Identifier {
  /** What sort of name it is, one of the `kinds`. */
  readonly kind: string;
  /** The name itself. */
  readonly value: string;
}

/** Two identifiers that were seen together: at a login, in a form, in one request. */
export interface IdentityLink {
  /** One of the two. */
  readonly a: Identifier;
  /** The other one. */
  readonly b: Identifier;
  /** When they were seen together, epoch milliseconds; decides who used a shared identifier when. */
  readonly time?: number | undefined;
}

/** Identifiers by number, each known once. */
export interface Identifiers {
  readonly kindOf: number[];
  readonly values: string[];
  /** 1 for a value that stands for nobody. */
  readonly nobody: number[];
  /** Numbers by value, one map per kind and a last one for customers of no known kind. */
  readonly byKind: readonly Map<string, number>[];
}

/** Distinct pairs of linked identifiers; the first is of the stronger kind, or of the same and the lesser value. */
export interface Pairs {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** Links between the two. */
  readonly count: Uint32Array;
  /** Earliest and latest time of a link; NaN where no link has one. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** The number of a pair, −1 for a pair that is not linked. */
  readonly find: (a: number, b: number) => number;
}

/** The links as they came, without those that say nothing. */
export interface ReadLinks {
  readonly pairs: Pairs;
  /** Per link: its pair, and when; NaN = no time. */
  readonly pairOf: Uint32Array;
  readonly time: Float64Array;
  readonly read: number;
  /** Links of an identifier with itself, and with a value that stands for nobody. */
  readonly self: number;
  readonly placeholder: number;
}

const placeholders: ReadonlySet<string> = new Set([
  ...["", "null", "(null)", "nil", "none", "undefined", "nan", "n/a", "na", "-", "--", "?", "unknown", "not set", "(not set)"],
  ...["anonymous", "anon", "guest", "nobody", "test", "false", "true", "[object object]", "00000000-0000-0000-0000-000000000000"],
]); // prettier-ignore

/** Longer values stand for nobody only if they are zeros or padded, which their ends tell. */
const longestPlaceholder = 15;

/** Opens an empty register of identifiers. */
export function noIdentifiers(kinds: number): Identifiers {
  return { kindOf: [], values: [], nobody: [], byKind: Array.from({ length: kinds + 1 }, () => new Map()) };
}

/** The number of an identifier, new or known. */
export function identifierOf(known: Identifiers, kind: number, value: string, nobody: ReadonlySet<string>): number {
  const numbers = known.byKind[kind];
  let number = numbers.get(value);
  if (number === undefined) {
    number = known.values.length;
    numbers.set(value, number);
    known.kindOf.push(kind);
    known.values.push(value);
    known.nobody.push(isNobody(value, nobody) ? 1 : 0);
  }
  return number;
}

/** A value as it is compared with those that stand for nobody. */
export function plainValue(value: string): string {
  return value.trim().toLowerCase();
}

function isNobody(value: string, more: ReadonlySet<string>): boolean {
  const { length } = value;
  if (more.size === 0 && length > longestPlaceholder && isInk(value, 0) && isInk(value, length - 1)) return false;
  const plain = plainValue(value);
  return placeholders.has(plain) || /^[0-]+$/.test(plain) || more.has(plain);
}

/** Whether a character is neither a blank nor a zero. */
function isInk(value: string, at: number): boolean {
  const unit = value.charCodeAt(at);
  return unit > 0x30 && unit < 0x7f;
}

/** Whether an identifier comes before another: of a stronger kind, or of the same and a lesser value. */
export function comesBefore({ kindOf, values }: Identifiers, a: number, b: number): boolean {
  return kindOf[a] === kindOf[b] ? values[a] < values[b] : kindOf[a] < kindOf[b];
}

/** Sorts identifiers, strongest first. */
export function inOrder(known: Identifiers, identifiers: number[]): number[] {
  return identifiers.sort((one, other) => (comesBefore(known, one, other) ? -1 : 1));
}

/**
 * Reads links, numbers their identifiers and counts each pair once.
 *
 * @param caller - the public function.
 * @param links - any iterable, read once.
 * @param kinds - the names of the kinds, strongest first.
 * @param known - the register, which grows.
 * @param nobody - further values that stand for nobody.
 * @returns pairs, and the links between them.
 * @throws {ClienteleError} `shape-mismatch` when `links` cannot be iterated; `invalid-value` at the first link that is none.
 */
export function readLinks(
  caller: string,
  links: Iterable<IdentityLink>,
  kinds: readonly string[],
  known: Identifiers,
  nobody: ReadonlySet<string>,
): ReadLinks {
  if (
    typeof links === "string" ||
    typeof (links as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function"
  ) {
    refuse(caller, "shape-mismatch", "links", "an iterable of links", describeValue(links));
  }
  let [ends, times] = [new Uint32Array(2048), new Float64Array(1024)];
  let [used, read, self, placeholder] = [0, 0, 0, 0];
  const numberOf = (identifier: Identifier, end: "a" | "b"): number => {
    const kind = kinds.indexOf(identifier?.kind);
    if (kind < 0) refuse(caller, "invalid-value", `links[${read}].${end}.kind`, "one of options.kinds", "another kind");
    const value: unknown = identifier.value ?? "";
    if (typeof value !== "string") {
      refuse(caller, "invalid-value", `links[${read}].${end}.value`, "a string", describeCell(value));
    }
    return identifierOf(known, kind, value, nobody);
  };
  for (const link of links) {
    if (!isRecord(link))
      refuse(caller, "invalid-value", `links[${read}]`, "a link { a, b, time? }", describeValue(link));
    const { a: first, b: second, time } = link;
    if (time !== undefined && !Number.isFinite(time)) {
      refuse(caller, "invalid-value", `links[${read}].time`, "a time in epoch milliseconds", describeCell(time));
    }
    const a = numberOf(first, "a");
    const b = numberOf(second, "b");
    read++;
    if (known.nobody[a] === 1 || known.nobody[b] === 1) placeholder++;
    else if (a === b) self++;
    else {
      if (used === times.length) [ends, times] = [twice(ends), twice(times)];
      const ordered = comesBefore(known, a, b);
      ends[2 * used] = ordered ? a : b;
      ends[2 * used + 1] = ordered ? b : a;
      times[used++] = time === undefined ? NaN : time + 0; // −0 is 0, or the order of links would show
    }
  }
  const time = times.slice(0, used);
  return { ...pairUp(ends, time), time, read, self, placeholder };
}

/** The same numbers with room for as many more. */
function twice<T extends Uint32Array | Float64Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}

/** Numbers the distinct pairs in a table of open addresses. */
function pairUp(ends: Uint32Array, time: Float64Array): { pairs: Pairs; pairOf: Uint32Array } {
  const links = time.length;
  let size = 8;
  while (size < 2 * links) size *= 2;
  const table = new Int32Array(size).fill(-1);
  const [a, b, count] = [new Uint32Array(links), new Uint32Array(links), new Uint32Array(links)];
  const [first, last] = [new Float64Array(links), new Float64Array(links)];
  const pairOf = new Uint32Array(links);
  const slotOf = (one: number, other: number): number => {
    const hash = Math.imul(Math.imul(one, 0x9e3779b1) ^ other, 0x85ebca6b);
    let slot = (hash ^ (hash >>> 15)) & (size - 1);
    while (table[slot] >= 0 && (a[table[slot]] !== one || b[table[slot]] !== other)) slot = (slot + 1) & (size - 1);
    return slot;
  };
  let pairs = 0;
  for (let link = 0; link < links; link++) {
    const [one, other] = [ends[2 * link], ends[2 * link + 1]];
    const slot = slotOf(one, other);
    let pair = table[slot];
    if (pair < 0) {
      pair = table[slot] = pairs++;
      a[pair] = one;
      b[pair] = other;
      first[pair] = last[pair] = NaN;
    }
    pairOf[link] = pair;
    count[pair]++;
    // Comparisons with NaN are false, so a time replaces nothing too.
    if (!(first[pair] <= time[link])) first[pair] = Number.isNaN(time[link]) ? first[pair] : time[link];
    if (!(last[pair] >= time[link])) last[pair] = Number.isNaN(time[link]) ? last[pair] : time[link];
  }
  return {
    pairs: {
      a: a.subarray(0, pairs),
      b: b.subarray(0, pairs),
      count: count.subarray(0, pairs),
      first: first.subarray(0, pairs),
      last: last.subarray(0, pairs),
      find: (one, other) => table[slotOf(one, other)],
    },
    pairOf,
  };
}

/** Tells whether a value is a list of links, for the option that names some. */
export function isLinkList(value: unknown): value is readonly IdentityLink[] {
  const isIdentifier = (end: unknown): boolean =>
    isRecord(end) && typeof end["kind"] === "string" && typeof end["value"] === "string";
  return (
    isList(value) &&
    Array.from(value).every((link) => isRecord(link) && isIdentifier(link["a"]) && isIdentifier(link["b"]))
  );
}
