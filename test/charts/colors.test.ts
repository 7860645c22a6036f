import { describe, expect, it } from "vitest";
import { categories, colorOf, diverging, inkOn, isColor, sequential } from "../../src/charts/colors.ts";

/** Contrast ratio of WCAG 2.2, "relative luminance" with the true gamma of sRGB. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [r, g, bl] = [1, 3, 5].map((at) => {
      const c = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe("colors", () => {
  it("accepts hexadecimal colors and common names, in any case", () => {
    for (const color of ["#abc", "#ABCDEF", "steelblue", "Red"]) expect(isColor(color)).toBe(true);
    expect(["#aBc", "Red", "#0072B2"].map(colorOf)).toEqual(["#aabbcc", "#ff0000", "#0072b2"]);
  });

  it("refuses everything else: a color is written into markup", () => {
    const bad = [
      "",
      "#ab",
      "#abcd",
      "#ggg",
      "url(#a)",
      "red;",
      "rgb(0,0,0)",
      "currentColor",
      "__proto__",
      "red\n",
      "#abc ",
      1,
      null,
    ];
    for (const color of bad) expect(isColor(color)).toBe(false);
  });

  it("of categories stand out from a white and from a dark ground", () => {
    // WCAG 2.2, 1.4.11 asks 3 : 1 of graphics that alone carry meaning; on white the orange and the light blue have
    // less, so no chart tells groups apart by color alone: every band has its name beside it.
    for (const color of categories) expect(contrast(color, "#14171a")).toBeGreaterThan(3);
    for (const color of categories) expect(contrast(color, "#ffffff")).toBeGreaterThan(2);
    expect(new Set(categories).size).toBe(6);
  });

  it("carry text in black or white that reads well everywhere on the ramps", () => {
    for (const ramp of [sequential, diverging, ["#ff0000", "#00ff00"], ["#777777"]]) {
      for (let at = 0; at <= 1; at += 0.05) {
        const place = at * (ramp.length - 1);
        if (place % 1 > 1e-9) continue; // at the corners the color is known
        expect(contrast(ramp[Math.round(place)], inkOn(ramp, at))).toBeGreaterThanOrEqual(4.2);
      }
    }
  });

  it("take their ink from the mixture between two corners, and from the ends beyond them", () => {
    expect(inkOn(["#000000", "#ffffff"], 0.2)).toBe("#ffffff");
    expect(inkOn(["#000000", "#ffffff"], 0.8)).toBe("#000000");
    expect([-5, 7].map((at) => inkOn(["#000000", "#ffffff"], at))).toEqual(["#ffffff", "#000000"]);
  });
});
