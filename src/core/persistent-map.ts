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
  readonly entries: readonly (readonly [key: string, value: T])[];
}

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
  for (let level = 0; "parts" in node; level++) {
    const part = node.parts[slotOf(key, level)];
    if (part === null) return undefined;
    node = part;
  }
  for (const [name, value] of node.entries) if (name === key) return value;
  return undefined;
}

/** The map with a value under a key, new or in place of the old one. */
export function mapSet<T>(map: PersistentMap<T>, key: string, value: T, level = 0): PersistentMap<T> {
  if ("parts" in map) {
    const slot = slotOf(key, level);
    const old = map.parts[slot] ?? emptyMap<T>();
    const part = mapSet(old, key, value, level + 1);
    return { size: map.size + mapSize(part) - mapSize(old), parts: map.parts.with(slot, part) };
  }
  const place = map.entries.findIndex(([name]) => name === key);
  if (place >= 0) return { entries: map.entries.with(place, [key, value]) };
  const entries = [...map.entries, [key, value] as const];
  if (entries.length <= mostEntries || level >= deepest) return { entries };
  const parts = new Array<PersistentMap<T> | null>(width).fill(null);
  for (const [name, item] of entries) {
    const slot = slotOf(name, level);
    parts[slot] = mapSet(parts[slot] ?? emptyMap<T>(), name, item, level + 1);
  }
  return { size: entries.length, parts };
}

/** The map without a key; the same map when it has no such key. */
export function mapDelete<T>(map: PersistentMap<T>, key: string, level = 0): PersistentMap<T> {
  if (!("parts" in map)) {
    const entries = map.entries.filter(([name]) => name !== key);
    return entries.length === map.entries.length ? map : { entries };
  }
  const slot = slotOf(key, level);
  const old = map.parts[slot];
  const part = old === null ? old : mapDelete(old, key, level + 1);
  if (part === null || part === old) return map;
  const next = { size: map.size - 1, parts: map.parts.with(slot, mapSize(part) === 0 ? null : part) };
  return next.size <= mostEntries ? { entries: [...mapEntries(next)] } : next;
}

/** All entries, in an order that depends on the keys only up to a small map. */
export function* mapEntries<T>(map: PersistentMap<T>): Generator<readonly [key: string, value: T]> {
  if ("parts" in map) {
    for (const part of map.parts) if (part !== null) yield* mapEntries(part);
  } else {
    yield* map.entries;
  }
}

function slotOf(key: string, level: number): number {
  return (hashOf(key, Math.floor(level / levelsPerHash)) >>> (bits * (level % levelsPerHash))) % width;
}

/** FNV-1a over code units with a finish that mixes high bits into low ones; another seed is another hash. */
function hashOf(key: string, seed: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b9);
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
