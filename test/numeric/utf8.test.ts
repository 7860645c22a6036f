import { describe, expect, it } from "vitest";
import { bytesPerUnit, writeUtf8 } from "../../src/numeric/utf8.ts";

function bytesOf(text: string): { bytes: Uint8Array; isWellFormed: boolean } {
  const into = new Uint8Array(3 + bytesPerUnit * text.length);
  const end = writeUtf8(text, into, 3);
  return { bytes: into.slice(3, Math.abs(end)), isWellFormed: end >= 0 };
}

describe("writeUtf8", () => {
  it.each(["", "plain", "é", "\u07ff\u0800", "日本語", "\uffff", "👩‍🚀", "a\u0000b"])(
    "writes %j as the encoder of the host does",
    (text) => {
      expect(bytesOf(text)).toEqual({ bytes: Uint8Array.from(new TextEncoder().encode(text)), isWellFormed: true });
    },
  );

  it("writes a lone surrogate as bytes that no other string has, and says so", () => {
    const texts = ["\ud83d", "\udc69", "\udc69\ud83d", "\ud83d\ud83d\udc69", "\ufffd"];
    const written = texts.map(bytesOf);
    expect(written.map(({ isWellFormed }) => isWellFormed)).toEqual([false, false, false, false, true]);
    expect(new Set(written.map(({ bytes }) => bytes.join())).size).toBe(texts.length);
    // Its number in the pattern of three bytes: 1110xxxx 10xxxxxx 10xxxxxx for 0xd83d.
    expect([...written[0].bytes]).toEqual([0xed, 0xa0, 0xbd]);
  });
});
