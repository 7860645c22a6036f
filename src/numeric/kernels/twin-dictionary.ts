import type { Kernels } from "./kernels.ts";

/** As in assembly/dictionary.ts: a row that passes this many occupied slots was made to. */
const patience = 1024;
const missing = 0xffffffff;

/**
 * The scalar twin of assembly/dictionary.ts. A slot is a hash, the code + 1 and two words that are not used; names are
 * always compared in full, so another hash gives the same codes.
 */
export function twinEncodeNames(buffer: ArrayBuffer): Kernels["encodeNames"] {
  const octets = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);

  function hashOf(from: number, to: number): number {
    let hash = to - from;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ octets[at], 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  function isSame(name: number, nameEnd: number, from: number, to: number): boolean {
    if (nameEnd - name !== to - from) return false;
    for (; from < to; from++, name++) if (octets[from] !== octets[name]) return false;
    return true;
  }

  return (
    ...[bytes, offsets, validity, firstBit, rows, slots, slotBits, mostNames, names, nameBytes, ends, totals, codes]
  ) => {
    const firstOffset = offsets >>> 2;
    const origin = bytes - words[firstOffset];
    const firstSlot = slots >>> 2;
    const firstEnd = ends >>> 2;
    const mask = (1 << slotBits) - 1;
    let count = words[totals >>> 2];
    let used = words[(totals >>> 2) + 1];
    let status = 0;
    let row = 0;
    for (; row < rows; row++) {
      const bit = firstBit + row;
      if (validity !== 0 && ((octets[validity + (bit >>> 3)] >>> (bit & 7)) & 1) === 0) {
        words[(codes >>> 2) + row] = missing;
        continue;
      }
      const from = origin + words[firstOffset + row];
      const to = origin + words[firstOffset + row + 1];
      const hash = hashOf(from, to);
      let slot = hash & mask;
      let code = words[firstSlot + 8 * slot + 1];
      let left = patience;
      while (code !== 0) {
        const nameStart = code === 1 ? 0 : words[firstEnd + code - 2];
        if (
          words[firstSlot + 8 * slot] === hash &&
          isSame(names + nameStart, names + words[firstEnd + code - 1], from, to)
        ) {
          break;
        }
        slot = (slot + 1) & mask;
        code = words[firstSlot + 8 * slot + 1];
        if (--left === 0) break;
      }
      if (code === 0) {
        if (count === mostNames || nameBytes - used < to - from) {
          status = 1;
          break;
        }
        octets.copyWithin(names + used, from, to);
        used += to - from;
        words[firstEnd + count] = used;
        code = ++count;
        words[firstSlot + 8 * slot] = hash;
        words[firstSlot + 8 * slot + 1] = code;
      } else if (left === 0) {
        status = 2;
        break;
      }
      words[(codes >>> 2) + row] = code - 1;
    }
    words[totals >>> 2] = count;
    words[(totals >>> 2) + 1] = used;
    words[(totals >>> 2) + 2] = status;
    return row;
  };
}
