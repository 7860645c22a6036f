/** A function that is called often is compiled once and for good. */
const block = 4096;

/** At least so many bits per string: of distinct strings, one in thirty or fewer then shares its bit. */
const bitsPerString = 32;

/**
 * Tells whether a string occurs twice.
 *
 * Every string marks a bit by its hash, and only strings whose bit was marked twice are looked at: a set of a million strings
 * misses the cache at every one of them, several times while it grows. Strings that were made to collide end in such a set.
 *
 * @param strings - fewer than 2³².
 * @returns true when two are equal. Cost O(characters), with at most 20 bytes per string.
 */
export function hasRepeatedString(strings: readonly string[]): boolean {
  return (
    hasRepeatedEnd(strings, fewUnits, strings.length >>> 3) ?? hasRepeatedEnd(strings, Infinity, Infinity) ?? false
  );
}

/** Most names differ in their last code units, and reading a string costs more than all else here. */
const fewUnits = 8;

/** Tells whether a string occurs twice by hashes of so many last code units; not when more than `most` share their bit. */
function hasRepeatedEnd(strings: readonly string[], units: number, most: number): boolean | undefined {
  const count = strings.length;
  const hashes = new Uint32Array(count);
  let words = 1;
  while (32 * words < bitsPerString * count && words < 2 ** 27) words *= 2;
  const once = new Uint32Array(words);
  const twice = new Uint32Array(words);
  for (let from = 0; from < count; from += block) {
    const to = Math.min(count, from + block);
    writeHashes(strings, units, hashes, from, to);
    markBits(hashes, once, twice, from, to);
  }
  const tied = new Set<string>();
  let looked = 0;
  for (let from = 0; from < count; from += block) {
    looked += addTied(strings, hashes, twice, tied, from, Math.min(count, from + block));
    if (looked > most) return undefined;
  }
  return tied.size < looked;
}

function writeHashes(strings: readonly string[], units: number, hashes: Uint32Array, from: number, to: number): void {
  for (let position = from; position < to; position++) {
    const string = strings[position];
    let hash = string.length;
    for (let i = Math.max(0, string.length - units); i < string.length; i++)
      hash = Math.imul(hash ^ string.charCodeAt(i), 0x01000193);
    // The low bits, which depend only on the low bits of the characters, would choose the word.
    hashes[position] = hash ^ (hash >>> 15);
  }
}

function markBits(hashes: Uint32Array, once: Uint32Array, twice: Uint32Array, from: number, to: number): void {
  const last = once.length - 1;
  for (let position = from; position < to; position++) {
    const word = (hashes[position] >>> 5) & last;
    const bit = 1 << hashes[position];
    twice[word] |= once[word] & bit;
    once[word] |= bit;
  }
}

/** Adds the strings whose bit was marked twice to a set; returns how many they are. */
function addTied(
  strings: readonly string[],
  hashes: Uint32Array,
  twice: Uint32Array,
  tied: Set<string>,
  from: number,
  to: number,
): number {
  const last = twice.length - 1;
  let looked = 0;
  for (let position = from; position < to; position++) {
    if ((twice[(hashes[position] >>> 5) & last] & (1 << hashes[position])) === 0) continue;
    tied.add(strings[position]);
    looked++;
  }
  return looked;
}
