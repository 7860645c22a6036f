import { codesOf, missingCode, nameAt } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCodes, checkDistinct, sortNames } from "../../src/tables/codes.ts";
import { expectRefusal } from "../support/refusal.ts";

describe("codesOf", () => {
  it("numbers strings in order of first appearance", () => {
    const column = codesOf(["cart", "buy", "cart"]);
    expect(column).toEqual({ codes: Uint32Array.of(0, 1, 0), names: ["cart", "buy"] });
  });

  it("keeps null and undefined as missing, and the empty string as a name", () => {
    const column = codesOf([null, "", undefined]);
    expect([...column.codes]).toEqual([missingCode, 0, missingCode]);
    expect([nameAt(column, 0), nameAt(column, 1)]).toEqual([undefined, ""]);
  });

  it("gives back every string that was put in, hostile ones included", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "constructor", "10", "\ud83d"))), (strings) => {
        const column = codesOf(strings);
        expect(strings.map((_, row) => nameAt(column, row))).toEqual(strings);
        expect(new Set(column.names).size).toBe(column.names.length);
      }),
    ); // prettier-ignore
  });

  it("refuses a value that is no string, naming its row", () => {
    expectRefusal(() => codesOf(["a", 3 as unknown as string]), "invalid-value", "values[1]");
  });

  it("refuses what cannot be iterated", () => {
    for (const bad of [undefined, null, 5, {}]) expectRefusal(() => codesOf(bad as never), "shape-mismatch", "values");
  });

  it("encodes nothing to nothing", () => {
    expect(codesOf([])).toEqual({ codes: new Uint32Array(0), names: [] });
  });
});

describe("sortNames", () => {
  it("renumbers in code-unit order without changing any string", () => {
    const sorted = sortNames(codesOf(["b", "a", null, "B", "b"]));
    expect(sorted.names).toEqual(["B", "a", "b"]);
    expect([0, 1, 2, 3, 4].map((row) => nameAt(sorted, row))).toEqual(["b", "a", undefined, "B", "b"]);
  });

  it("makes the order of arrival invisible", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.integer(), (names, shift) => {
        const turned = names.map((_, i) => names[(i + (shift >>> 0)) % names.length]);
        expect(sortNames(codesOf(turned)).names).toEqual(sortNames(codesOf(names)).names);
      }),
    );
  });
});

describe("checkCodes", () => {
  it("refuses a code without a name, a repeated name and a wrong length", () => {
    const codes = Uint32Array.of(0, 1);
    expectRefusal(() => checkCodes("f", "type", { codes, names: ["a"] }), "invalid-value", "type.codes[1]");
    expectRefusal(() => checkDistinct("f", "type", { codes, names: ["a", "a"] }), "invalid-value", "type.names");
    expectRefusal(() => checkCodes("f", "type", { codes, names: ["a", "b"] }, 3), "shape-mismatch", "type.codes");
    expectRefusal(() => checkCodes("f", "type", { codes: [0] as never, names: ["a"] }), "shape-mismatch", "type");
  });
});
