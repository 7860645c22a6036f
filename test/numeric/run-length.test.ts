import { describe, expect, it } from "vitest";
import { normal } from "../../src/numeric/distributions.ts";
import { cusumRunLength, ewmaRunLength, settingFor } from "../../src/numeric/run-length.ts";
import golden from "../oracles/run-length.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";

const chain = { relative: 2e-5, because: "what is left of the chain's error after extrapolation" };

describe("cusumRunLength", () => {
  it("agrees with the printed tables", () => {
    // Montgomery (2009), table 9.3, k = 0.5, two-sided: in control 168 and 465; shifts of 1 and 2 sigma.
    expectClose(cusumRunLength(0.5, 4) / 2, 168, { absolute: 0.5, because: "digits printed" });
    expectClose(cusumRunLength(0.5, 5) / 2, 465, { absolute: 0.5, because: "digits printed" });
    expectClose(cusumRunLength(0.5, 4, 1), 8.38, { absolute: 0.005, because: "digits printed" });
    expectClose(cusumRunLength(0.5, 5, 1), 10.4, { absolute: 0.05, because: "digits printed" });
    expectClose(cusumRunLength(0.5, 5, 2), 4.01, { absolute: 0.005, because: "digits printed" });
    // Hawkins (1993): k and h of a two-sided run length of 370.
    for (const [k, h] of [
      [0.25, 8.01],
      [0.5, 4.77],
      [0.75, 3.34],
      [1, 2.52],
      [1.5, 1.61],
    ]) {
      // prettier-ignore
      const rise = cusumRunLength(k, h + 0.005) / 2 - cusumRunLength(k, h) / 2;
      expectClose(cusumRunLength(k, h) / 2, 370, { absolute: 1.2 * rise, because: "h is printed to hundredths" });
    }
  });

  it.each(golden.cusum)("agrees with a Markov chain: k %d, h %d, shift %d", (k, h, shift, wanted) => {
    expectClose(cusumRunLength(k, h, shift), wanted, chain);
  });

  it("is near Siegmund's approximation", () => {
    // Siegmund (1985): (exp(−2Δb) + 2Δb − 1) / 2Δ², Δ = shift − k, b = h + 1.166.
    const siegmund = (k: number, h: number, shift: number): number => {
      const [delta, b] = [shift - k, h + 1.166];
      return (Math.exp(-2 * delta * b) + 2 * delta * b - 1) / (2 * delta * delta);
    };
    for (const [k, h, shift] of [
      [0.5, 5, 0],
      [0.5, 4, 1],
      [0.25, 8, 0],
    ] as const) {
      // prettier-ignore
      expectClose(cusumRunLength(k, h, shift), siegmund(k, h, shift), { relative: 0.03, because: "an approximation" });
    }
  });
});

describe("ewmaRunLength", () => {
  it("agrees with the table of Lucas & Saccucci: 500 in control, and for λ = 1 the Shewhart chart", () => {
    for (const [lambda, width] of [
      [0.05, 2.615],
      [0.1, 2.814],
      [0.2, 2.962],
      [0.25, 2.998],
      [0.4, 3.054],
    ]) {
      // prettier-ignore
      expectClose(ewmaRunLength(lambda, width), 500, { relative: 0.004, because: "width is printed to thousandths" });
    }
    expectClose(ewmaRunLength(0.1, 2.814, 1), 10.3, { absolute: 0.05, because: "digits printed" });
    expectClose(ewmaRunLength(1, 3), 0.5 / normal.sf(3), { relative: 1e-11, because: "rounding" });
  });

  it.each(golden.ewma)("agrees with a Markov chain: λ %d, width %d, shift %d", (lambda, width, shift, wanted) => {
    expectClose(ewmaRunLength(lambda, width, shift), wanted, chain);
  });
});

describe("settingFor", () => {
  it.each([5, 30, 370, 1e6])("finds the setting of a run length of %d", (wanted) => {
    const near = { relative: 1e-8, because: "the search stops there" };
    expectClose(
      cusumRunLength(
        0.5,
        settingFor((h) => cusumRunLength(0.5, h), wanted, 4),
      ),
      wanted,
      near,
    );
    expectClose(
      ewmaRunLength(
        0.2,
        settingFor((w) => ewmaRunLength(0.2, w), wanted, 3),
      ),
      wanted,
      near,
    );
  });

  it("rises with the wanted run length", () => {
    const settings = [10, 100, 1000].map((wanted) => settingFor((h) => cusumRunLength(0.25, h), wanted, 4));
    expect(settings).toEqual(settings.toSorted((a, b) => a - b));
  });
});
