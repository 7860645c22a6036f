import type { ModelHeader } from "clientele/core";
import { type FeatureTable, filterRows } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsOf, freezeDeep, partsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered } from "../support/rows.ts";

/** What an apply function returns: labels, scores or a table. */
type Applied = Int32Array | Float64Array | FeatureTable;

/** What {@link modelLaws} must know about a pair of fit and apply functions. */
export interface ModelLaws<Model extends ModelHeader, Options extends object> {
  /** Fits a model; `options` are those below, perhaps with more keys that are `undefined`. */
  readonly fit: (table: FeatureTable, options: Options) => Model;
  /** Applies a model, row by row: a row's result depends on the model and the row alone. */
  readonly apply: (model: Model, table: FeatureTable) => Applied;
  /** Options of every fit, the seed among them. */
  readonly options: Options;
  /** Names of all options of the fit function; those not in `options` are passed as `undefined`. */
  readonly optionNames: readonly string[];
  /** Tables that can be fitted; ids do not matter, they are replaced. */
  readonly tables: fc.Arbitrary<FeatureTable>;
  /** Fields of the model that apply reads; each is damaged in turn. */
  readonly fields: readonly (keyof Model & string)[];
  /** What a missing cell does: the fit refuses it, it stays missing in the result of apply, or it is filled there. */
  readonly missing: "refused" | "kept" | "filled";
  /** How apply finds the model's features: all of the table's, in order (the default), or by name among others. */
  readonly features?: "exact" | "by-name";
  /** Whether a table without rows is refused by the fit with `too-few-rows`. */
  readonly empty: "refused" | "fitted";
}

const runs = { numRuns: 40 };

/**
 * The laws of every model: plain, finite, free of customers, the same for the same input, and of use only for what it was
 * fitted on.
 */
export function modelLaws<Model extends ModelHeader, Options extends object>(
  name: string,
  laws: ModelLaws<Model, Options>,
): void {
  const { apply, options, fields, missing, empty, features = "exact" } = laws;
  const fit = (table: FeatureTable): Model => laws.fit(table, options);
  const tables = laws.tables.map(withSecretIds);
  const sample = fc.sample(tables, { numRuns: 1, seed: 11 })[0];
  const check = (body: (table: FeatureTable) => void): void =>
    fc.assert(
      fc.property(tables, (table) => {
        body(table);
      }),
      runs,
    );

  describe(`${name} keeps the laws of models`, () => {
    it("gives the same model for the same table and options", () =>
      check((table) => expect(bitsOf(fit(table))).toBe(bitsOf(fit(structuredClone(table))))));

    it("leaves table, model and options as they were, and shares nothing with them", () =>
      check((table) => {
        const before = bitsOf(table);
        const model = laws.fit(freezeDeep(table), freezeDeep(options));
        const text = bitsOf(model);
        const result = apply(freezeDeep(model), table);
        expect(bitsOf(table)).toBe(before);
        expect(bitsOf(model)).toBe(text);
        for (const made of [model, result]) {
          expect([...partsOf(made)].filter((part) => partsOf(table).has(part))).toEqual([]);
        }
      }));

    it("survives JSON and structuredClone: the same bits come out", () =>
      check((table) => {
        const model = fit(table);
        const expected = bitsOf(apply(model, table));
        expect(bitsOf(apply(JSON.parse(JSON.stringify(model)) as Model, table))).toEqual(expected);
        expect(bitsOf(apply(structuredClone(model), table))).toEqual(expected);
      }));

    it("holds finite numbers, strings, booleans and null, and no id", () =>
      check((table) => {
        const model = fit(table);
        expect(impurities(model)).toEqual([]);
        expect(JSON.stringify(model)).not.toContain(secret);
      }));

    it("treats each row alone: a subset or another order of rows gives the same bits", () =>
      check((table) => {
        const model = fit(table);
        const rows = rowBits(apply(model, table), table.ids.length);
        const every = (i: number): boolean => i % 2 === 0;
        const subset = filterRows(table, every);
        expect(rowBits(apply(model, subset), subset.ids.length)).toEqual(rows.filter((_, i) => every(i)));
        const backwards = reordered(table, Array.from(table.ids.keys()).reverse());
        expect(rowBits(apply(model, backwards), table.ids.length)).toEqual(rows.toReversed());
        const none = filterRows(table, () => false);
        expect(rowBits(apply(model, none), 0)).toEqual([]);
      }));

    it("treats an option that is undefined as absent", () => {
      const absent = Object.fromEntries(laws.optionNames.map((key) => [key, undefined]));
      expect(bitsOf(laws.fit(sample, { ...absent, ...options }))).toBe(bitsOf(fit(sample)));
    });

    it(`refuses a table with other features: ${features === "exact" ? "renamed, reordered, too few, too many" : "renamed, too few"}`, () => {
      const model = fit(sample);
      const { ids, names, values } = sample;
      const width = names.length;
      const renamed = { ...sample, names: names.map((feature, j) => (j === width - 1 ? `${feature}'` : feature)) };
      expectRefusal(() => apply(model, renamed), "incompatible-model");
      const narrow = values.filter((_, cell) => cell % width !== 0);
      expectRefusal(() => apply(model, { ids, names: names.slice(1), values: narrow }), "incompatible-model");
      const wide = { ids, names: [...names, "one more"], values: widened(values, width) };
      if (features === "by-name") {
        expect(bitsOf(apply(model, wide))).toBe(bitsOf(apply(model, sample)));
        return;
      }
      if (width > 1) {
        expectRefusal(() => apply(model, { ...sample, names: names.toReversed() }), "incompatible-model");
      }
      expectRefusal(() => apply(model, wide), "incompatible-model");
    });

    it("refuses a model of another kind or version, and things that are no model", () => {
      const model = fit(sample);
      for (const damaged of [
        { ...model, kind: "other" },
        { ...model, version: model.version + 1 },
        { ...model, version: String(model.version) },
        { ...model, features: undefined },
        { ...model, features: "ab" },
        { ...model, features: model.features.map(() => 1) },
        {},
        [],
        null,
        undefined,
        "model",
      ]) {
        expectRefusal(() => apply(damaged as Model, sample), "incompatible-model");
      }
    });

    it("refuses a model whose fields were damaged on the way: null, a string, another length, NaN", () => {
      const model = fit(sample);
      expect(fields.length).toBeGreaterThan(0);
      for (const field of fields) {
        const damages = damagesOf(model[field]);
        expect(damages.length).toBeGreaterThan(0);
        for (const value of damages) {
          const damaged = { ...model, [field]: value };
          expectRefusal(() => apply(damaged, sample), "incompatible-model");
        }
      }
    });

    it("refuses infinite cells in fit and apply, and says where", () => {
      const cell = sample.values.length - 1;
      const path = `table.values[${sample.ids.length - 1}, ${sample.names.length - 1}]`;
      for (const infinity of [Infinity, -Infinity]) {
        const damaged = { ...sample, values: sample.values.with(cell, infinity) };
        expectRefusal(() => fit(damaged), "invalid-value", path);
        expectRefusal(() => apply(fit(sample), damaged), "invalid-value", path);
      }
    });

    it(`meets missing cells: ${missing}`, () => {
      const cell = sample.values.length - 1;
      const gap = { ...sample, values: sample.values.with(cell, NaN) };
      if (missing === "refused") {
        const path = `table.values[${sample.ids.length - 1}, ${sample.names.length - 1}]`;
        expectRefusal(() => fit(gap), "invalid-value", path);
        expectRefusal(() => apply(fit(sample), gap), "invalid-value", path);
      } else {
        const model = fit(gap);
        expect(impurities(model)).toEqual([]);
        expect(numbersOf(apply(model, gap)).filter((bits) => bits === "NaN")).toHaveLength(missing === "kept" ? 1 : 0);
      }
    });

    it("gives finite results for a column that is constant", () =>
      check((table) => {
        const width = table.names.length;
        const values = table.values.map((value, i) => (i % width === 0 ? 7 : value));
        const constant = { ...table, values };
        const model = fit(constant);
        expect(impurities(model)).toEqual([]);
        expect(numbersOf(apply(model, constant)).filter((bits) => !Number.isFinite(Number(bits)))).toEqual([]);
      }));

    it(`meets a table without rows: ${empty}`, () => {
      const none = filterRows(sample, () => false);
      if (empty === "refused") expectRefusal(() => fit(none), "too-few-rows");
      else expect(impurities(fit(none))).toEqual([]);
    });

    it("refuses things that are no table", () => {
      const model = fit(sample);
      for (const wrong of [null, undefined, {}, [], "table", { ...sample, values: sample.values.slice(1) }]) {
        expectRefusal(() => fit(wrong as FeatureTable), "shape-mismatch");
        expectRefusal(() => apply(model, wrong as FeatureTable), "shape-mismatch");
      }
    });
  });
}

