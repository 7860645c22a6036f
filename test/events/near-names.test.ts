import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearNames } from "../../src/events/near-names.ts";

/** Which names are taken for which, given how often each occurs. */
function near(counts: Readonly<Record<string, number>>): Record<string, string> {
  const names = Object.keys(counts);
  const { pairs } = nearNames(names, Object.values(counts));
  return Object.fromEntries(pairs.map(({ code, near: target }) => [names[code], names[target]]));
}

describe("nearNames", () => {
  it("takes a rare name for the frequent one that is one letter or one swap away", () => {
    expect(near({ purchase: 100, purchse: 2, pruchase: 1, purchases: 1, view: 500, veiw: 3 })).toEqual({
      purchse: "purchase",
      pruchase: "purchase",
      purchases: "purchase",
      veiw: "view",
    });
  });

  it("allows two edits from eight letters on, one from four, none below", () => {
    expect(near({ checkout: 100, chekcot: 1, chekcuot: 1 })).toEqual({ chekcuot: "checkout" });
    expect(near({ add_to_cart: 100, add_ot_crat: 1 })).toEqual({ add_ot_crat: "add_to_cart" });
    expect(near({ view: 100, vie: 1, add: 100, ad: 1 })).toEqual({});
  });

  it("takes other spellings of case and separators for one name, however frequent", () => {
    expect(near({ add_to_cart: 50, "Add to Cart": 49, addToCart: 7 })).toEqual({
      "Add to Cart": "add_to_cart",
      addToCart: "add_to_cart",
    });
  });

  it("leaves a name alone that is too frequent to be a slip: above a tenth, rounded up to a whole event", () => {
    expect(near({ purchase: 100, purchse: 10 })).toEqual({ purchse: "purchase" });
    expect(near({ purchase: 100, purchse: 11 })).toEqual({});
    expect(near({ purchase: 2, purchse: 1 })).toEqual({ purchse: "purchase" });
    expect(near({ purchase: 1, purchse: 1 })).toEqual({});
  });

  it("leaves names alone that differ in their numbers, or by a prefix or an ending of two letters", () => {
    expect(near({ product1: 1000, product2: 3, product10: 3, step_12: 1, step_21: 500 })).toEqual({});
    expect(near({ subscribe: 1000, unsubscribe: 3, registered: 3, register: 500 })).toEqual({});
  });

  it("names the nearest of several, and of equally near ones the most frequent", () => {
    expect(near({ searches: 50, search: 1000, searchs: 1 })).toEqual({ searchs: "search" });
    expect(near({ cartaddx: 900, cartadds: 100, cartadd: 1 })).toEqual({ cartadd: "cartaddx" });
  });

  it("does not take names without letters for one another, and leaves out what never occurs", () => {
    expect(near({ "": 5, "  ": 1, "--": 1 })).toEqual({});
    expect(near({ purchase: 100, purchse: 0 })).toEqual({});
    expect(near({})).toEqual({});
    expect(near({ __proto__x: 1, constructor: 9 })).toEqual({});
  });

  it("says how many names it did not compare when there are too many or they are too long", () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `page ${String.fromCharCode(97 + (i % 26))}${i}`);
    expect(nearNames([...names, "x".repeat(81)], new Float64Array(20_001).fill(3)).skipped).toBe(18_001);
    const hostile = Array.from(
      { length: 6000 },
      (_, i) => "ab".repeat(33) + i.toString(2).padStart(13, "0").replaceAll("0", "x").replaceAll("1", "y"),
    );
    const counts = Float64Array.from(hostile, (_, i) => (i < 100 ? 1000 : 1));
    expect(nearNames(hostile, counts).skipped).toBe(4000);
  });

  it("does not depend on the order of the names", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "A", "_", "1"), maxLength: 10 });
    const list = fc.uniqueArray(fc.tuple(word, fc.integer({ min: 0, max: 40 })), { selector: ([name]) => name });
    const found = (entries: readonly (readonly [string, number])[]): string[][] =>
      nearNames(
        entries.map(([name]) => name),
        entries.map(([, count]) => count),
      ).pairs.map(({ code, near: target }) => [entries[code][0], entries[target][0]]);
    fc.assert(
      fc.property(list, (entries) => {
        expect(found(entries.toReversed())).toEqual(found(entries));
      }),
    );
  });
});
