import { codesOf, codesOfUtf8, missingCode } from "clientele/tables";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { collidingNames } from "../support/collisions.ts";
import { expectRefusal } from "../support/refusal.ts";
import { utf8Column, utf8Strings } from "../support/utf8.ts";

afterEach(() => forceTwin(false));

/** Strings that are easily taken for one another, and strings of every length around 8, 16 and 24 bytes. */
const text = fc.oneof(
  fc.constantFrom("", "\0", "\0\0", "a", "a\0", "\ufeff", "\ufeffa", "__proto__", "é", "e\u0301", "🛒", "日本"),
  fc.integer({ min: 0, max: 60 }).map((length) => "customer-0000000000000000000000000000000000000000000000000000".slice(0, length)),
  fc.nat(40).map((id) => `a-prefix-that-many-names-share/${id}`),
  fc.string({ unit: "grapheme", maxLength: 30 }),
); // prettier-ignore

const cell = fc.option(text, { freq: 6 });

describe.each([
  ["WebAssembly", false],
  ["the scalar twin", true],
])("codesOfUtf8 with %s", (_, twin) => {
  it("gives what codesOf gives for the decoded strings", () => {
    forceTwin(twin);
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 80 }), (values) => {
        expect(codesOfUtf8(utf8Strings(values))).toEqual(codesOf(values));
      }),
    );
  });

  it("tells random bytes apart exactly where a strict decoder accepts them, and refuses the first row otherwise", () => {
    forceTwin(twin);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 5 }),
      text.map((string) => new TextEncoder().encode(string)),
    );
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 12 }), (values) => {
        const decoded = values.map((value) => {
          try {
            return decoder.decode(value);
          } catch {
            return undefined;
          }
        });
        const fault = decoded.indexOf(undefined);
        if (fault < 0) expect(codesOfUtf8(utf8Column(values))).toEqual(codesOf(decoded));
        else expectRefusal(() => codesOfUtf8(utf8Column(values)), "invalid-value", `column[${fault}]`);
      }),
    );
  });

  it("numbers 70,000 distinct names among 150,000 rows like codesOf, short, long and shared prefixes", () => {
    forceTwin(twin);
    const values = Array.from({ length: 150_000 }, (_unused, row) => {
      const id = (row * 48_271) % 70_001;
      return id % 3 === 0 ? `user/${id}` : id % 3 === 1 ? `b2c1e8f0-9a2b-4c55-8d11-${id}` : `${"x".repeat(30)}${id}`;
    });
    const column = codesOfUtf8(utf8Strings(values));
    const expected = codesOf(values);
    expect(column.names).toEqual(expected.names);
    expect(Buffer.compare(Buffer.from(column.codes.buffer), Buffer.from(expected.codes.buffer))).toBe(0);
  });

  it("encodes names that were made to collide, in time that does not explode", () => {
    forceTwin(twin);
    const values = collidingNames(twin);
    expect(codesOfUtf8(utf8Strings([null, ...values, ...values]))).toEqual(codesOf([null, ...values, ...values]));
    const bad = utf8Column([...values.map((name) => new TextEncoder().encode(name)), Uint8Array.of(0x80)]);
    expectRefusal(() => codesOfUtf8(bad), "invalid-value", `column[${values.length}]`);
  });

  it("takes a name that is longer than a block of text", () => {
    forceTwin(twin);
    const long = "0123456789abcdef".repeat(40_000);
    const values = ["a", long, `${long}!`, long, "a"];
    expect([...codesOfUtf8(utf8Strings(values)).codes]).toEqual([0, 1, 2, 1, 0]);
  });
});

