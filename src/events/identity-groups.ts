import { rowOrder } from "../numeric/row-order.ts";
import { stringOrder } from "../numeric/string-order.ts";
import { type UnionFind, unionFind } from "../numeric/union-find.ts";
import type { Identifiers } from "./identifiers.ts";
import type { ReadLinks } from "./identity-links.ts";

/** What became of a pair of identifiers. */
export const fate = { joined: 0, excepted: 1, hub: 2, shared: 3, conflict: 4, byTime: 5 } as const;

/** Identifiers that belong to one person, and what became of every pair. */
export interface IdentityGroups {
  /** The group of each identifier. */
  readonly groupOf: Int32Array;
  /** One `fate` per pair. */
  readonly fates: Uint8Array;
  /** Per identifier: how many of a stronger kind it is linked with. */
  readonly stronger: Uint32Array;
  /** Pairs that would have joined two values of a unique kind, each with the kind and the two. */
  readonly refused: readonly {
    readonly pair: number;
    readonly kind: number;
    readonly values: readonly [number, number];
  }[];
  /** Per identifier: the unique kind of which it is linked with several directly, −1 = none. */
  readonly sharedBy: Int32Array;
}

/**
 * Joins linked identifiers into persons, except where a guard forbids it.
 *
 * @param known - all identifiers.
 * @param links - all links.
 * @param guards - numbers of the unique kinds, the limit for hubs, and one byte per pair that must not be used.
 * @returns groups that do not depend on the order of links. Cost: linear, plus a sort of the pairs whose component holds a
 * conflict.
 */
export function groupIdentifiers(
  known: Identifiers,
  links: ReadLinks,
  guards: { readonly unique: readonly number[]; readonly maxPerHub: number; readonly excepted: Uint8Array },
): IdentityGroups {
  const { a, b } = links.pairs;
  const fates = guards.excepted.slice();
  const stronger = new Uint32Array(known.values.length);
  for (let pair = 0; pair < fates.length; pair++) {
    if (fates[pair] === fate.joined && known.kindOf[a[pair]] < known.kindOf[b[pair]]) stronger[b[pair]]++;
  }
  const isHub = (identifier: number): boolean => stronger[identifier] > guards.maxPerHub;
  for (let pair = 0; pair < fates.length; pair++) {
    if (fates[pair] === fate.joined && (isHub(a[pair]) || isHub(b[pair]))) fates[pair] = fate.hub;
  }
  const sharedBy = takeOutShared(known, links, guards.unique, fates);
  const { groups, refused } = join(known, links, guards.unique, fates);
  return { groupOf: groups.labels(), fates, stronger, refused, sharedBy };
}

/**
 * Takes identifiers out that are linked directly with several values of a stronger unique kind, such as a tablet on which
 * two users log in. They belong to no single person; if every login has a time, their events go to the user of the time.
 */
function takeOutShared(known: Identifiers, links: ReadLinks, unique: readonly number[], fates: Uint8Array): Int32Array {
  const { a, b } = links.pairs;
  const sharedBy = new Int32Array(known.values.length).fill(-1);
  for (const kind of unique) {
    const owners = new Uint32Array(known.values.length);
    for (let pair = 0; pair < fates.length; pair++) {
      if (fates[pair] !== fate.joined || known.kindOf[a[pair]] !== kind || known.kindOf[b[pair]] === kind) continue;
      if (++owners[b[pair]] > 1 && sharedBy[b[pair]] < 0) sharedBy[b[pair]] = kind;
    }
  }
  const untimed = new Uint8Array(known.values.length);
  const isLogin = (pair: number): boolean => sharedBy[b[pair]] >= 0 && known.kindOf[a[pair]] === sharedBy[b[pair]];
  for (let link = 0; link < links.pairOf.length; link++) {
    const pair = links.pairOf[link];
    if (fates[pair] === fate.joined && isLogin(pair) && Number.isNaN(links.time[link])) untimed[b[pair]] = 1;
  }
  for (let pair = 0; pair < fates.length; pair++) {
    if (fates[pair] !== fate.joined) continue;
    if (isLogin(pair)) fates[pair] = untimed[b[pair]] === 1 ? fate.conflict : fate.byTime;
    else if (sharedBy[a[pair]] >= 0 || sharedBy[b[pair]] >= 0) fates[pair] = fate.shared;
  }
  return sharedBy;
}

