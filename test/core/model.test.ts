import type { ModelHeader } from "clientele/core";
import { describe, expect, it } from "vitest";
import { checkModel, isFiniteMatrix, isFiniteVector } from "../../src/core/model.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

interface Line extends ModelHeader {
  readonly kind: "line";
  readonly slopes: readonly number[];
}
const line: Line = { kind: "line", version: 1, features: ["age", "income"], notes: [], slopes: [1, 2] };
const check = (model: unknown, features?: readonly string[]): void =>
  checkModel("predictLine", model as Line, {
    kind: "line",
    version: 1,
    shape: { slopes: (value, { features: names }) => isFiniteVector(value, names.length) },
    ...(features && { features }),
  });

describe("checkModel", () => {
  it("accepts a model that went through JSON", () => {
    expect(() => check(JSON.parse(JSON.stringify(line)), ["age", "income"])).not.toThrow();
  });

  it("refuses another kind, another version and things that are no model", () => {
    expectRefusal(() => check({ ...line, kind: "plane" }), "incompatible-model", "model.kind");
    expectRefusal(() => check({ ...line, version: 2 }), "incompatible-model", "model.version");
    for (const bad of [null, undefined, 3, "line"]) expectRefusal(() => check(bad), "incompatible-model", "model");
  });

  it("refuses damaged fields: wrong lengths, and null where JSON lost a NaN", () => {
    expectRefusal(() => check({ ...line, slopes: [1] }), "incompatible-model", "model.slopes");
    expectRefusal(() => check({ ...line, slopes: [1, null] }), "incompatible-model", "model.slopes");
    expectRefusal(() => check({ ...line, slopes: undefined }), "incompatible-model", "model.slopes");
    expectRefusal(() => check({ ...line, features: [1, 2] }), "incompatible-model", "model.features");
  });

  it("refuses a table with other features, or the same in another order", () => {
    expectRefusal(() => check(line, ["age"]), "incompatible-model", "table.names");
    expectRefusal(() => check(line, ["income", "age"]), "incompatible-model", "table.names[0]");
    expect(refusalOf(() => check(line, ["age", "wage"])).message).toBe(
      "predictLine: table.names[1] must be the model's feature; got another name",
    );
  });
});

describe("field checks", () => {
  it("know finite vectors and matrices from look-alikes", () => {
    expect([isFiniteVector([1, 2], 2), isFiniteVector([], 0), isFiniteVector([1])]).toEqual([true, true, true]);
    expect([isFiniteVector([1, NaN], 2), isFiniteVector(["1"], 1), isFiniteVector({ length: 0 })]).toEqual([false, false, false]); // prettier-ignore
    expect([isFiniteMatrix([[1, 2]], 2, 1), isFiniteMatrix([], 3)]).toEqual([true, true]);
    expect([isFiniteMatrix([[1], [2, 3]], 1), isFiniteMatrix([[1]], 1, 2), isFiniteMatrix(null, 1)]).toEqual([false, false, false]); // prettier-ignore
  });
});
