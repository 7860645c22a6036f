import { stringOrder } from "../numeric/string-order.ts";
import { comesBefore, type Identifier, type Identifiers, inOrder } from "./identifiers.ts";
import { fate, type IdentityGroups } from "./identity-groups.ts";
import type { Pairs, ReadLinks } from "./identity-links.ts";

/** Links between two identifiers, as evidence: all that were seen, counted. */
export interface LinkEvidence {
  /** The identifier of the stronger kind; of one kind, the lesser value. */
  readonly a: Identifier;
  /** The other one. */
  readonly b: Identifier;
  /** How many links tie the two. */
  readonly count: number;
  /** The earliest time of a link, epoch milliseconds; `null` where none has a time. */
  readonly time: number | null;
}

/** One person, made of several identifiers. */
export interface Identity {
  /** What the person is called in the log that goes out. */
  readonly customer: string;
  /** All identifiers, strongest first. */
  readonly identifiers: readonly Identifier[];
  /** The links that made them one. */
  readonly links: readonly LinkEvidence[];
}

/** Two or more values of a unique kind that links would have made one person. */
export interface IdentityConflict {
  /** The unique kind. */
  readonly kind: string;
  /** The values that must not meet, in code-unit order. */
  readonly values: readonly string[];
  /** The links in which they meet. */
  readonly links: readonly LinkEvidence[];
  /** `"by-time"`: the identifier is shared and each event goes to the user of its time; `"refused"`: the links are not used. */
  readonly resolution: "by-time" | "refused";
}

/** An identifier that is linked with too many to be one person's. */
export interface Hub {
  /** The identifier. */
  readonly identifier: Identifier;
  /** How many identifiers of stronger kinds it is linked with. */
  readonly linkedWith: number;
}

/** The persons that were joined by links, by name. */
export function identitiesOf(
  known: Identifiers,
  { pairs }: ReadLinks,
  { groupOf, fates }: IdentityGroups,
  names: readonly string[],
  objectOf: (i: number) => Identifier,
): Identity[] {
  const { groups, identifiers, starts, position, pairs: order } = layOut(known, groupOf, names, pairs, (pair) => fates[pair] === fate.joined); // prettier-ignore
  // One list after another, then cut: loops that do little wait for memory in many places at once.
  const members = mapAll(identifiers, objectOf);
  const memberOf = (identifier: number): Identifier => members[position[identifier]];
  const links = mapAll(order, (pair) => evidenceOf(pairs, pair, memberOf));
  const firstEnds = order.map((pair) => position[pairs.a[pair]]);
  let end = 0;
  return mapAll(groups, (group, place) => {
    const first = end;
    while (end < firstEnds.length && firstEnds[end] < starts[place + 1]) end++;
    const own = members.slice(starts[place], starts[place + 1]);
    return { customer: names[group], identifiers: own, links: links.slice(first, end) };
  });
}

/** What each number gives, in a list of the right length: one that grows is copied again and again. */
function mapAll<T>(numbers: Uint32Array, make: (number: number, place: number) => T): T[] {
  const list = new Array<T>(numbers.length);
  for (let place = 0; place < list.length; place++) list[place] = make(numbers[place], place);
  return list;
}

/** The unique values that were kept apart: on shared identifiers, then on longer ways. */
export function conflictsOf(
  known: Identifiers,
  { pairs }: ReadLinks,
  { fates, sharedBy, refused }: IdentityGroups,
  kinds: readonly string[],
  objectOf: (i: number) => Identifier,
): IdentityConflict[] {
  const logins = new Map<number, number[]>();
  for (let pair = 0; pair < fates.length; pair++) {
    const shared = pairs.b[pair];
    if (fates[pair] !== fate.byTime && (fates[pair] !== fate.conflict || sharedBy[shared] < 0)) continue;
    const list = logins.get(shared);
    if (list === undefined) logins.set(shared, [pair]);
    else list.push(pair);
  }
  const sharing = inOrder(known, [...logins.keys()]).map((shared): IdentityConflict => {
    const meeting = (logins.get(shared) ?? []).sort((one, other) => (comesBefore(known, pairs.a[one], pairs.a[other]) ? -1 : 1)); // prettier-ignore
    return {
      kind: kinds[sharedBy[shared]],
      values: meeting.map((pair) => known.values[pairs.a[pair]]),
      links: meeting.map((pair) => evidenceOf(pairs, pair, objectOf)),
      resolution: fates[meeting[0]] === fate.byTime ? "by-time" : "refused",
    };
  });
  const longer = refused.map(({ pair, kind, values }): IdentityConflict => ({
    kind: kinds[kind],
    values: inOrder(known, [...values]).map((value) => known.values[value]),
    links: [evidenceOf(pairs, pair, objectOf)],
    resolution: "refused",
  })); // prettier-ignore
  return [...sharing, ...longer];
}

