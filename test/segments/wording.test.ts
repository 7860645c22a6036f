import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  amountText,
  capitalized,
  countsThings,
  percentText,
  readableName,
  shareInWords,
} from "../../src/segments/wording.ts";
import { hostileNames } from "../support/hostile.ts";

describe("readableName", () => {
  it.each([
    ["daysSinceLastPurchase", "days since last purchase"],
    ["orderCount", "order count"],
    ["revenue", "revenue"],
    ["AnnualIncome", "annual income"],
    ["averageRFMScore", "average RFM score"],
    ["RFM", "RFM"],
    ["orders_per_week", "orders per week"],
    ["x0", "x0"],
    ["L28", "L28"],
    ["returnsL28", "returns L28"],
    ["p90Minutes", "p90 minutes"],
  ])("writes %s as words", (name, words) => {
    expect(readableName(name)).toBe(words);
  });

  it("leaves names alone that are no identifiers", () => {
    const plain = ["Annual Income (k$)", "Spending score", "größe", "__proto__", "a.b", "", " x", "a_", "2024-01-01"];
    for (const name of plain) expect(readableName(name)).toBe(name);
    for (const name of hostileNames.filter((one) => !/^[a-zA-Z0-9]+$/.test(one))) expect(readableName(name)).toBe(name);
  });
});

describe("shareInWords", () => {
  it.each([
    [0, "no"],
    [1, "all"],
    [0.97, "nearly all"],
    [0.9, "nine in ten"],
    [0.5, "half of all"],
    [0.4834, "about half of all"],
    [0.375, "about two in five"],
    [1 / 3, "one in three"],
    [0.26, "about one in four"],
    [0.2, "one in five"],
    [0.181, "about one in six"],
    [0.1, "one in ten"],
    [0.04, "one in 25"],
    [0.0004, "one in 2,500"],
  ])("writes %d as %s", (share, words) => {
    expect(shareInWords(share)).toBe(words);
  });

  it("is never further off than a tenth of the whole or a tenth of the share", () => {
    const words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    const valueOf = (text: string): number => {
      if (text.endsWith("half of all")) return 1 / 2;
      const [part, whole] = text.replace("about ", "").split(" in ");
      const inFigures = Number(whole.replaceAll(",", ""));
      return (words.indexOf(part) + 1) / (words.includes(whole) ? words.indexOf(whole) + 1 : inFigures);
    };
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 0.95, noNaN: true, minExcluded: true }), (share) => {
        const error = Math.abs(valueOf(shareInWords(share)) - share);
        expect(error).toBeLessThanOrEqual(Math.min(0.1, 0.2 * share));
        if (error > 1e-9) expect(shareInWords(share)).toMatch(/^about /);
      }),
    );
  });
});

describe("amountText", () => {
  it.each([
    [90, "day", "90 days"],
    [1, "day", "1 day"],
    [0, "order", "0 orders"],
    [1234.5, "EUR", "1,235 EUR"],
    [310, "$", "$310"],
    [-310, "$", "-$310"],
    [12.5, "%", "12.5%"],
    [12.5, undefined, "12.5"],
    [12.5, "", "12.5"],
    [3, "__proto__", "3 __proto__"],
  ])("writes %d in %s as %s", (value, unit, text) => {
    expect(amountText(value, unit)).toBe(text);
  });
});

describe("countsThings", () => {
  it("knows what comes in many or few from what is high or low", () => {
    const counted = ["days since last purchase", "orders", "sessions per week", "basket items", "returns"];
    const amounts = ["revenue", "order count", "gross", "status", "sales", "Annual Income (k$)", "days", "", "bonus", "net sales"]; // prettier-ignore
    expect(counted.filter((name) => !countsThings(name))).toEqual([]);
    expect(amounts.filter(countsThings)).toEqual(["days"]);
  });
});

describe("percentText and capitalized", () => {
  it("write a percent without a space, and a capital letter where the first is a small one of ASCII", () => {
    expect([0, 0.0001, 0.375, 1].map(percentText)).toEqual(["0.0%", "<0.1%", "37.5%", "100.0%"]);
    expect(["high", "ı", "ß", "", "9"].map(capitalized)).toEqual(["High", "ı", "ß", "", "9"]);
  });
});
