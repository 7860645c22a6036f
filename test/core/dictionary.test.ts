import { describe, expect, it } from "vitest";
import { entriesOf, isRecord, lookUp, put } from "../../src/core/dictionary.ts";

describe("a dictionary in a plain object", () => {
  it("keeps every key, also those that plain objects inherit or swallow", () => {
    const keys = ["__proto__", "constructor", "toString", "", "10"];
    const dictionary: Record<string, number> = {};
    keys.forEach((key, i) => put(dictionary, key, i));
    expect(keys.map((key) => lookUp(dictionary, key))).toEqual([0, 1, 2, 3, 4]);
    expect(new Map(entriesOf(dictionary))).toEqual(new Map([["10", 4], ["__proto__", 0], ["constructor", 1], ["toString", 2], ["", 3]])); // prettier-ignore
    expect(Object.getPrototypeOf(dictionary)).toBe(Object.prototype);
  });

  it("writes a key anew", () => {
    const dictionary: Record<string, number> = {};
    for (const value of [1, 2]) put(dictionary, "__proto__", value);
    expect(entriesOf(dictionary)).toEqual([["__proto__", 2]]);
  });

  it("has nothing under a key that was never written", () => {
    for (const key of ["__proto__", "constructor", "age"]) expect(lookUp({}, key)).toBeUndefined();
  });

  it("survives JSON and structuredClone", () => {
    const dictionary: Record<string, number> = {};
    put(dictionary, "__proto__", 1);
    expect(lookUp(JSON.parse(JSON.stringify(dictionary)) as Record<string, number>, "__proto__")).toBe(1);
    expect(lookUp(structuredClone(dictionary), "__proto__")).toBe(1);
  });
});

describe("isRecord", () => {
  it("takes objects that are read by names, whatever their prototype", () => {
    for (const value of [{}, { a: 1 }, Object.create(null), new Date(0)]) expect(isRecord(value)).toBe(true);
  });

  it("takes no list, no null and nothing that is no object", () => {
    for (const value of [[], [1], null, undefined, "a", 1, () => 1]) expect(isRecord(value)).toBe(false);
  });
});