/** The identifiers that are nobody's because too many use them. */
export function hubsOf(
  known: Identifiers,
  { stronger }: IdentityGroups,
  most: number,
  objectOf: (i: number) => Identifier,
): Hub[] {
  const hubs: number[] = [];
  stronger.forEach((count, identifier) => {
    if (count > most) hubs.push(identifier);
  });
  return inOrder(known, hubs).map((hub) => ({ identifier: objectOf(hub), linkedWith: stronger[hub] }));
}

/** Identifiers as objects. */
export function identifierObjects(
  { kindOf, values }: Identifiers,
  kinds: readonly string[],
): (i: number) => Identifier {
  return (i) => ({ kind: kinds[kindOf[i]], value: values[i] });
}

/** A pair as evidence. */
function evidenceOf({ a, b, count, first }: Pairs, pair: number, objectOf: (i: number) => Identifier): LinkEvidence {
  const time = Number.isNaN(first[pair]) ? null : first[pair];
  return { a: objectOf(a[pair]), b: objectOf(b[pair]), count: count[pair], time };
}

/** Members and links of persons, laid out in an order that depends on nothing but what they are. */
interface Layout {
  /** Groups by name; only those with a link. */
  readonly groups: Uint32Array;
  /** Identifiers, group by group, each group's strongest first. */
  readonly identifiers: Uint32Array;
  /** The i-th group owns identifiers[starts[i]] … */
  readonly starts: Uint32Array;
  /** The place of each identifier of a group among all of them. */
  readonly position: Uint32Array;
  /** Joined pairs in the order of their identifiers, group by group. */
  readonly pairs: Uint32Array;
}

/** Lays out the groups that were joined by a pair. */
function layOut(
  known: Identifiers,
  groupOf: Int32Array,
  names: readonly string[],
  { a, b }: Pairs,
  isJoined: (pair: number) => boolean,
): Layout {
  const joined = new Uint32Array(a.length);
  let count = 0;
  const linked = new Uint8Array(names.length);
  for (let pair = 0; pair < a.length; pair++) {
    if (!isJoined(pair)) continue;
    joined[count++] = pair;
    linked[groupOf[a[pair]]] = 1;
  }
  const chosen: number[] = [];
  linked.forEach((yes, group) => {
    if (yes === 1) chosen.push(group);
  });
  const groups = stringOrder(chosen.map((group) => names[group])).map((i) => chosen[i]);
  const placeOf = new Int32Array(names.length).fill(-1);
  groups.forEach((group, place) => (placeOf[group] = place));
  const starts = new Uint32Array(groups.length + 1);
  for (const group of groupOf) if (placeOf[group] >= 0) starts[placeOf[group] + 1]++;
  for (let place = 0; place < groups.length; place++) starts[place + 1] += starts[place];
  const next = starts.slice();
  const identifiers = new Uint32Array(starts[groups.length]);
  for (let identifier = 0; identifier < groupOf.length; identifier++) {
    const place = placeOf[groupOf[identifier]];
    if (place >= 0) identifiers[next[place]++] = identifier;
  }
  const position = new Uint32Array(groupOf.length);
  for (let place = 0; place < groups.length; place++) {
    sortMembers(known, identifiers, starts[place], starts[place + 1]);
    for (let i = starts[place]; i < starts[place + 1]; i++) position[identifiers[i]] = i;
  }
  const byOther = countingSort(joined.subarray(0, count), b, position, identifiers.length);
  return { groups, identifiers, starts, position, pairs: countingSort(byOther, a, position, identifiers.length) };
}

/** Sorts the identifiers of one person; most have a handful. */
function sortMembers(known: Identifiers, identifiers: Uint32Array, from: number, to: number): void {
  if (to - from > 24) {
    identifiers.subarray(from, to).sort((one, other) => (comesBefore(known, one, other) ? -1 : 1));
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const identifier = identifiers[i];
    let place = i;
    for (; place > from && comesBefore(known, identifier, identifiers[place - 1]); place--) {
      identifiers[place] = identifiers[place - 1];
    }
    identifiers[place] = identifier;
  }
}

/** Sorts pairs by the position of one end; equal ones keep their order. */
function countingSort(pairs: Uint32Array, end: Uint32Array, position: Uint32Array, positions: number): Uint32Array {
  const next = new Uint32Array(positions + 1);
  for (const pair of pairs) next[position[end[pair]] + 1]++;
  for (let i = 0; i < positions; i++) next[i + 1] += next[i];
  const sorted = new Uint32Array(pairs.length);
  for (const pair of pairs) sorted[next[position[end[pair]]]++] = pair;
  return sorted;
}
