import { type AttributionMethod, type CountedPath, measurePathAttribution } from "clientele/journeys";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const methods: readonly AttributionMethod[] = ["first", "last", "last-non-direct", "linear", "position", "time-decay", "markov", "shapley"]; // prettier-ignore

const countedPaths = fc.array(
  fc.array(fc.constantFrom("ads", "mail", "direct", "__proto__"), { minLength: 1, maxLength: 6 }).chain((channels) =>
    fc
      .record({
        channels: fc.constant(channels),
        conversions: fc.integer({ min: 0, max: 4 }),
        value: fc.integer({ min: 0, max: 999 }).map((cents) => cents / 100),
        nulls: fc.integer({ min: 0, max: 4 }),
        ageDays: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: channels.length, maxLength: channels.length }),
      })
      .map((path) => (path.conversions === 0 ? { ...path, value: 0 } : path)),
  ),
  { maxLength: 12 },
);

/** Conversions by channel. */
const creditOf = (paths: readonly CountedPath[], options: Parameters<typeof measurePathAttribution>[1]): Record<string, number> => // prettier-ignore
  Object.fromEntries(measurePathAttribution(paths, options).channels.map(({ channel, conversions }) => [channel, conversions])); // prettier-ignore

const once = (...channels: string[]): CountedPath => ({ channels, conversions: 1, value: 10 });

/** P(conversion) when a visit to `gone` ends in nothing: the chain of the given order walked on until nothing is left. */
function conversionWithout(paths: readonly CountedPath[], order: number, gone: string | null): number {
  const moves = new Map<string, Map<string, number>>();
  const move = (from: string, to: string, weight: number): void => {
    const row = moves.get(from) ?? new Map<string, number>();
    moves.set(from, row.set(to, (row.get(to) ?? 0) + weight));
  };
  for (const { channels, conversions, nulls = 0 } of paths) {
    let state = "[]";
    channels.forEach((_, i) => {
      const next = JSON.stringify(channels.slice(Math.max(0, i + 1 - order), i + 1));
      move(state, next, conversions + nulls);
      state = next;
    });
    move(state, "conversion", conversions);
    move(state, "null", nulls);
  }
  let mass = new Map([["[]", 1]]);
  let converted = 0;
  for (let step = 0; step < 3000; step++) {
    const next = new Map<string, number>();
    for (const [state, share] of mass) {
      const row = [...(moves.get(state) ?? [])];
      const total = row.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [to, weight] of row) {
        if (weight === 0) continue;
        if (to === "conversion") converted += (share * weight) / total;
        else if (to !== "null" && (JSON.parse(to) as string[]).at(-1) !== gone) {
          next.set(to, (next.get(to) ?? 0) + (share * weight) / total);
        }
      }
    }
    mass = next;
  }
  return converted;
}

