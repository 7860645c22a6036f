import { describePersonas, type Persona, profileSegments, type ProfileReport } from "clientele/segments";
import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";

/** Customers of segments that are constant in themselves: `sizes[s]` times the row `rows[s]`. */
function constantGroups(
  sizes: readonly number[],
  rows: readonly (readonly number[])[],
  names: readonly string[],
): { table: FeatureTable; labels: Int32Array } {
  const all = rows.flatMap((row, s) => Array.from({ length: sizes[s] }, () => [...row]));
  const table = fromMatrix(all, { names: [...names] });
  return { table, labels: labelsOf(sizes.flatMap((size, s) => new Array<number>(size).fill(s))) };
}

const features = ["daysSinceLastPurchase", "orderCount", "revenue"];
const shop = constantGroups([40, 40, 20], [[5, 12, 900], [60, 4, 200], [300, 1, 50]], features); // prettier-ignore
const units = { daysSinceLastPurchase: "day", revenue: "$" };
const stages = {
  labels: labelsOf([...new Array<number>(80).fill(0), ...new Array<number>(20).fill(1)]),
  names: ["active", "atRisk"],
};
const shopProfile = (): ProfileReport =>
  profileSegments({ ...shop.table, units }, shop.labels, { names: ["Best", "Fair", "Lost"], stages });

/** Every number of a text, in the order of the text. */
const numbersIn = (text: string): number[] =>
  (text.match(/-?\d[\d,]*(\.\d+)?/g) ?? []).map((number) => Number(number.replaceAll(",", "")));

