/**
 * A map from strings to values as plain JSON that is never changed: an update returns a new map, which shares all but a
 * few small parts with the old one. Streaming functions keep their state per customer in it: a step costs the same for
 * ten customers and for a million, and the state before the step stays what it was.
 *
 * Small maps are one list of entries. Larger ones are a hash trie: sixteen maps by four bits of the key's hash.
 */
export type PersistentMap<T> = MapLeaf<T> | MapBranch<T>;

/** A small map: its entries in the order in which they came. */
export interface MapLeaf<T> {
  /** Keys and values; keys differ. */
  readonly entries: readonly Entry<T>[];
}

type Entry<T> = readonly [key: string, value: T];

/** A large map: sixteen parts by hash. */
export interface MapBranch<T> {
  /** Number of entries in all parts. */
  readonly size: number;
  /** The parts; `null` = empty. */
  readonly parts: readonly (PersistentMap<T> | null)[];
}

const bits = 4;
const width = 16;
const mostEntries = 16;

/** Eight levels use up a hash; after four hashes of the same keys, a leaf may grow. */
const levelsPerHash = 8;
const deepest = 4 * levelsPerHash;

/** The map without entries. */
export function emptyMap<T>(): PersistentMap<T> {
  return { entries: [] };
}

/** The number of entries. */
export function mapSize<T>(map: PersistentMap<T>): number {
  return "parts" in map ? map.size : map.entries.length;
}

/** The value under a key; `undefined` when there is none. */
export function mapGet<T>(map: PersistentMap<T>, key: string): T | undefined {
  let node = map;
  let hash = 0;
  for (let level = 0; "parts" in node; level++) {
    if (level % levelsPerHash === 0) hash = hashOf(key, level / levelsPerHash);
    const part = node.parts[slotOf(hash, level)];
    if (part === null) return undefined;
    node = part;
  }
  const place = placeOf(node.entries, key);
  return place < 0 ? undefined : node.entries[place][1];
}

/** The map with a value under a key, new or in place of the old one. */
export function mapSet<T>(map: PersistentMap<T>, key: string, value: T): PersistentMap<T> {
  return withEntry(map, [key, value], 0, 0);
}

function withEntry<T>(map: PersistentMap<T>, entry: Entry<T>, level: number, above: number): PersistentMap<T> {
  if ("parts" in map) {
    const hash = level % levelsPerHash === 0 ? hashOf(entry[0], level / levelsPerHash) : above;
    const slot = slotOf(hash, level);
    const old = map.parts[slot];
    const part: PersistentMap<T> = old === null ? { entries: [entry] } : withEntry(old, entry, level + 1, hash);
    const parts = map.parts.slice();
    parts[slot] = part;
    return { size: map.size + mapSize(part) - (old === null ? 0 : mapSize(old)), parts };
  }
  const entries = map.entries.slice();
  const place = placeOf(entries, entry[0]);
  entries[place < 0 ? entries.length : place] = entry;
  return entries.length <= mostEntries || level >= deepest ? { entries } : branchOf(entries, level);
}

/** Parts by hash, for more entries than a list shall hold. */
function branchOf<T>(entries: readonly Entry<T>[], level: number): MapBranch<T> {
  const parts = new Array<PersistentMap<T> | null>(width).fill(null);
  let branch: PersistentMap<T> = { size: 0, parts };
  for (const entry of entries) branch = withEntry(branch, entry, level, hashOf(entry[0], Math.floor(level / levelsPerHash))); // prettier-ignore
  return branch as MapBranch<T>;
}

/** The map with many values under their keys; `undefined` takes a key out. One copy of a small map serves all changes. */
export function mapChange<T>(
  map: PersistentMap<T>,
  changes: readonly (readonly [key: string, value: T | undefined])[],
): PersistentMap<T> {
  if ("parts" in map || map.entries.length + changes.length > mostEntries) {
    let changed = map;
    for (const [key, value] of changes) changed = value === undefined ? mapDelete(changed, key) : mapSet(changed, key, value); // prettier-ignore
    return changed;
  }
  const entries = map.entries.slice();
  for (const change of changes) {
    const place = placeOf(entries, change[0]);
    if (isEntry(change)) entries[place < 0 ? entries.length : place] = change;
    else if (place >= 0) entries.splice(place, 1);
  }
  return { entries };
}

function isEntry<T>(change: readonly [string, T | undefined]): change is Entry<T> {
  return change[1] !== undefined;
}

/** The map without a key; the same map when it has no such key. */
export function mapDelete<T>(map: PersistentMap<T>, key: string): PersistentMap<T> {
  return withoutKey(map, key, 0, 0);
}

function withoutKey<T>(map: PersistentMap<T>, key: string, level: number, above: number): PersistentMap<T> {
  if (!("parts" in map)) {
    const place = placeOf(map.entries, key);
    return place < 0 ? map : { entries: map.entries.toSpliced(place, 1) };
  }
  const hash = level % levelsPerHash === 0 ? hashOf(key, level / levelsPerHash) : above;
  const slot = slotOf(hash, level);
  const old = map.parts[slot];
  const part = old === null ? old : withoutKey(old, key, level + 1, hash);
  if (part === null || part === old) return map;
  const parts = map.parts.slice();
  parts[slot] = mapSize(part) === 0 ? null : part;
  const next = { size: map.size - 1, parts };
  return next.size <= mostEntries ? { entries: [...mapEntries(next)] } : next;
}

/** All entries, in an order that depends on the keys only up to a small map. */
export function mapEntries<T>(map: PersistentMap<T>): readonly Entry<T>[] {
  if (!("parts" in map)) return map.entries;
  const entries: Entry<T>[] = [];
  for (const part of map.parts) if (part !== null) for (const entry of mapEntries(part)) entries.push(entry);
  return entries;
}

function placeOf<T>(entries: readonly Entry<T>[], key: string): number {
  for (let i = 0; i < entries.length; i++) if (entries[i][0] === key) return i;
  return -1;
}

function slotOf(hash: number, level: number): number {
  return (hash >>> (bits * (level % levelsPerHash))) % width;
}

/** FNV-1a over code units with a finish that mixes high bits into low ones; another seed is another hash. */
function hashOf(key: string, seed: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b9);
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
