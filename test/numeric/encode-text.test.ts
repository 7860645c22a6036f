import { afterEach, describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { type EncodedText, encodeText, type Presence, type TextColumn } from "../../src/numeric/encode-text.ts";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { collidingNames } from "../support/collisions.ts";
import { utf8Strings } from "../support/utf8.ts";

afterEach(() => forceTwin(false));

/** Random bytes, valid UTF-8 or not, of lengths 0 … 40; `pool` bounds how many differ. */
function randomTexts(rows: number, pool: number, seed: number): TextColumn & { presence: Presence } {
  const random = randomOf(seed);
  const texts = Array.from({ length: pool }, () => {
    const length = random.integer(4) === 0 ? random.integer(41) : 6 + random.integer(3);
    return Uint8Array.from({ length }, () => random.integer(256));
  });
  const picks = Array.from({ length: rows }, () => texts[random.integer(pool)]);
  const offsets = new Uint32Array(rows + 1);
  picks.forEach((text, row) => (offsets[row + 1] = offsets[row] + text.length));
  const bytes = new Uint8Array(offsets[rows]);
  picks.forEach((text, row) => bytes.set(text, offsets[row]));
  const bits = Uint8Array.from({ length: (rows >> 3) + 2 }, () => 255 ^ (1 << random.integer(8)));
  return { bytes, offsets, presence: { bits, firstBit: random.integer(8) } };
}

/** The definition: a map from the bytes, written as text, to codes. */
function encodePlainly({ bytes, offsets }: TextColumn, presence?: Presence): { codes: Uint32Array; names: string[] } {
  const codeOf = new Map<string, number>();
  const codes = Uint32Array.from({ length: offsets.length - 1 }, (_, row) => {
    const bit = (presence?.firstBit ?? 0) + row;
    if (presence !== undefined && ((presence.bits[bit >> 3] >> (bit & 7)) & 1) === 0) return 0xffffffff;
    const key = Buffer.from(bytes.subarray(offsets[row], offsets[row + 1])).toString("latin1");
    if (!codeOf.has(key)) codeOf.set(key, codeOf.size);
    return codeOf.get(key)!;
  });
  return { codes, names: [...codeOf.keys()] };
}

function plainNames({ bytes, offsets }: TextColumn): string[] {
  const text = Buffer.from(bytes).toString("latin1");
  return Array.from({ length: offsets.length - 1 }, (_, name) => text.slice(offsets[name], offsets[name + 1]));
}

function expectSame(encoded: ReturnType<typeof encodeText>, expected: ReturnType<typeof encodePlainly>): void {
  const { codes, names } = encoded as EncodedText;
  expect(Buffer.compare(Buffer.from(codes.buffer), Buffer.from(expected.codes.buffer))).toBe(0);
  expect(plainNames(names)).toEqual(expected.names);
}

describe.each([
  ["WebAssembly", false],
  ["the scalar twin", true],
])("encodeText with %s", (_, twin) => {
  it.each([
    ["no rows", 0, 1],
    ["one row", 1, 1],
    ["fewer rows than a batch", 31, 9],
    ["one row more than a batch", 33, 33],
    ["one text again and again", 500, 1],
    ["one row less than a block", 8191, 300],
    ["one row more than a block", 8193, 300],
    ["about as many texts as the first table holds", 2560, 30_000],
    ["one more", 2561, 30_000],
    ["texts that outgrow several tables", 30_000, 100_000],
  ])("encodes %s by the bytes, with missing rows and without", (_name, rows, pool) => {
    forceTwin(twin);
    const { presence, ...column } = randomTexts(rows, pool, rows + pool);
    expectSame(encodeText(column), encodePlainly(column));
    expectSame(encodeText(column, presence), encodePlainly(column, presence));
  });

  it("makes room for a few texts that are long, where there are slots enough", () => {
    forceTwin(twin);
    const rows = Array.from({ length: 300 }, (_unused, row) => `${row % 100}`.padStart(3000 + 97 * (row % 100), "-"));
    const { bytes, offsets } = utf8Strings(rows);
    const column = { bytes, offsets: Uint32Array.from(offsets) };
    expectSame(encodeText(column), encodePlainly(column));
  });

  it("says so when texts were made to collide", () => {
    forceTwin(twin);
    const { bytes, offsets } = utf8Strings(collidingNames(twin));
    expect(encodeText({ bytes, offsets: Uint32Array.from(offsets) })).toBe("crowded");
  });
});
