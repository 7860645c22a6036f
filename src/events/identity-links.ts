import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { isRecord } from "../core/dictionary.ts";
import { comesBefore, type Identifier, identifierOf, type Identifiers, isNobody } from "./identifiers.ts";

/** Two identifiers that were seen together: at a login, in a form, in one request. */
export interface IdentityLink {
  /** One of the two. */
  readonly a: Identifier;
  /** The other one. */
  readonly b: Identifier;
  /** When they were seen together, epoch milliseconds; decides who used a shared identifier when. */
  readonly time?: number | undefined;
}

/** The ends of links as they came: those of link i are at 2i and 2i + 1. */
export interface LinkEnds {
  /** Numbers of kinds. */
  readonly kinds: Uint32Array;
  readonly values: string[];
  /** One per link, NaN = no time. */
  readonly time: Float64Array;
}

/** Distinct pairs of linked identifiers; the first is of the stronger kind, or of the same and the lesser value. */
export interface Pairs {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** Links between the two. */
  readonly count: Uint32Array;
  /** Earliest time of a link; NaN where no link has one. */
  readonly first: Float64Array;
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

/**
 * Reads links to the end.
 *
 * @param caller - the public function.
 * @param links - any iterable, read once.
 * @param kinds - the names of the kinds, strongest first.
 * @returns the ends of every link.
 * @throws {ClienteleError} `shape-mismatch` when `links` cannot be iterated; `invalid-value` at the first link that is none.
 */
export function readLinks(caller: string, links: Iterable<IdentityLink>, kinds: readonly string[]): LinkEnds {
  if (
    typeof links === "string" ||
    typeof (links as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function"
  ) {
    refuse(caller, "shape-mismatch", "links", "an iterable of links", describeValue(links));
  }
  let room = isList(links) ? links.length : 1024;
  let [ends, times] = [new Uint32Array(2 * room), new Float64Array(room)];
  const values = new Array<string>(2 * room);
  let read = 0;
  const readEnd = (identifier: Identifier, end: "a" | "b", at: number): void => {
    const kind = kinds.indexOf(identifier?.kind);
    if (kind < 0) refuse(caller, "invalid-value", `links[${read}].${end}.kind`, "one of options.kinds", "another kind");
    const value: unknown = identifier.value ?? "";
    if (typeof value !== "string") {
      refuse(caller, "invalid-value", `links[${read}].${end}.value`, "a string", describeCell(value));
    }
    values[at] = value;
    ends[at] = kind;
  };
  for (const link of links) {
    if (!isRecord(link))
      refuse(caller, "invalid-value", `links[${read}]`, "a link { a, b, time? }", describeValue(link));
    const { a, b, time } = link;
    if (time !== undefined && !Number.isFinite(time)) {
      refuse(caller, "invalid-value", `links[${read}].time`, "a time in epoch milliseconds", describeCell(time));
    }
    if (read === room) {
      room = 2 * room + 1;
      [ends, times] = [longer(ends, 2 * room), longer(times, room)];
    }
    readEnd(a, "a", 2 * read);
    readEnd(b, "b", 2 * read + 1);
    times[read++] = time === undefined ? NaN : time + 0; // −0 is 0, or the order of links would show
  }
  values.length = 2 * read;
  return { kinds: ends.subarray(0, 2 * read), values, time: times.subarray(0, read) };
}

/**
 * Numbers the identifiers of links, which uses the ends up, leaves out links that say nothing, and counts each pair once.
 *
 * @param known - the register, which grows.
 * @param ends - of every link.
 * @param codes - the code of each end's value.
 * @param nobody - further values that stand for nobody.
 * @returns pairs, and the links between them.
 */
export function pairLinks(
  known: Identifiers,
  { kinds, values, time }: LinkEnds,
  codes: Uint32Array,
  nobody: ReadonlySet<string>,
): ReadLinks {
  // Kinds give way to numbers, and all links to those that say something: a million links fill many megabytes.
  const numbers = kinds;
  for (let end = 0; end < numbers.length; end++) {
    numbers[end] = identifierOf(known, kinds[end], codes[end], values[end]);
  }
  const isUseless = new Uint8Array(known.values.length);
  for (let i = 0; i < isUseless.length; i++) if (isNobody(known.values[i], nobody)) isUseless[i] = 1;
  const read = time.length;
  let [used, self, placeholder] = [0, 0, 0];
  for (let link = 0; link < read; link++) {
    const [a, b] = [numbers[2 * link], numbers[2 * link + 1]];
    if (isUseless[a] === 1 || isUseless[b] === 1) placeholder++;
    else if (a === b) self++;
    else {
      const ordered = comesBefore(known, a, b);
      numbers[2 * used] = ordered ? a : b;
      numbers[2 * used + 1] = ordered ? b : a;
      time[used++] = time[link];
    }
  }
  const times = time.subarray(0, used);
  return { ...pairUp(numbers, times), time: times, read, self, placeholder };
}

/** The same numbers with more room. */
function longer<T extends Uint32Array | Float64Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
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
  const first = new Float64Array(links);
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
      first[pair] = NaN;
    }
    pairOf[link] = pair;
    count[pair]++;
    // Comparisons with NaN are false, so a time replaces nothing too.
    if (!(first[pair] <= time[link]) && !Number.isNaN(time[link])) first[pair] = time[link];
  }
  return {
    pairs: {
      a: a.subarray(0, pairs),
      b: b.subarray(0, pairs),
      count: count.subarray(0, pairs),
      first: first.subarray(0, pairs),
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
