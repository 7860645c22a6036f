/** A function that is called often is compiled once and for good. */
const block = 4096;

/**
 * Tells whether a string occurs twice.
 *
 * Hashes are sorted, and only strings whose hashes agree are looked at: a set of a million strings misses the cache at
 * every one of them, several times while it grows. Strings that were made to collide end in such a set.
 *
 * @param strings - fewer than 2³².
 * @returns true when two are equal. Cost O(characters), and one native sort of as many integers as there are strings.
 */
export function hasRepeatedString(strings: readonly string[]): boolean {
  const packed = new BigUint64Array(strings.length);
  const words = new Uint32Array(packed.buffer);
  for (let from = 0; from < strings.length; from += block) {
    packHashes(strings, words, from, Math.min(strings.length, from + block));
  }
  packed.sort();
  for (let start = 0; start < strings.length;) {
    let end = start + 1;
    while (end < strings.length && words[2 * end + 1] === words[2 * start + 1]) end++;
    if (end - start > 1) {
      const tied = new Set<string>();
      for (let i = start; i < end; i++) tied.add(strings[words[2 * i]]);
      if (tied.size < end - start) return true;
    }
    start = end;
  }
  return false;
}

/** Writes the hash of each string above its position. */
function packHashes(strings: readonly string[], words: Uint32Array, from: number, to: number): void {
  for (let position = from; position < to; position++) {
    const string = strings[position];
    let hash = string.length;
    for (let i = 0; i < string.length; i++) hash = Math.imul(hash ^ string.charCodeAt(i), 0x01000193);
    words[2 * position] = position;
    words[2 * position + 1] = hash;
  }
}
