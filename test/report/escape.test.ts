import { describe, expect, it } from "vitest";
import { escapeText } from "../../src/report/escape.ts";
import { htmlElements, xmlElements } from "../support/markup.ts";
import { cleanText } from "../../src/charts/text.ts";
import { hostileNames } from "../support/hostile.ts";

describe("escapeText", () => {
  it("escapes the five signs", () => {
    expect(escapeText(`<a b="c" d='e'>&amp;`)).toBe("&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
  });

  it("survives as content and as an attribute, in XML and in HTML", () => {
    const texts = [...hostileNames, ...Array.from({ length: 0x180 }, (_, code) => `a${String.fromCharCode(code)}b`)];
    const whole = texts.map((text) => `<text aria-label="${escapeText(text)}">${escapeText(text)}</text>`).join("");
    const xml = xmlElements(`<svg xmlns="http://www.w3.org/2000/svg">${whole}</svg>`).slice(1);
    const html = htmlElements(whole).slice(3);
    // Line breaks and tabs become spaces in an XML attribute; a carriage return becomes a line break in both.
    const flat = (text: string): string => text.replace(/\r\n|\r|\n|\t/g, " ");
    for (const parsed of [xml, html]) {
      expect(parsed.map(({ text }) => flat(text))).toEqual(texts.map((text) => flat(cleanText(text))));
      expect(parsed.map(({ attributes }) => flat(attributes["aria-label"] ?? ""))).toEqual(
        texts.map((text) => flat(cleanText(text))),
      );
    }
  });
});
