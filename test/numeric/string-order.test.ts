import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringOrder } from "../../src/numeric/string-order.ts";

const sortedBy = (strings: readonly string[]): string[] => Array.from(stringOrder(strings), (i) => strings[i]);
const plain = (strings: readonly string[]): string[] => [...strings].sort((a, b) => (a < b ? -1 : 1));

describe("stringOrder", () => {
  it("agrees with < on any distinct strings, long runs and common beginnings included", () => {
    const word = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("a", "b", "\u0000", "\ud83d") }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 300 }), fc.string(), (words, prefix) => {
        const strings = words.map((text) => prefix + text);
        expect(sortedBy(strings)).toEqual(plain(strings));
      }),
    );
  });

  it("tells strings apart that differ by trailing zeros only", () => {
    const zeros = Array.from({ length: 60 }, (_, i) => `id${"\u0000".repeat((i * 7) % 60)}`);
    expect(sortedBy(zeros)).toEqual(plain(zeros));
  });

  it("orders nothing, one string, and ids of equal length by the thousand", () => {
    expect([...stringOrder([])]).toEqual([]);
    expect([...stringOrder(["a"])]).toEqual([0]);
    const ids = Array.from(
      { length: 20_000 },
      (_, i) => `cust_${(Math.imul(i, -1640531535) >>> 0).toString(16).padStart(8, "0")}`,
    );
    expect(sortedBy(ids)).toEqual(plain(ids));
  });

  it("orders strings that turn from Latin letters to others and back, by the hundred", () => {
    const letters = ["a", "z", "é", "\u00ff", "\u0100", "日", "\u0000", "\ud83d", "\uffff"];
    const strings = Array.from({ length: 9 ** 3 }, (_, i) => `id${letters[i % 9]}x${letters[Math.floor(i / 9) % 9]}tail${letters[Math.floor(i / 81)]}`); // prettier-ignore
    expect(sortedBy(strings)).toEqual(plain(strings));
  });

  it("orders two long strings that differ in the last place", () => {
    const long = "x".repeat(100_000);
    expect(sortedBy([`${long}b`, `${long}a`, long])).toEqual([long, `${long}a`, `${long}b`]);
  });

  it("orders many strings with a long common beginning in time linear in its length", () => {
    const strings = Array.from(
      { length: 30 },
      (_, i) => "x".repeat(20_000) + String.fromCharCode(97 + ((i * 11) % 30)),
    );
    expect(sortedBy(strings)).toEqual(plain(strings));
  });
});
