import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText, distinctLabels, labelText, titleLines } from "../../src/charts/text.ts";
import { hostileNames } from "../support/hostile.ts";

// XML 1.0, production 2 (Char): what may stand in a document.
const xmlChar = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

describe("cleanText", () => {
  it("leaves only what XML allows, whatever the string is", () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 });
    fc.assert(
      fc.property(units, (codes) => {
        expect(cleanText(codes.map((code) => String.fromCharCode(code)).join(""))).toMatch(xmlChar);
      }),
    );
    for (let code = 0; code < 0x10000; code++) {
      if (!xmlChar.test(cleanText(String.fromCharCode(code)))) expect.fail(`code unit ${code}`);
    }
    for (const name of hostileNames) expect(cleanText(name)).toMatch(xmlChar);
  });

  it("keeps ordinary text of any alphabet, tabs and line breaks", () => {
    for (const text of ["Loyal & new", "客户细分", "شرائح", "👨‍👩‍👧‍👦", "a\tb\nc\r"]) expect(cleanText(text)).toBe(text);
  });

  it("replaces halves of a pair, controls and bidirectional overrides, each by one sign", () => {
    expect(cleanText("a\ud800b\udc00c")).toBe("a\ufffdb\ufffdc");
    expect(cleanText("\u0000\u001b\u0085\ufffe")).toBe("\ufffd\ufffd\ufffd\ufffd");
    expect(cleanText("\u202egnp\u202c\u2066x\u2069")).toBe("\ufffdgnp\ufffd\ufffdx\ufffd");
  });
});

describe("labelText", () => {
  it("cuts by code points and says so with an ellipsis", () => {
    expect(labelText("abcdef", 4)).toBe("abc…");
    expect(labelText("abcd", 4)).toBe("abcd");
    expect(labelText("🧺🧺🧺🧺🧺", 4)).toBe("🧺🧺🧺…");
    expect(Array.from(labelText("x".repeat(10_000)))).toHaveLength(40);
  });

  it("puts a label on one line and shows that one is empty", () => {
    expect(labelText(" one\n\ttwo ")).toBe("one two");
    expect(labelText("")).toBe("(empty)");
    expect(labelText(" \n ")).toBe("(empty)");
  });
});

describe("distinctLabels", () => {
  it("numbers names that look alike, and never gives one label twice", () => {
    expect(distinctLabels(["a", "a", "a (2)", "a"])).toEqual(["a", "a (2)", "a (2) (2)", "a (3)"]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "a (2)", "a (3)", " a ", "", "(empty)")), (names) => {
        const labels = distinctLabels(names);
        expect(labels).toHaveLength(names.length);
        expect(new Set(labels).size).toBe(names.length);
      }),
    );
  });

  it("tells 5,000 equal names apart in one pass", () => {
    expect(new Set(distinctLabels(Array.from({ length: 5000 }, () => "same"))).size).toBe(5000);
  });
});

describe("titleLines", () => {
  it("breaks at spaces and keeps every word of an ordinary title", () => {
    expect(titleLines("one two three", 7)).toEqual(["one two", "three"]);
    expect(titleLines("short", 64)).toEqual(["short"]);
  });

  it("has at most four lines, none longer than allowed by more than the ellipsis", () => {
    const lines = titleLines(`${"word ".repeat(100)}${"x".repeat(300)}`, 20);
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(21);
  });
});
