import { assignMicroSegments, fitMicroSegments, measureAdjustedRand, type MicroSegmentModel } from "clientele/segments";
import { type FeatureTable, fromMatrix, groupSizes, type Labels, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../laws/model-laws.ts";
import { crowd as drawn, type Shape } from "../support/crowds.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

/** A round of points at a place, each at a different distance. */
const crowd = (x: number, y: number, size: number): number[][] =>
  Array.from({ length: size }, (_, i) => [x + ((i * 7) % 11) / 10, y + ((i * 5) % 13) / 10]);

// The active fall into three groups, the churned into two; the new are too few to split.
const rows = [...crowd(0, 0, 30), ...crowd(40, 60, 20), ...crowd(80, 0, 15), ...crowd(0, 0, 25), ...crowd(70, 90, 14), ...crowd(5, 5, 6)]; // prettier-ignore
const table = fromMatrix(rows, { names: ["money", "visits"] });
const stages = labelsOf(rows.map((_, i) => (i < 65 ? 0 : i < 104 ? 1 : 2)));
const names = ["active", "churned", "new"];
const truth = labelsOf(rows.map((_, i) => [30, 50, 65, 90, 104, 110].findIndex((end) => i < end)));

describe("fitMicroSegments", () => {
  it("finds each stage's own number of groups, and leaves a small stage whole", () => {
    const model = fitMicroSegments(table, stages, { names });
    expect(model.names).toEqual(["active/1", "active/2", "active/3", "churned/1", "churned/2", "new"]);
    expect(model.stages.map(({ size, sizes }) => [size, sizes])).toEqual([[65, [30, 20, 15]], [39, [25, 14]], [6, [6]]]); // prettier-ignore
    const assigned = assignMicroSegments(model, table, stages);
    expect(assigned.labels).toEqual(truth);
    expect(assigned.names).toEqual(model.names);
    expect(model.notes).toEqual([]);
  });

  it("keeps no micro-segment below minSize: a few extreme customers join the nearest group", () => {
    const extreme = [...crowd(0, 0, 40), ...crowd(30, 30, 40), [90, 90], [95, 90], [91, 93]];
    const one = fromMatrix(extreme);
    const all = new Int32Array(extreme.length);
    const model = fitMicroSegments(one, all, { names: ["active"], minSize: 10 });
    expect(model.stages[0].sizes).toEqual([43, 40]);
    const { labels } = assignMicroSegments(model, one, all);
    // Whoever is as extreme tomorrow goes where they went.
    expect(labels[80]).toBe(labels[40]);
    expect(assignMicroSegments(model, fromMatrix([[99, 91]]), labelsOf([0])).labels[0]).toBe(labels[40]);
    expect(fitMicroSegments(one, all, { names: ["active"], minSize: 42 }).names).toEqual(["active"]);
  });

  it("standardizes within the stage, so that a feature in thousands does not decide alone", () => {
    const shifted = fromMatrix(rows.map(([x, y]) => [x * 1e6 + 5e7, y / 1e3]), { names: ["money", "visits"] }); // prettier-ignore
    const model = fitMicroSegments(shifted, stages, { names });
    expect(measureAdjustedRand(assignMicroSegments(model, shifted, stages).labels, truth).value).toBe(1);
  });

  it("gives the same model for the same customers in another order", () => {
    const order = shuffled(rows.length, 3);
    const model = fitMicroSegments(
      reordered(table, order),
      Int32Array.from(order, (row) => stages[row]),
      { names },
    );
    expect(model.names).toEqual(fitMicroSegments(table, stages, { names }).names);
    expect(bitsOf(model.stages.map(({ sizes }) => sizes))).toBe(bitsOf(fitMicroSegments(table, stages, { names }).stages.map(({ sizes }) => sizes))); // prettier-ignore
  });

  it("keeps every micro-segment at minSize, and counts to its sizes, whatever the customers are", () => {
    const cell = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: -50, max: 50, noNaN: true }));
    const customers = fc.array(fc.tuple(cell, cell, fc.integer({ min: -1, max: 2 })), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(customers, fc.integer({ min: 1, max: 6 }), (given, minSize) => {
        const one = fromMatrix(given.map(([x, y]) => [x, y]));
        const stageOf = labelsOf(given.map(([, , stage]) => stage));
        const model = fitMicroSegments(one, stageOf, { names, minSize, kMax: 4 });
        const { labels } = assignMicroSegments(model, one, stageOf);
        const sizes = model.stages.flatMap((stage) => stage.sizes);
        expect(Array.from(sizes, (_, i) => groupSizes(labels)[i] ?? 0)).toEqual(sizes);
        for (const stage of model.stages) {
          if (stage.sizes.length > 1) for (const size of stage.sizes) expect(size).toBeGreaterThanOrEqual(minSize);
          expect(stage.sizes.reduce((sum, size) => sum + size, 0)).toBe(stage.size);
        }
        labels.forEach((label, i) => {
          const name = label < 0 ? undefined : model.names[label].split("/")[0];
          expect(name).toBe(names[stageOf[i]]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("leaves stages whole that are empty, constant or of one group by kMax", () => {
    const same = fromMatrix(Array.from({ length: 40 }, () => [3, 3]));
    expect(fitMicroSegments(same, new Int32Array(40), { names: ["a", "b"] }).names).toEqual(["a", "b"]);
    expect(fitMicroSegments(table, stages, { names, kMax: 1 }).names).toEqual(names);
  });

  it("says when groups are hardly more than slices of one crowd", () => {
    const cells = Array.from({ length: 400 }, (_, i) => [((i * 73) % 400) / 400, ((i * 151) % 400) / 400]);
    const model = fitMicroSegments(fromMatrix(cells), new Int32Array(400), { names: ["active"] });
    expect(model.notes.map(({ code }) => code)).toEqual(["no-structure"]);
    expect(model.notes[0].message).toMatch(/^active: /);
  });

  it("says so too where small groups were joined: a few extreme customers make no structure of one crowd", () => {
    const notesOf = (shape: Shape, seed: number): string[] => {
      const { values } = drawn(shape, 90, 2, seed);
      const customers = fromMatrix(Float64Array.of(...values, 60, 90, 61, 90, 60, 92), { columns: 2 });
      const model = fitMicroSegments(customers, new Int32Array(93), { names: ["active"], kMax: 4 });
      // The three extreme ones had a cluster of their own, and the rest was cut.
      expect(model.stages[0].centroids.length).toBeGreaterThan(model.stages[0].sizes.length);
      expect(model.stages[0].sizes.length).toBeGreaterThan(1);
      return model.notes.map(({ code }) => code);
    };
    for (const seed of [1, 2, 3, 4]) expect(notesOf("gaussian", seed)).toEqual(["no-structure"]);
    for (const seed of [1, 2, 3, 4]) expect(notesOf("blobs", seed)).toEqual([]);
  });

  it("cuts no even crowd without saying that it is one, also where small groups were joined", () => {
    for (let seed = 0; seed < 12; seed++) {
      const model = fitMicroSegments(drawn("uniform", 40, 3, seed), new Int32Array(40), { names: ["active"] });
      const isCut = model.stages[0].sizes.length > 1;
      expect(model.notes.map(({ code }) => code)).toEqual(isCut ? ["no-structure"] : []);
    }
  });

  it("refuses unknown stages, names that could be mistaken, and stages of other rows", () => {
    const fit = (given: Labels, options: object): unknown => fitMicroSegments(table, given, options as never);
    expectRefusal(() => fit(stages, { names: ["active", "churned"] }), "invalid-value", "stages[104]");
    expectRefusal(() => fit(stages.slice(1), { names }), "shape-mismatch", "stages");
    expectRefusal(() => fit(stages, { names: ["active", "active/2", "x"] }), "invalid-option", "options.names");
    expectRefusal(() => fitMicroSegments(fromMatrix([], { names: ["x"] }), labelsOf([]), { names }), "too-few-rows");
    const model = fitMicroSegments(table, stages, { names });
    expectRefusal(() => assignMicroSegments(model, table, labelsOf(rows.map(() => 3))), "invalid-value", "stages[0]");
    expectRefusal(() => assignMicroSegments({ ...model, names: ["a"] }, table, stages), "incompatible-model");
    const damaged = {
      ...model,
      stages: model.stages.map((stage) => ({ ...stage, groups: stage.groups.map(() => 9) })),
    };
    expectRefusal(() => assignMicroSegments(damaged, table, stages), "incompatible-model");
  });
});

const byFirst = ({ names: features, values }: FeatureTable): Labels =>
  Int32Array.from({ length: values.length / features.length }, (_, i) => (values[i * features.length] > 0 ? 1 : 0));
const number = fc.double({ min: -100, max: 100, noNaN: true });

modelLaws<MicroSegmentModel, { names: string[]; minSize: number; seed: number }>("fitMicroSegments", {
  fit: (given, options) => fitMicroSegments(given, isTable(given) ? byFirst(given) : new Int32Array(0), options),
  apply: (model, given) =>
    assignMicroSegments(model, given, isTable(given) ? byFirst(given) : new Int32Array(0)).labels,
  options: { names: ["low", "high"], minSize: 2, seed: 3 },
  optionNames: ["names", "kMax", "minSize", "seed"],
  tables: fc
    .array(fc.tuple(number, number), { minLength: 1, maxLength: 20 })
    .map((cells) => fromMatrix(cells, { names: ["a", "b"] })),
  fields: ["names", "stages"],
  missing: "refused",
  empty: "refused",
});

function isTable(value: unknown): value is FeatureTable {
  const given = value as FeatureTable | null | undefined;
  return Array.isArray(given?.ids) && given.values.length === given.ids.length * given.names.length;
}
