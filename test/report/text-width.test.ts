import { describe, expect, it } from "vitest";
import { textWidth } from "../../src/report/text-width.ts";

describe("textWidth", () => {
  it("knows the widths of Helvetica and adds a margin of 14 %", () => {
    // Adobe font metrics, Helvetica: H 722, e 556, l 222, l 222, o 556 thousandths.
    expect(textWidth("Hello", 10, false)).toBeCloseTo((2278 * 10 * 1.14) / 1000, 9);
    expect(textWidth("iiii", 10, false)).toBeLessThan(textWidth("mmmm", 10, false) / 3);
    expect(textWidth("", 10, true)).toBe(0);
  });

  it("has an answer for every character, wider for East Asian signs and emoji", () => {
    const widths = Array.from({ length: 0x10000 }, (_, code) => textWidth(String.fromCharCode(code), 10, false));
    expect(widths.every((width) => width > 0 && width < 13)).toBe(true);
    expect(textWidth("客", 10, false)).toBe(textWidth("🧺", 10, false));
    expect(textWidth("客", 10, false)).toBeGreaterThan(textWidth("k", 10, false));
    expect(textWidth("Bold", 10, true)).toBeGreaterThan(textWidth("Bold", 10, false));
  });
});
