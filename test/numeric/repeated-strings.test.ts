import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasRepeatedString } from "../../src/numeric/repeated-strings.ts";

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `cust_${(Math.imul(i, -1640531535) >>> 0).toString(16).padStart(8, "0")}`);

/** Pairs of strings of one length with one hash: the second code unit cancels the low half of what the first one made. */
function collidingPairs(): [string, string][] {
  const pairs: [string, string][] = [];
  const known = new Map<number, string>();
  for (let first = 0; first < 65536; first++) {
    const product = Math.imul(2 ^ first, 0x01000193);
    const text = String.fromCharCode(first, product & 0xffff);
    const other = known.get(product >>> 16);
    if (other === undefined) known.set(product >>> 16, text);
    else pairs.push([other, text]);
  }
  return pairs;
}

describe("hasRepeatedString", () => {
  it("agrees with a set, hostile names and lone surrogates included", () => {
    const word = fc.oneof(
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.string({ unit: fc.constantFrom("a", "\u0000", "\ud800", "\udc00"), maxLength: 3 }),
      fc.constantFrom("__proto__", "constructor", "10", ""),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(hasRepeatedString(words)).toBe(new Set(words).size < words.length);
      }),
    );
  });

  it("finds one repetition among ids by the thousand, wherever it is, and none where there is none", () => {
    const distinct = ids(20_000);
    expect(hasRepeatedString(distinct)).toBe(false);
    for (const at of [0, 4095, 4096, 19_999]) expect(hasRepeatedString([...distinct, distinct[at]])).toBe(true);
  });

  it("looks beyond the ends of names that all end alike", () => {
    const addresses = ids(5000).map((id) => `${id}@mail.example`);
    expect(hasRepeatedString(addresses)).toBe(false);
    expect(hasRepeatedString([...addresses, addresses[17]])).toBe(true);
  });

  it("tells strings with one hash apart", () => {
    const pairs = collidingPairs();
    expect(pairs.length).toBeGreaterThan(100);
    for (const pair of pairs.slice(0, 100)) expect(hasRepeatedString(pair)).toBe(false);
    const [pair] = pairs;
    expect(hasRepeatedString([...pair, pair[0]])).toBe(true);
  });

  it("answers for no string and for one", () => {
    expect(hasRepeatedString([])).toBe(false);
    expect(hasRepeatedString(["a"])).toBe(false);
  });
});
