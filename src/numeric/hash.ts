/**
 * Hashes a list of texts to 32 bits, the same on every runtime: MurmurHash3 (x86, 32 bits) of, part after part, its number
 * of code units as four bytes and its code units as two bytes each, all little-endian. The lengths tell `"ab", "c"` from
 * `"a", "bc"`; lone surrogates are told apart too. For shares and keys, not against an adversary: it is no cipher.
 *
 * @param parts - any strings.
 * @param seed - any 32-bit integer; another one gives an unrelated hash.
 * @returns an integer in [0, 2³²). Cost: one pass over the code units.
 */
export function hashTexts(parts: readonly string[], seed = 0): number {
  let hash = seed | 0;
  let bytes = 0;
  // A block of four bytes is two code units; a part may begin in the middle of one.
  let low = -1;
  for (const part of parts) {
    const units = part.length;
    bytes += 4 + 2 * units;
    for (let i = -2; i < units; i++) {
      const unit = i >= 0 ? part.charCodeAt(i) : i === -2 ? units & 0xffff : units >>> 16;
      if (low < 0) {
        low = unit;
        continue;
      }
      hash = taken(hash, scrambled(low | (unit << 16)));
      low = -1;
    }
  }
  return finished(low >= 0 ? hash ^ scrambled(low) : hash, bytes);
}

function scrambled(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/**
 * Hashes a list of texts to 96 bits: {@link hashTexts} with the seeds 1, 2 and 3, in one pass over the code units.
 *
 * @param parts - any strings.
 * @param into - where the three integers go.
 */
export function hashTextsWide(parts: readonly string[], into: Uint32Array): void {
  let [a, b, c] = [1, 2, 3];
  let bytes = 0;
  let low = -1;
  for (const part of parts) {
    const units = part.length;
    bytes += 4 + 2 * units;
    for (let i = -2; i < units; i++) {
      const unit = i >= 0 ? part.charCodeAt(i) : i === -2 ? units & 0xffff : units >>> 16;
      if (low < 0) {
        low = unit;
        continue;
      }
      const block = scrambled(low | (unit << 16));
      a = taken(a, block);
      b = taken(b, block);
      c = taken(c, block);
      low = -1;
    }
  }
  const rest = low >= 0 ? scrambled(low) : 0;
  into[0] = finished(a ^ rest, bytes);
  into[1] = finished(b ^ rest, bytes);
  into[2] = finished(c ^ rest, bytes);
}

function taken(hash: number, block: number): number {
  const mixed = hash ^ block;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(hash: number, bytes: number): number {
  let mixed = hash ^ bytes;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