describe("measurePathAttribution", () => {
  it("gives the removal effects and the credit of the example of R's ChannelAttribution", () => {
    // C1 > C2 > C3 converts, C1 and C2 > C3 do not: the effects .5, 1, 1 follow by hand as well.
    const paths = [
      { channels: ["C1", "C2", "C3"], conversions: 1, value: 1000 },
      { channels: ["C1"], conversions: 0, nulls: 1 },
      { channels: ["C2", "C3"], conversions: 0, nulls: 1 },
    ];
    const { channels, baseConversion } = measurePathAttribution(paths, { method: "markov" });
    expectClose(baseConversion, 1 / 3, { relative: 1e-15, because: "one division" });
    const because = "a few roundings";
    expectClose(channels.map(({ removalEffect }) => removalEffect!), [0.5, 1, 1], { relative: 1e-14, because }); // prettier-ignore
    expectClose(channels.map(({ conversions }) => conversions), [0.2, 0.4, 0.4], { relative: 1e-14, because }); // prettier-ignore
    expectClose(channels.map(({ value }) => value), [200, 400, 400], { relative: 1e-14, because }); // prettier-ignore
  });

  it("finds the removal effects of every order that walking the chain finds", () => {
    fc.assert(
      fc.property(countedPaths, fc.integer({ min: 1, max: 3 }), fc.boolean(), (all, order, nulls) => {
        const paths = nulls ? all : all.map((path) => ({ ...path, nulls: 0 }));
        const report = measurePathAttribution(all, { method: "markov", order, nulls });
        const base = conversionWithout(paths, order, null);
        const because = "steps after the 3000th are not walked";
        expectClose(report.baseConversion, base, { absolute: 1e-9, because });
        for (const { channel, removalEffect } of report.channels) {
          const effect = base === 0 ? 0 : 1 - conversionWithout(paths, order, channel) / base;
          expectClose(removalEffect!, effect, { absolute: 1e-9, because });
        }
      }),
      { numRuns: 25 },
    );
  });

  it("adds up to the conversions and to the value, to the last bit, by every method", () => {
    fc.assert(
      fc.property(
        countedPaths,
        fc.constantFrom(...methods),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        (all, method, unit) => {
          // prettier-ignore
          const paths = all.map((path) => ({ ...path, conversions: path.conversions * unit }));
          const report = measurePathAttribution(paths, { method });
          expect(report.channels.reduce((sum, { conversions }) => sum + conversions, 0)).toBe(report.conversions);
          expect(report.channels.reduce((sum, { value }) => sum + value, 0)).toBe(report.value); // prettier-ignore
          for (const { conversions } of report.channels) expect(conversions).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("credits counts of any size alike, the smallest and the largest numbers there are among them", () => {
    const sizes = fc.constantFrom(2 ** -1060, 2 ** -1022, 2 ** -300, 2 ** 300, 2 ** 1012);
    fc.assert(
      fc.property(countedPaths, fc.constantFrom(...methods), sizes, (paths, method, size) => {
        const sized = paths.map((path) => ({ ...path, conversions: path.conversions * size, nulls: path.nulls * size, value: 0 })); // prettier-ignore
        const [plain, report] = [measurePathAttribution(paths, { method }), measurePathAttribution(sized, { method })];
        expect(report.channels.reduce((sum, { conversions }) => sum + conversions, 0)).toBe(report.conversions);
        report.channels.forEach(({ conversions, removalEffect }, i) => {
          expect(removalEffect).toBe(plain.channels[i].removalEffect);
          // 2⁻¹⁰⁶⁰ has 14 bits to the right.
          expectClose(conversions / size, plain.channels[i].conversions, { absolute: 1e-3, because: "bits of the smallest numbers" }); // prettier-ignore
        });
      }),
      { numRuns: 400 },
    );
  });

  it("misses the last bit at most where values of both signs cancel", () => {
    const paths = [once("a"), { ...once("b"), value: -10 }, { ...once("c"), value: 1e-9 }];
    const { channels, value } = measurePathAttribution(paths, { method: "linear" });
    expectClose(channels.reduce((sum, channel) => sum + channel.value, 0), value, { absolute: 1e-14, because: "bits of 10" }); // prettier-ignore
  });

  it("does not see repeated touches in the removal effects of order 1", () => {
    fc.assert(
      fc.property(countedPaths, fc.boolean(), (paths, nulls) => {
        const kept = measurePathAttribution(paths, { method: "markov", nulls });
        expect(measurePathAttribution(paths, { method: "markov", nulls, selfLoops: "collapse" })).toEqual(kept);
      }),
      { endOnFailure: true },
    );
  });

  it("needs null paths to tell a channel that persuades from one that is only often there", () => {
    const paths = [
      { channels: ["ads", "mail"], conversions: 10, nulls: 0 },
      { channels: ["ads"], conversions: 0, nulls: 90 },
      { channels: ["mail"], conversions: 10, nulls: 0 },
    ];
    const withNulls = creditOf(paths, { method: "markov" });
    const without = creditOf(paths, { method: "markov", nulls: false });
    expect(without["ads"] / without["mail"]).toBeCloseTo(0.5, 12);
    expect(withNulls).toEqual(without);
    // Here mail alone mostly fails, so that ads before it matter more, which converting paths alone cannot show.
    const failing = [...paths, { channels: ["mail"], conversions: 0, nulls: 90 }];
    expect(creditOf(failing, { method: "markov" })["ads"]).not.toBe(without["ads"]);
    expect(creditOf(failing, { method: "markov", nulls: false })["ads"]).toBeCloseTo(without["ads"], 12);
  });

  it("gives the Shapley values of the definition: mean gain over all orders in which channels come", () => {
    fc.assert(
      fc.property(countedPaths, (paths) => {
        const report = measurePathAttribution(paths, { method: "shapley" });
        const names = report.channels.map(({ channel }) => channel);
        const worth = (set: ReadonlySet<string>): number =>
          paths.filter(({ channels }) => channels.every((name) => set.has(name))).reduce((sum, { conversions }) => sum + conversions, 0); // prettier-ignore
        const orders = (rest: readonly string[]): string[][] =>
          rest.length === 0 ? [[]] : rest.flatMap((name) => orders(rest.filter((other) => other !== name)).map((tail) => [name, ...tail])); // prettier-ignore
        const all = orders(names);
        const gains = names.map(
          (name) =>
          all.reduce((sum, order) => sum + worth(new Set(order.slice(0, order.indexOf(name) + 1))) - worth(new Set(order.slice(0, order.indexOf(name)))), 0) / all.length, // prettier-ignore
        );
        expectClose(report.channels.map(({ conversions }) => conversions), gains, { absolute: 1e-12, because: "two ways of adding up" }); // prettier-ignore
      }),
      { numRuns: 50 },
    );
  });

  it("has Shapley values that depend neither on the order of touches nor on that of paths", () => {
    fc.assert(
      fc.property(countedPaths, (paths) => {
        const whole = paths.map((path) => ({ ...path, value: path.conversions }));
        const turned = whole.map((path) => ({ ...path, channels: [...path.channels].reverse() })).reverse();
        const options = { method: "shapley" } as const;
        expect(bitsOf(measurePathAttribution(turned, options))).toBe(bitsOf(measurePathAttribution(whole, options)));
      }),
    );
  });

  it("credits the touches of a path by the rule", () => {
    const path = [once("ads", "mail", "social", "direct")];
    expect(creditOf(path, { method: "first" })).toEqual({ ads: 1, direct: 0, mail: 0, social: 0 });
    expect(creditOf(path, { method: "last" })).toEqual({ ads: 0, direct: 1, mail: 0, social: 0 });
    expect(creditOf(path, { method: "last-non-direct" })).toEqual({ ads: 0, direct: 0, mail: 0, social: 1 });
    expect(creditOf(path, { method: "last-non-direct", direct: ["direct", "social"] })["mail"]).toBe(1);
    expect(creditOf(path, { method: "linear" })).toEqual({ ads: 0.25, direct: 0.25, mail: 0.25, social: 0.25 });
    expect(creditOf(path, { method: "position" })).toEqual({ ads: 0.4, direct: 0.4, mail: 0.1, social: 0.1 });
    expect(creditOf(path, { method: "position", weights: [3, 4, 1] })).toEqual({ ads: 0.375, direct: 0.125, mail: 0.25, social: 0.25 }); // prettier-ignore
  });

  it("gives a conversion after direct touches only to the last of them", () => {
    expect(creditOf([once("direct", "direct")], { method: "last-non-direct" })).toEqual({ direct: 1 });
  });

  it("shares by position what the ends have when nobody stands between them", () => {
    expect(creditOf([once("ads")], { method: "position" })).toEqual({ ads: 1 });
    expect(creditOf([once("ads", "mail")], { method: "position" })).toEqual({ ads: 0.5, mail: 0.5 });
    expect(creditOf([once("ads", "mail")], { method: "position", weights: [3, 9, 1] })).toEqual({ ads: 0.75, mail: 0.25 }); // prettier-ignore
    expect(creditOf([once("ads", "mail")], { method: "position", weights: [0, 1, 0] })).toEqual({ ads: 0.5, mail: 0.5 }); // prettier-ignore
  });

  it("halves a touch per half-life, however long ago all touches were", () => {
    const path = (...ageDays: number[]): CountedPath[] => [{ channels: ["ads", "mail"], conversions: 3, ageDays }];
    expectClose(Object.values(creditOf(path(7, 0), { method: "time-decay" })), [1, 2], { relative: 1e-15, because: "one power" }); // prettier-ignore
    expectClose(Object.values(creditOf(path(100_007, 100_000), { method: "time-decay" })), [1, 2], { relative: 1e-15, because: "one power" }); // prettier-ignore
    expectClose(Object.values(creditOf(path(3, 1), { method: "time-decay", halfLifeDays: 1 })), [0.6, 2.4], { relative: 1e-15, because: "one power" }); // prettier-ignore
    expect(creditOf(path(1e9, 0), { method: "time-decay" })).toEqual({ ads: 0, mail: 3 });
  });

  it("gives nothing, not 0 / 0, where no conversion is reached", () => {
    for (const method of methods) {
      const report = measurePathAttribution([{ channels: ["ads"], conversions: 0, nulls: 5, ageDays: [1] }], { method }); // prettier-ignore
      expect(report.channels[0]).toMatchObject({ channel: "ads", conversions: 0, value: 0 });
      expect(report).toMatchObject({ baseConversion: 0, conversions: 0, nulls: 5 });
      expect(report.notes.map(({ code }) => code)).toEqual(["no-conversion"]);
      expect(measurePathAttribution([], { method }).channels).toEqual([]);
    }
    const apart = [once("ads"), { channels: ["mail"], conversions: 0, nulls: 1 }, { channels: ["tv"], conversions: 0 }];
    expect(measurePathAttribution(apart, { method: "markov" }).channels.map(({ removalEffect }) => removalEffect)).toEqual([1, 0, 0]); // prettier-ignore
  });

  it("says when all paths convert, and when conversions follow no touch", () => {
    const report = measurePathAttribution([once("ads"), { channels: [], conversions: 2, value: 7 }], { method: "markov" }); // prettier-ignore
    expect(report).toMatchObject({ conversions: 1, value: 10, baseConversion: 1, unattributed: { conversions: 2, value: 7 } }); // prettier-ignore
    expect(report.notes.map(({ code }) => code)).toEqual(["unattributed", "no-null-paths"]);
  });

  it("takes any name for a channel", () => {
    const names = ["__proto__", "constructor", "(start)", "", "10", "\ud800"];
    for (const method of ["linear", "markov", "shapley"] as const) {
      const { channels } = measurePathAttribution([{ channels: names, conversions: 6 }], { method });
      expect(channels.map(({ channel }) => channel)).toEqual([...names].sort());
      expectClose(channels.map(({ conversions }) => conversions), [1, 1, 1, 1, 1, 1], { relative: 1e-15, because: "a share of six" }); // prettier-ignore
    }
  });

  it("refuses what it cannot read, with its position", () => {
    const refused = (path: unknown, code: "invalid-value" | "shape-mismatch", at: string): void =>
      expectRefusal(() => measurePathAttribution([once("a"), path as CountedPath], { method: "time-decay" }), code, at);
    expectRefusal(() => measurePathAttribution(7 as never, { method: "last" }), "shape-mismatch", "paths");
    refused({ ...once("a"), ageDays: [1] }, "shape-mismatch", "paths[0].ageDays");
    const last = (path: unknown, code: "invalid-value" | "shape-mismatch", at: string): void =>
      expectRefusal(() => measurePathAttribution([once("a"), path as CountedPath], { method: "last" }), code, at);
    last(null, "shape-mismatch", "paths[1]");
    last({ channels: "a > b", conversions: 1 }, "shape-mismatch", "paths[1].channels");
    last({ channels: ["a"], conversions: -1 }, "invalid-value", "paths[1].conversions");
    last({ channels: ["a"], conversions: 1, nulls: NaN }, "invalid-value", "paths[1].nulls");
    last({ channels: ["a"], conversions: 0, value: 5 }, "invalid-value", "paths[1].value");
    last({ channels: ["a"], conversions: 1, value: Infinity }, "invalid-value", "paths[1].value");
    expectRefusal(
      () => measurePathAttribution([{ channels: ["a"], conversions: 1, ageDays: [-1] }], { method: "time-decay" }),
      "invalid-value",
      "paths[0].ageDays[0]",
    );
    const huge = [once("a"), once("b")].map((path) => ({ ...path, conversions: 1e308 }));
    expectRefusal(() => measurePathAttribution(huge, { method: "last" }), "too-large", "paths");
    const untouched = [1, 2].map(() => ({ channels: [], conversions: 1, value: 1e308 }));
    expectRefusal(() => measurePathAttribution(untouched, { method: "last" }), "too-large", "paths");
  });

  it("refuses more channels than have Shapley values, and more states than can be solved", () => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `channel ${i}`);
    expect(measurePathAttribution([once(...names(15))], { method: "shapley" }).channels).toHaveLength(15);
    expectRefusal(() => measurePathAttribution([once(...names(16))], { method: "shapley" }), "too-large", "options.method"); // prettier-ignore
    expectRefusal(() => measurePathAttribution([once(...names(3001))], { method: "markov" }), "too-large", "options.order"); // prettier-ignore
    expect(measurePathAttribution([once(...names(10_000))], { method: "linear" }).channels).toHaveLength(10_000);
  });
});