function join(
  known: Identifiers,
  { pairs }: ReadLinks,
  unique: readonly number[],
  fates: Uint8Array,
): { groups: UnionFind; refused: IdentityGroups["refused"] } {
  const size = known.values.length;
  const free = unionFind(size);
  for (let pair = 0; pair < fates.length; pair++) {
    if (fates[pair] === fate.joined) free.union(pairs.a[pair], pairs.b[pair]);
  }
  const contested = contestedRoots(known, unique, free);
  if (!contested.includes(1)) return { groups: free, refused: [] };
  // Where nothing is contested the order of links cannot matter; elsewhere they are taken strongest first.
  const groups = unionFind(size);
  const delicate: number[] = [];
  for (let pair = 0; pair < fates.length; pair++) {
    if (fates[pair] !== fate.joined) continue;
    if (contested[free.find(pairs.a[pair])] === 1) delicate.push(pair);
    else groups.union(pairs.a[pair], pairs.b[pair]);
  }
  const owners = unique.map((kind) => Int32Array.from(known.kindOf, (own, i) => (own === kind ? i : -1)));
  const refused: { pair: number; kind: number; values: [number, number] }[] = [];
  for (const pair of strongestFirst(known, pairs, delicate)) {
    const [one, other] = [groups.find(pairs.a[pair]), groups.find(pairs.b[pair])];
    if (one === other) continue;
    const clash = owners.findIndex((owner) => owner[one] >= 0 && owner[other] >= 0);
    if (clash >= 0) {
      fates[pair] = fate.conflict;
      refused.push({ pair, kind: unique[clash], values: [owners[clash][one], owners[clash][other]] });
      continue;
    }
    groups.union(one, other);
    const root = groups.find(one);
    for (const owner of owners) owner[root] = Math.max(owner[one], owner[other]);
  }
  return { groups, refused };
}

/** Marks the roots of components with two values of a unique kind. */
function contestedRoots({ kindOf }: Identifiers, unique: readonly number[], free: UnionFind): Uint8Array {
  const contested = new Uint8Array(kindOf.length);
  for (const kind of unique) {
    const met = new Uint8Array(kindOf.length);
    for (let identifier = 0; identifier < kindOf.length; identifier++) {
      if (kindOf[identifier] !== kind) continue;
      const root = free.find(identifier);
      if (met[root] === 1) contested[root] = 1;
      met[root] = 1;
    }
  }
  return contested;
}

/** Pairs by the kinds of their identifiers, then by the earliest time (none first), then by the values. */
function strongestFirst(known: Identifiers, { a, b, first }: ReadLinks["pairs"], pairs: readonly number[]): number[] {
  const rank = ranksOf(
    known,
    pairs.flatMap((pair) => [a[pair], b[pair]]),
  );
  const keys = new Float64Array(pairs.length * 4);
  pairs.forEach((pair, i) => {
    const strength = known.kindOf[a[pair]] * 1000 + known.kindOf[b[pair]];
    const time = Number.isNaN(first[pair]) ? -Number.MAX_VALUE : first[pair];
    keys.set([strength, time, rank[a[pair]], rank[b[pair]]], 4 * i);
  });
  return Array.from(rowOrder(keys, pairs.length, 4), (i) => pairs[i]);
}

/** The place of some identifiers among those of their kind, by value. */
function ranksOf({ kindOf, values }: Identifiers, identifiers: readonly number[]): Uint32Array {
  const rank = new Uint32Array(values.length);
  const ofKind = new Map<number, number[]>();
  for (const identifier of new Set(identifiers)) {
    const list = ofKind.get(kindOf[identifier]);
    if (list === undefined) ofKind.set(kindOf[identifier], [identifier]);
    else list.push(identifier);
  }
  for (const list of ofKind.values()) {
    const order = stringOrder(list.map((identifier) => values[identifier]));
    order.forEach((at, place) => (rank[list[at]] = place));
  }
  return rank;
}
