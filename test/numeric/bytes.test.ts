import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64url, byteWriter, hex } from "../../src/numeric/bytes.ts";
import { anyName } from "../support/arbitraries.ts";

const written = (...texts: string[]): string => {
  const writer = byteWriter();
  for (const text of texts) writer.write(text);
  return hex(writer.bytes());
};

describe("byteWriter", () => {
  it("writes each string as UTF-8 behind its length in four bytes", () => {
    expect(written("é", "🧺")).toBe("00000002c3a900000004f09fa7ba");
    expect(written("")).toBe("00000000");
  });

  it("writes well-formed text as every encoder does, and says so", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const writer = byteWriter();
        expect(writer.write(text)).toBe(true);
        expect(Buffer.from(writer.bytes().subarray(4))).toEqual(Buffer.from(text, "utf8"));
      }),
    );
  });

  it("tells a lone surrogate, wherever it stands", () => {
    for (const text of ["\ud83d", "\udc00", "a\ud83d", "\ud83db", "\udc00\ud83d", "\ud83d\ud83d\udc00"]) {
      expect(byteWriter().write(text)).toBe(false);
    }
  });

  it("gives different lists of strings different bytes", () => {
    expect(written("ab", "c")).not.toBe(written("a", "bc"));
    expect(written("\ud83d")).not.toBe(written("\ufffd"));
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 3 }), fc.array(anyName, { maxLength: 3 }), (a, b) => {
        expect(written(...a) === written(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it("grows as needed and forgets when told", () => {
    const writer = byteWriter();
    writer.write("x".repeat(100_000));
    expect(writer.bytes()).toHaveLength(100_004);
    writer.clear();
    writer.write("y");
    expect(hex(writer.bytes())).toBe("0000000179");
  });
});

describe("base64url and hex", () => {
  it("write bytes as Node does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(base64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
        expect(hex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
      }),
    );
  });
});