describe("describePersonas", () => {
  it("tells size, what stands out, the typical stage and what not to conclude", () => {
    const personas = describePersonas(shopProfile());
    expect(personas.map(({ name, suggestedName }) => [name, suggestedName])).toEqual([
      ["Best", "High revenue, high order count"],
      ["Fair", "Low revenue, low order count"],
      ["Lost", "Many days since last purchase, low order count"],
    ]);
    // By hand: means of all 86 days, 6.6 orders, 450; deviations √(1205400 / 99), √(2064 / 99), √(13800000 / 99), so the
    // differences are -81 / 110.34, 5.4 / 4.566 and 450 / 373.36.
    expect(personas[0].text).toBe(
      [
        "Two in five customers: 40 of 100 (40.0%).",
        "High revenue: median $900, compared with $200 for all customers; the mean is 1.21 standard deviations higher (index 200).",
        "High order count: median 12, compared with 4 for all customers; the mean is 1.18 standard deviations higher (index 182).",
        "Few days since last purchase: median 5 days, compared with 60 days for all customers; the mean is 0.73 standard deviations lower (index 6).",
        "Typical stage: active, 100.0% of the segment, compared with 80.0% of all customers.",
      ].join(" "),
    );
    expect(personas[2].text).toContain("Typical stage: at risk, 100.0% of the segment");
    expect(personas[2].sentences.at(-1)).toMatchObject({
      about: "caution",
      text: "Only 20 customers: a few of them can move these figures; do not conclude much from them.",
    });
    expect(personas[2].notes.map(({ code }) => code)).toEqual(["small-segment"]);
    expect(personas[2].typicalStage).toBe("atRisk");
  });

  it("gives every sentence the figures it is made of", () => {
    const [best] = describePersonas(shopProfile());
    expect(best.sentences.map(({ about }) => about)).toEqual(["size", "feature", "feature", "feature", "stage"]);
    expect(best.sentences[0].evidence).toEqual([
      { measure: "customers", feature: null, value: 40, overall: 100, standardizedDifference: null, index: null },
    ]);
    expect(best.evidence.map(({ feature, measure, value, overall }) => [feature, measure, value, overall])).toEqual([
      ["revenue", "median", 900, 200],
      ["orderCount", "median", 12, 4],
      ["daysSinceLastPurchase", "median", 5, 60],
    ]);
    expect(best.sentences[4].evidence[0]).toMatchObject({ measure: "stage", value: 1, overall: 0.8 });
  });

  it("says nothing that is not in its figures", () => {
    const size = fc.integer({ min: 5, max: 40 });
    const cell = fc.integer({ min: -50, max: 5000 });
    const groups = fc.array(fc.tuple(size, cell, cell, cell), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(groups, (all) => {
        const { table, labels } = constantGroups(all.map(([n]) => n), all.map(([, ...row]) => row), ["a", "bb", "ccc"]); // prettier-ignore
        for (const { sentences, text, share } of describePersonas(profileSegments(table, labels))) {
          expect(text).toBe(sentences.map((sentence) => sentence.text).join(" "));
          for (const { about, text: sentence, evidence } of sentences) {
            const known = evidence.flatMap(({ value, overall, standardizedDifference, index }) => [
              value,
              overall,
              Math.abs(standardizedDifference ?? 0),
              index ?? 0,
            ]);
            if (about === "size") known.push(100 * share, 1 / share, ...Array.from({ length: 100 }, (_, i) => i + 1));
            for (const number of numbersIn(sentence)) {
              const rounding = Math.max(0.5, 1e-3 * Math.abs(number));
              expect(known.some((figure) => Math.abs(figure - number) <= rounding)).toBe(true);
            }
          }
        }
      }),
    );
  });

  it("tells the mean, and says so, where the median does not go along", () => {
    // Both medians are 1; five large orders make the second segment's mean.
    const spend = [
      ...new Array<number>(40).fill(1),
      ...new Array<number>(35).fill(1),
      ...new Array<number>(5).fill(99),
    ];
    const table = fromMatrix(spend.map((value) => [value]), { names: ["spend"] }); // prettier-ignore
    const labels = labelsOf(spend.map((_, i) => (i < 40 ? 0 : 1)));
    const [, big] = describePersonas(profileSegments(table, labels, { threshold: 0.2 }));
    expect(big.text).toContain("High spend: mean 13.25, compared with 7.125 for all customers");
    expect(big.evidence[0]).toMatchObject({ measure: "mean", value: 13.25, overall: 7.125 });
  });

  it("says how far the furthest feature is where nothing stands out", () => {
    const [all] = describePersonas(profileSegments(shop.table, shop.labels.map(() => 0))); // prettier-ignore
    expect(all.suggestedName).toBe("Close to the average");
    expect(all.text).toBe(
      "All customers: 100 of 100 (100.0%). Nothing stands out: every mean is that of all customers.",
    );
    const mild = profileSegments(shop.table, shop.labels, { threshold: 9 });
    expect(describePersonas(mild)[0].text).toContain("Nothing stands out: furthest from all customers is revenue");
    const bare = profileSegments(fromMatrix(new Array<number[]>(6).fill([])), labelsOf([0, 0, 0, 0, 0, 0]));
    expect(describePersonas(bare)[0].sentences.map(({ about }) => about)).toEqual(["size", "caution"]);
  });

  it("tells no figure of fewer customers than the minimum", () => {
    const { table, labels } = constantGroups([40, 4, 0, 6], [[1], [777], [1], [3]], ["visits"]);
    const profile = profileSegments(table, labels, { names: ["a", "b", "c", "d"] });
    const [, few, none, six] = describePersonas(profile);
    expect(few).toMatchObject({ suggestedName: "Too few to describe", evidence: [], typicalStage: null });
    expect(few.text).not.toContain("777");
    expect(JSON.stringify(few)).not.toContain("777");
    expect(few.notes.map(({ code }) => code)).toEqual(["suppressed-segment"]);
    expect(none).toMatchObject({ suggestedName: "Nobody", text: "No customers: 0 of 50 (0.0%).", notes: [] });
    expect(six.notes.map(({ code }) => code)).toEqual(["small-segment"]);
    expect(describePersonas(profile, { minimum: 7 })[3].notes[0].code).toBe("suppressed-segment");
    expect(describePersonas(profile, { minimum: 1 })[1].text).toContain("777");
  });

  it("leaves out a feature and a stage that are known of too few, with a note", () => {
    const values = Array.from({ length: 20 }, (_, i) => [
      i < 10 ? 1 : 5,
      i < 17 ? NaN : 999,
      i < 10 ? 0 : i < 17 ? NaN : 40,
    ]);
    const table = fromMatrix([...values, [1, 3, 0]], { names: ["visits", "rare", "other"] });
    const labels = labelsOf([...values.map((_, i) => (i < 10 ? 0 : 1)), 0]);
    const stageOf = labelsOf([...values.map((_, i) => (i < 16 ? -1 : 0)), 0]);
    const report = profileSegments(table, labels, { stages: { labels: stageOf, names: ["active"] } });
    const [, second] = describePersonas(report);
    expect(second.evidence.map(({ feature }) => feature)).toEqual(["visits"]);
    expect(second.notes.map(({ code }) => code)).toEqual(["small-segment", "suppressed-feature", "suppressed-stage"]);
    expect(second.typicalStage).toBeNull();
    expect(JSON.stringify(second)).not.toContain("999");
    const told = describePersonas(report, { minimum: 3 })[1];
    expect(told.text).toContain("Known of 3 of 10 customers.");
  });

  it("gives names that no two segments share", () => {
    const twice = constantGroups([40, 40, 30], [[1, 1, 1], [1, 1, 1], [9, 9, 9]], ["a", "b", "c"]); // prettier-ignore
    const names = describePersonas(profileSegments(twice.table, twice.labels)).map((one) => one.suggestedName);
    expect(names).toEqual(["Low a, low b, low c (40), segment 1", "Low a, low b, low c (40), segment 2", "High a, high b"]); // prettier-ignore
  });

  it("calls segments without customers nobody, and tells them apart by their numbers", () => {
    const { table, labels } = constantGroups([40, 40], [[1], [9]], ["a"]);
    const names = describePersonas(profileSegments(table, labels, { names: ["w", "x", "y", "z"] })).map((one) => one.suggestedName); // prettier-ignore
    expect(names).toEqual(["Low a", "High a", "Nobody, segment 3", "Nobody, segment 4"]);
  });

  it("is permuted as the segments are, and the same after JSON and for the same profile", () => {
    const text = (personas: readonly Persona[]): string => JSON.stringify(personas);
    const profile = shopProfile();
    const once = text(describePersonas(profile));
    expect(text(describePersonas(profile))).toBe(once);
    expect(text(describePersonas(JSON.parse(JSON.stringify(profile)) as ProfileReport))).toBe(once);
    fc.assert(
      fc.property(fc.shuffledSubarray(profile.segments.map((_, s) => s), { minLength: 3 }), (order) => {
        const shuffled = describePersonas({ ...profile, segments: order.map((s) => profile.segments[s]) });
        const personas = describePersonas(profile);
        expect(shuffled).toEqual(order.map((s) => personas[s]));
      }),
    ); // prettier-ignore
  });

  it("takes any names as they are", () => {
    const { table, labels } = constantGroups(
      hostileNames.map(() => 6),
      hostileNames.map((_, s) => hostileNames.map((__, f) => (f === s ? 100 : 0))),
      hostileNames,
    );
    const personas = describePersonas(profileSegments(table, labels, { names: hostileNames }));
    personas.forEach(({ name, evidence, text }, s) => {
      expect(name).toBe(hostileNames[s]);
      expect(evidence[0].feature).toBe(hostileNames[s]);
      if (!/^[a-zA-Z0-9]*$/.test(hostileNames[s])) expect(text).toContain(`High ${hostileNames[s]}: median 100`);
    });
  });

  it("refuses what is no profile, by the place of the first part that is missing", () => {
    for (const nothing of [null, undefined, [], {}, "profile", { segments: [] }])
      expectRefusal(() => describePersonas(nothing as never), "shape-mismatch", "profile");
    const profile = shopProfile();
    const damaged = (change: object): ProfileReport => ({
      ...profile,
      segments: [profile.segments[0], { ...profile.segments[1], ...change }],
    });
    for (const change of [{ size: -1 }, { share: 2 }, { name: 3 }, { overIndexed: [null] }, { typicalStage: {} }])
      expectRefusal(() => describePersonas(damaged(change)), "shape-mismatch", "profile.segments[1]");
    expectRefusal(() => describePersonas(damaged({ medians: {} })), "invalid-value", "profile.segments[1].medians[2]");
    const infinite = {
      ...profile,
      overall: { ...profile.overall, means: { ...profile.overall.means, revenue: Infinity } },
    };
    expectRefusal(() => describePersonas(infinite), "invalid-value", "profile.overall.means[2]");
    expect(describePersonas({ ...profile, segments: [] })).toEqual([]);
    expect(describePersonas({ ...profile, units: null as never })[0].text).toContain("median 900");
  });
});
