import { assignVariant, testSampleRatio } from "clientele/experiments";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const ids = Array.from({ length: 100_000 }, (_, i) => `customer-${i}`);
const variants = ["control", "small", "large"];

function countsOf(options: Omit<Parameters<typeof assignVariant>[1], "variants">): Record<string, number> {
  const counts: Record<string, number> = { control: 0, small: 0, large: 0, holdout: 0 };
  for (const id of ids) counts[assignVariant(id, { ...options, variants })]++;
  return counts;
}

describe("assignVariant", () => {
  it("gives the shares of the weights within the noise of drawing, for any salt and experiment", () => {
    for (const [experiment, salt, weights] of [
      ["mail", "", [1, 1, 1]],
      ["mail", "team b", [1, 1, 1]],
      ["price", "", [98, 1, 1]],
      ["price", "x", [0.5, 0.25, 0.25]],
    ] as const) {
      const { control, small, large } = countsOf({ experiment, salt, weights });
      expect(testSampleRatio([control, small, large], { weights }).pValue).toBeGreaterThan(0.001);
    }
  });

  it("shuffles anew for each experiment and each salt: what a customer gets in one says nothing about the other", () => {
    for (const [first, second] of [
      [{ experiment: "a" }, { experiment: "b" }],
      [
        { experiment: "a", salt: "1" },
        { experiment: "a", salt: "2" },
      ],
      [
        { experiment: "ab", salt: "c" },
        { experiment: "b", salt: "ca" },
      ],
    ]) {
      const pairs = new Array<number>(9).fill(0);
      for (const id of ids) {
        const [one, other] = [first, second].map((options) =>
          variants.indexOf(assignVariant(id, { ...options, variants })),
        );
        pairs[3 * one + other]++;
      }
      expect(testSampleRatio(pairs).pValue).toBeGreaterThan(0.001);
    }
  });

  it("moves customers only to a variant whose weight rises, and no more than the shares ask for", () => {
    const at = (id: string, weights: readonly number[]): string =>
      assignVariant(id, { experiment: "e", variants, weights });
    let moved = 0;
    for (const id of ids) {
      const [before, after] = [at(id, [1, 1, 1]), at(id, [2, 1, 1])];
      if (before === after) continue;
      moved++;
      expect(after).toBe("control");
    }
    // Control goes from 1/3 to 1/2: a sixth moves; 4 standard deviations of 100,000 draws.
    expect(Math.abs(moved / ids.length - 1 / 6)).toBeLessThan(4 * Math.sqrt(5 / 36 / ids.length));
  });

  it("moves nobody between the variants that stay when one is added or taken away, in any order", () => {
    for (const id of ids.slice(0, 5000)) {
      const three = assignVariant(id, { experiment: "e", variants });
      const two = assignVariant(id, { experiment: "e", variants: ["small", "control"] });
      expect(three === "large" || three === two).toBe(true);
      expect(assignVariant(id, { experiment: "e", variants: ["large", "small", "control"] })).toBe(three);
    }
  });

  it("keeps a share of customers out of every experiment, the same ones, independent of the variants", () => {
    const { holdout } = countsOf({ experiment: "e", holdout: 0.1 });
    expect(testSampleRatio([holdout, ids.length - holdout], { weights: [1, 9] }).pValue).toBeGreaterThan(0.001);
    const isHeld = (id: string, experiment: string, holdoutSalt = "q1"): boolean => assignVariant(id, { experiment, variants, holdout: 0.1, holdoutSalt }) === "holdout"; // prettier-ignore
    const some = ids.slice(0, 20_000);
    expect(some.filter((id) => isHeld(id, "a"))).toEqual(some.filter((id) => isHeld(id, "b")));
    const both = some.filter((id) => isHeld(id, "a", "q1") && isHeld(id, "a", "q2")).length;
    expect(Math.abs(both - 200)).toBeLessThan(60);
    for (const id of some) if (!isHeld(id, "a")) expect(assignVariant(id, { experiment: "a", variants })).toBe(assignVariant(id, { experiment: "a", variants, holdout: 0.1, holdoutSalt: "q1" })); // prettier-ignore
    expect(assignVariant("x", { experiment: "a", variants, holdout: 1 })).toBe("holdout");
  });

  it("takes any string as an id, and gives a variant without weight to nobody", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("\ud800", "__proto__", "", "\0"), (id, odd) => {
        for (const any of [id, odd, odd + id]) {
          const got = assignVariant(any, { experiment: odd, variants: ["__proto__", "b", "none"], weights: [1, 1, 0] });
          expect(["__proto__", "b"]).toContain(got);
          expect(assignVariant(any, { experiment: odd, variants: ["none", "b", "__proto__"], weights: [0, 1, 1] })).toBe(got); // prettier-ignore
        }
      }),
    ));

  it("reads weights by name, and gives all to the only variant", () => {
    const byName = { large: 0, control: 3, small: 1 };
    for (const id of ids.slice(0, 200)) {
      const got = assignVariant(id, { experiment: "e", variants, weights: byName });
      expect(got).toBe(assignVariant(id, { experiment: "e", variants, weights: [3, 1, 0] }));
      expect(assignVariant(id, { experiment: "e", variants: ["all"] })).toBe("all");
    }
  });

  it("never changes what a customer gets: these were computed when it was first released", () => {
    const got = ["1", "2", "3", "4", "5", "6", "7", "8"].map((id) => assignVariant(id, { experiment: "e", variants }));
    expect(got).toMatchInlineSnapshot(`
      [
        "large",
        "small",
        "large",
        "small",
        "small",
        "small",
        "control",
        "small",
      ]
    `);
  });

  it("refuses ids that are no strings, and weights that do not fit", () => {
    const options = { experiment: "e", variants };
    expectRefusal(() => assignVariant(7 as never, options), "invalid-value", "id");
    expectRefusal(() => assignVariant("a", { ...options, weights: [1, 1] }), "invalid-option", "options.weights");
    expectRefusal(() => assignVariant("a", { ...options, weights: { control: 1, small: 1, lagre: 1 } }), "invalid-option", "options.weights"); // prettier-ignore
    expectRefusal(() => assignVariant("a", { variants } as never), "invalid-option", "options.experiment");
  });
});
