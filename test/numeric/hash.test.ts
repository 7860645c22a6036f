import { describe, expect, it } from "vitest";
import { hashTexts, hashTextsWide } from "../../src/numeric/hash.ts";

describe("hashTexts", () => {
  // murmurhash3_32 of scikit-learn over struct.pack("<I", units) + part.encode("utf-16le", "surrogatepass") of each part.
  it.each<[readonly string[], number, number]>([
    [[], 0, 0],
    [[""], 0, 593689054],
    [["hello"], 0, 3612777683],
    [["ab", "c"], 7, 1997206301],
    [["a", "bc"], 7, 3530271853],
    [["a", "", "🧺"], 42, 683495408],
    [["\ud800"], 1, 1244905351],
    [["x".repeat(1001), "ann"], 0x9747b28c, 1735425891],
  ])("is MurmurHash3 of the lengths and code units, case %#", (parts, seed, hash) => {
    expect(hashTexts(parts, seed)).toBe(hash);
  });

  it("spreads consecutive names evenly: χ² over 64 bins within what chance gives 99.99 % of the time", () => {
    const bins = new Float64Array(64);
    const names = 64_000;
    for (let i = 0; i < names; i++) bins[hashTexts(["salt", String(i)]) >>> 26]++;
    const chiSquare = bins.reduce((sum, count) => sum + (count - names / 64) ** 2 / (names / 64), 0);
    // R: qchisq(c(0.00005, 0.99995), 63) = 27.6, 117.7
    expect(chiSquare).toBeGreaterThan(27);
    expect(chiSquare).toBeLessThan(118);
  });
});

describe("hashTextsWide", () => {
  it("is the hash with three seeds", () => {
    const into = new Uint32Array(3);
    for (const parts of [[], [""], ["a"], ["ab", "c"], ["a", "bc"], ["\ud83d", "é", "long text ".repeat(20)]]) {
      hashTextsWide(parts, into);
      expect([...into]).toEqual([1, 2, 3].map((seed) => hashTexts(parts, seed)));
    }
  });
});