const secret = "customer-7f3a";

function withSecretIds(table: FeatureTable): FeatureTable {
  return { ...table, ids: table.ids.map((_, i) => `${secret}-${i}`) };
}

/** A block with a column of zeros behind the others. */
function widened(values: Float64Array, width: number): Float64Array {
  const rows = values.length / width;
  return Float64Array.from({ length: rows * (width + 1) }, (_, cell) => {
    const column = cell % (width + 1);
    return column === width ? 0 : values[Math.floor(cell / (width + 1)) * width + column];
  });
}

/** What JSON could not carry: paths of numbers that are not finite, of functions, typed arrays and undefined. */
function impurities(data: unknown, path = "model"): string[] {
  if (data === null || typeof data === "string" || typeof data === "boolean") return [];
  if (typeof data === "number") return Number.isFinite(data) && !Object.is(data, -0) ? [] : [`${path}: ${data}`];
  if (typeof data !== "object" || ArrayBuffer.isView(data)) return [`${path}: ${typeof data}`];
  const prototype: unknown = Object.getPrototypeOf(data);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null)
    return [`${path}: a class`];
  return Object.entries(data).flatMap(([key, value]) => impurities(value, `${path}.${key}`));
}

/** Ways in which a field can come back from a file: each differs from the sound value in kind or size. */
function damagesOf(value: unknown): unknown[] {
  const always: unknown[] = [null, undefined, "1", {}];
  if (typeof value === "number") return [...always, NaN, Infinity, [value]];
  if (!Array.isArray(value)) return always;
  const items = value as unknown[];
  const first = damagesOf(items[0]).map((damage) => [damage, ...items.slice(1)]);
  return [...always, [], [...items, items[0]], ...(items.length > 0 ? first : [])];
}

/** The numbers of a result as text, exact to the bit. */
function numbersOf(result: Applied): string[] {
  return Array.from("names" in result ? result.values : result, bitsOf);
}

function rowBits(result: Applied, rows: number): string[][] {
  const bits = numbersOf(result);
  const width = rows === 0 ? 0 : bits.length / rows;
  return Array.from({ length: rows }, (_, i) => bits.slice(i * width, (i + 1) * width));
}
