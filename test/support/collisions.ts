// Names made to collide in the dictionary kernel, as somebody could who has read its source.

const word = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => word((value << by) | (value >> (64n - by)));

/** The inverse of an odd number modulo 2^64: every step of Newton's iteration doubles the correct bits. */
function inverse(odd: bigint): bigint {
  let guess = odd;
  for (let step = 0; step < 6; step++) guess = word(guess * (2n - odd * guess));
  return guess;
}

/** More distinct names of one hash than the kernel (or its twin) has patience for. */
export function collidingNames(twin: boolean): string[] {
  return twin ? collidingForTwin(1100) : collidingForKernel(1100);
}

/** See assembly/dictionary.ts: 16 bytes are two words a and b, and a · K1 ^ rotl(b · K2, 23) is to be 0. */
function collidingForKernel(count: number): string[] {
  const [k1, back] = [0xbf58476d1ce4e5b9n, inverse(0x94d049bb133111ebn)];
  const bytes = new DataView(new ArrayBuffer(16));
  const names: string[] = [];
  for (let id = 0n; names.length < count; id++) {
    const a = 0x4141414141414141n + (id & 15n) + ((id & 0xf0n) << 4n) + ((id & 0xf00n) << 8n) + ((id & 0xf000n) << 12n) + ((id & 0xf0000n) << 16n); // prettier-ignore
    const b = word(rotate(word(a * k1), 41n) * back);
    if ((b & 0x8080808080808080n) !== 0n) continue;
    bytes.setBigUint64(0, a, true);
    bytes.setBigUint64(8, b, true);
    names.push(new TextDecoder().decode(bytes));
  }
  return names;
}

/** See twin-dictionary.ts: a table begins with 2^12 slots, chosen by the lowest bits of the hash. */
function collidingForTwin(count: number): string[] {
  const names: string[] = [];
  for (let id = 0; names.length < count; id++) {
    const name = id.toString(36);
    let hash = name.length;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    if (((hash ^ (hash >>> 13)) & 4095) === 0) names.push(name);
  }
  return names;
}