describe("codesOfUtf8", () => {
  const { bytes, offsets, validity } = utf8Strings(["ann", "bo", null, "ann", "", "cy", "bo", "dee", null, "ann"]);

  it("reads a slice of a larger column", () => {
    const slice = { bytes, offsets: offsets.subarray(3, 10), validity, validityOffset: 3 };
    expect(codesOfUtf8(slice)).toEqual(codesOf(["ann", "", "cy", "bo", "dee", null]));
  });

  it("reads a slice that begins in any byte of the validity, across blocks of rows", () => {
    const values = Array.from({ length: 30_000 }, (_, row) => (row % 7 === 3 ? null : `n${row % 11}`));
    const column = utf8Strings(values);
    for (const from of [1, 8, 8191, 8192, 8193, 20_001]) {
      const slice = { ...column, offsets: column.offsets.subarray(from), validityOffset: from };
      expect(codesOfUtf8(slice)).toEqual(codesOf(values.slice(from)));
    }
  });

  it("reads 64-bit and unsigned offsets alike, and bytes in shared memory", () => {
    const expected = codesOfUtf8({ bytes, offsets, validity });
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect(codesOfUtf8({ bytes: shared, offsets: Uint32Array.from(offsets), validity })).toEqual(expected);
    expect(codesOfUtf8({ bytes, offsets: BigInt64Array.from(offsets, BigInt), validity })).toEqual(expected);
    expect(expected.codes[2]).toBe(missingCode);
  });

  it("takes every row where there is no validity", () => {
    for (const none of [undefined, null, new Uint8Array(0)]) {
      expect(codesOfUtf8({ bytes: Uint8Array.of(97), offsets: Int32Array.of(0, 1, 1), validity: none })).toEqual(
        codesOf(["a", ""]),
      );
    }
  });

  it("encodes no rows to nothing, with one offset or none", () => {
    const nothing = { codes: new Uint32Array(0), names: [] };
    expect(codesOfUtf8({ bytes, offsets: new Int32Array(0) })).toEqual(nothing);
    expect(codesOfUtf8({ bytes, offsets: Int32Array.of(4) })).toEqual(nothing);
    expect(codesOfUtf8({ bytes, offsets: new BigInt64Array(0), validity: new Uint8Array(0) })).toEqual(nothing);
  });

  it("keeps a byte order mark, and never joins the end of one name with the beginning of the next", () => {
    const mark = Uint8Array.of(0xef, 0xbb, 0xbf);
    expect(codesOfUtf8(utf8Column([mark, Uint8Array.of(97)])).names).toEqual(["\ufeff", "a"]);
    expectRefusal(
      () => codesOfUtf8(utf8Column([Uint8Array.of(97), Uint8Array.of(0xc3), Uint8Array.of(0xa9)])),
      "invalid-value",
      "column[1]",
    );
  });

  it.each([
    ["a lone continuation byte", [0x80]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["a code point above 10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a character cut off", [0xe2, 0x82]],
  ])("refuses %s, naming the first row that has it", (_, broken) => {
    const bad = Uint8Array.from(broken);
    const good = Uint8Array.of(98);
    expectRefusal(() => codesOfUtf8(utf8Column([good, null, bad, good, bad])), "invalid-value", "column[2]");
  });

  it("does not look at the bytes of a missing row", () => {
    const column = { bytes: Uint8Array.of(0xff, 97), offsets: Int32Array.of(0, 1, 2), validity: Uint8Array.of(2) };
    expect(codesOfUtf8(column)).toEqual(codesOf([null, "a"]));
  });

  it("refuses offsets that decrease, are negative or run over the bytes, at the first of them", () => {
    const with32 =
      (...list: number[]) =>
      (): unknown =>
        codesOfUtf8({ bytes: new Uint8Array(9), offsets: Int32Array.from(list) });
    const with64 = (...list: bigint[]) => (): unknown => codesOfUtf8({ bytes: new Uint8Array(9), offsets: BigInt64Array.from(list) }); // prettier-ignore
    expectRefusal(with32(0, 4, 3, 5), "invalid-value", "column.offsets[2]");
    expectRefusal(with32(0, 4, 10, 9), "invalid-value", "column.offsets[2]");
    expectRefusal(with32(-1, 4), "invalid-value", "column.offsets[0]");
    expectRefusal(with32(10), "invalid-value", "column.offsets[0]");
    expectRefusal(with64(0n, 4n, -1n, 9n), "invalid-value", "column.offsets[2]");
    expectRefusal(with64(0n, 2n ** 32n + 1n), "invalid-value", "column.offsets[1]");
    const late = Int32Array.from({ length: 9000 }, (_unused, i) => (i === 8500 ? 1 : Math.min(i, 5)));
    expectRefusal(
      () => codesOfUtf8({ bytes: new Uint8Array(9), offsets: late }),
      "invalid-value",
      "column.offsets[8500]",
    );
  });

  it("refuses what is no column, and a validity that is too short", () => {
    const good = { bytes, offsets, validity };
    const read = (column: object) => (): unknown => codesOfUtf8({ ...good, ...column });
    for (const bad of [undefined, null, 3, "a", ["a"], {}]) {
      expectRefusal(() => codesOfUtf8(bad as never), "shape-mismatch", "column");
    }
    expectRefusal(read({ bytes: [97] }), "shape-mismatch", "column.bytes");
    expectRefusal(read({ bytes: new Uint16Array(3) }), "shape-mismatch", "column.bytes");
    expectRefusal(read({ offsets: [0, 1] }), "shape-mismatch", "column.offsets");
    expectRefusal(read({ offsets: new Float64Array(3) }), "shape-mismatch", "column.offsets");
    expectRefusal(read({ validity: new Uint8Array(1) }), "shape-mismatch", "column.validity");
    expectRefusal(read({ validityOffset: 7 }), "shape-mismatch", "column.validity");
    expectRefusal(read({ validity: [255, 255] }), "shape-mismatch", "column.validity");
    for (const bad of [-1, 0.5, NaN, "0"])
      expectRefusal(read({ validityOffset: bad }), "invalid-value", "column.validityOffset");
  });

  it("leaves the column as it is", () => {
    const column = utf8Strings(["a", null, "b"]);
    const before = structuredClone(column);
    codesOfUtf8(column);
    expect(column).toEqual(before);
  });
});
