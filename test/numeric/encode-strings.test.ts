import { afterEach, describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { encodeStrings } from "../../src/numeric/encode-strings.ts";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { collidingNames } from "../support/collisions.ts";

afterEach(() => forceTwin(false));

/** The definition: a map from strings to codes. */
function encodePlainly(strings: readonly string[]): { codes: number[]; names: string[] } {
  const names = [...new Set(strings)];
  const codeOf = new Map(names.map((name, code) => [name, code]));
  return { codes: strings.map((string) => codeOf.get(string) ?? NaN), names };
}

function expectAsAMapDoes(strings: readonly string[]): void {
  const { codes, names } = encodeStrings(strings);
  const expected = encodePlainly(strings);
  expect(codes).toHaveLength(strings.length);
  // Compared outside of expect, which takes seconds for so many.
  expect(expected.codes.findIndex((code, row) => code !== codes[row])).toBe(-1);
  expect(names.length).toBe(expected.names.length);
  expect(names.findIndex((name, code) => name !== expected.names[code])).toBe(-1);
}

const hostile = [
  "",
  "__proto__",
  "10",
  "\u0000",
  "é",
  "e\u0301",
  "日本",
  "👩",
  "\ud83d",
  "\udc69",
  "\udc69\ud83d",
  "\ufffd",
];

describe("encodeStrings", () => {
  it.each([
    ["no strings", 0, 1],
    ["one string", 1, 1],
    ["few distinct ones", 20_000, 300],
    ["as many distinct ones as a map is for", 4096, 0],
    ["one more", 4097, 0],
    ["many, again and again", 60_000, 30_000],
  ])("numbers %s as a map does, in the order of first appearance", (_, rows, pool) => {
    const random = randomOf(rows);
    expectAsAMapDoes(Array.from({ length: rows }, (_unused, row) => `id-${pool === 0 ? row : random.integer(pool)}`));
  });

  it("tells hostile strings apart, by map and by bytes, lone surrogates too", () => {
    const padded = hostile.flatMap((text) => hostile.map((other) => text + other));
    expectAsAMapDoes(padded);
    expectAsAMapDoes([
      ...padded,
      ...Array.from({ length: 5000 }, (_, i) => `${hostile[i % hostile.length]}${i}`),
      ...padded,
    ]);
  });

  it("makes room for strings that are longer than most", () => {
    const strings = Array.from({ length: 9000 }, (_, i) => `${i}`.padStart(i > 5000 ? 90 : 6, "日"));
    expectAsAMapDoes(strings.concat(strings));
  });

  it.each([
    ["WebAssembly", false],
    ["the scalar twin", true],
  ])("numbers strings that were made to collide in %s", (_, twin) => {
    forceTwin(twin);
    const names = collidingNames(twin);
    expectAsAMapDoes([...Array.from({ length: 5000 }, (_unused, i) => `id-${i}`), ...names, ...names]);
  });
});
