import { column, featureTable, fromMatrix } from "clientele/tables";
import { Matrix } from "../oracles/ml-matrix.ts";
import { describe, expect, it } from "vitest";
import { checkFinite } from "../../src/tables/feature-table.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

describe("featureTable", () => {
  it("reads numbers, booleans and missing cells by property name", () => {
    const rows = [{ id: "a", age: 31, vip: true }, { id: "b", age: null, vip: false }, { id: "c", vip: undefined }]; // prettier-ignore
    expect(featureTable(rows, { id: "id", features: ["age", "vip"] })).toEqual({
      ids: ["a", "b", "c"],
      names: ["age", "vip"],
      values: Float64Array.of(31, 1, NaN, 0, NaN, NaN),
    });
  });

  it("reads through functions and turns numeric ids into strings", () => {
    const rows = [{ customer: { key: 17 }, spent: [2, 3] }, { customer: { key: 5n }, spent: [4] }]; // prettier-ignore
    type Row = (typeof rows)[number];
    const table = featureTable(rows, { id: (r: Row) => r.customer.key, features: { total: (r: Row) => r.spent.reduce((a, b) => a + b) } }); // prettier-ignore
    expect([table.ids, [...table.values]]).toEqual([["17", "5"], [5, 4]]); // prettier-ignore
  });

  it("takes hostile ids and features as they are, and reads only own properties", () => {
    const rows = [JSON.parse('{"id": "__proto__", "constructor": 1}') as object, { id: "constructor" }];
    const table = featureTable(rows, { id: "id", features: ["constructor", "toString"] });
    expect(table.ids).toEqual(["__proto__", "constructor"]);
    expect([...table.values]).toEqual([1, NaN, NaN, NaN]);
  });

  it("makes an empty table of no rows", () => {
    expect(featureTable([], { id: "id", features: ["age"] })).toEqual({ ids: [], names: ["age"], values: new Float64Array(0) }); // prettier-ignore
  });

  it.each<[string, object, string]>([
    ["text in a number's place", { id: "b", age: "31" }, "rows[1].age"],
    ["an infinite number", { id: "b", age: Infinity }, "rows[1].age"],
    ["a missing id", { age: 3 }, "rows[1].id"],
    ["an empty id", { id: "", age: 3 }, "rows[1].id"],
    ["an id of another type", { id: {}, age: 3 }, "rows[1].id"],
    ["a row that is no object", 31 as never, "rows[1]"],
    ["a repeated id", { id: "a", age: 3 }, "table.ids[1]"],
  ])("refuses %s with its position and without quoting it", (_, row, path) => {
    const error = refusalOf(() => featureTable([{ id: "a", age: 1 }, row], { id: "id", features: ["age"] }));
    expect([error.code, error.path]).toEqual(["invalid-value", path]);
    expect(error.message).not.toContain("31");
  });

  it("refuses rows that cannot be iterated", () => {
    for (const bad of [undefined, null, 5, "rows", {}, new Date(0)]) {
      expectRefusal(() => featureTable(bad as never, { id: "id", features: [] }), "shape-mismatch", "rows");
    }
  });

  it("refuses columns it cannot read", () => {
    expectRefusal(() => featureTable([], { id: 3 as never, features: [] }), "invalid-option", "columns.id");
    expectRefusal(() => featureTable([], { id: "id", features: { a: 1 } as never }), "invalid-option");
    expectRefusal(() => featureTable([], { id: "id", feature: [] } as never), "unknown-option", "columns.feature");
    expectRefusal(() => featureTable([], { id: "id", features: ["a", "a"] }), "invalid-value", "table.names[1]");
  });
});

describe("fromMatrix", () => {
  const rows = [[1, 2], [3, 4], [5, 6]]; // prettier-ignore
  const table = fromMatrix(rows);

  it("takes rows, a flat array and an ml-matrix matrix alike", () => {
    expect(table).toEqual({ ids: ["0", "1", "2"], names: ["x0", "x1"], values: Float64Array.of(1, 2, 3, 4, 5, 6) });
    expect(fromMatrix(Float64Array.of(1, 2, 3, 4, 5, 6), { columns: 2 })).toEqual(table);
    expect(fromMatrix(new Matrix(rows))).toEqual(table);
    expect(fromMatrix(rows.map((row) => Float64Array.from(row)))).toEqual(table);
  });

  it("takes typed arrays of any numbers, flat or by row, and refuses bigints", () => {
    const flat = [1, 2, 3, 4, 5, 6];
    for (const kind of [Float32Array, Int32Array, Uint32Array, Int16Array, Uint8Array]) {
      expect(fromMatrix(kind.from(flat), { columns: 2 })).toEqual(table);
      expect(fromMatrix(rows.map((row) => kind.from(row)))).toEqual(table);
    }
    const bigints = BigInt64Array.of(1n) as never;
    expectRefusal(() => fromMatrix(bigints, { columns: 1 }), "shape-mismatch", "values");
    expectRefusal(() => fromMatrix([bigints]), "shape-mismatch", "values[0]");
    expectRefusal(() => fromMatrix(new DataView(new ArrayBuffer(8)) as never), "shape-mismatch", "values");
  });

  it("copies: changing the input later changes no table", () => {
    const flat = Float64Array.of(1, 2);
    const copied = fromMatrix(flat, { columns: 2 });
    flat[0] = 99;
    expect(copied.values[0]).toBe(1);
  });

  it("keeps NaN as missing and refuses infinity with its cell", () => {
    expect(fromMatrix([[NaN]]).values).toEqual(Float64Array.of(NaN));
    expectRefusal(() => fromMatrix([[1], [-Infinity]]), "invalid-value", "values[1, 0]");
  });

  it("refuses ragged rows, a length that does not divide, and cells that are not numbers", () => {
    expectRefusal(() => fromMatrix([[1, 2], [3]]), "shape-mismatch", "values[1]");
    expectRefusal(() => fromMatrix(new Float64Array(5), { columns: 2 }), "shape-mismatch", "values");
    expectRefusal(() => fromMatrix(new Float64Array(4)), "invalid-option", "options.columns");
    expectRefusal(() => fromMatrix([["1"]] as never), "invalid-value", "values[0, 0]");
    const sparse: number[] = new Array<number>(2);
    expectRefusal(() => fromMatrix([[1, 2], sparse]), "invalid-value", "values[1, 0]");
    for (const bad of [null, 3, "x", {}]) expectRefusal(() => fromMatrix(bad as never), "shape-mismatch", "values");
  });

  it("refuses ids and names that do not fit or repeat", () => {
    expectRefusal(() => fromMatrix(rows, { ids: ["a"] }), "shape-mismatch", "table.values");
    expectRefusal(() => fromMatrix(rows, { names: ["a"] }), "shape-mismatch", "values[0]");
    expectRefusal(() => fromMatrix(rows, { ids: ["a", "b", "a"] }), "invalid-value", "table.ids[2]");
  });

  it("makes empty tables", () => {
    expect(fromMatrix([])).toEqual({ ids: [], names: [], values: new Float64Array(0) });
    expect(fromMatrix([], { names: ["age"] }).names).toEqual(["age"]);
  });
});

describe("column and checkFinite", () => {
  it("take a feature out and refuse an unknown one", () => {
    const table = fromMatrix([[1, 2], [3, 4]], { names: ["age", "income"] }); // prettier-ignore
    expect(column(table, "income")).toEqual(Float64Array.of(2, 4));
    expectRefusal(() => column(table, "wage"), "invalid-option", "name");
    expectRefusal(() => column({ ids: [] } as never, "wage"), "shape-mismatch", "table");
  });

  it("name the first cell that is missing", () => {
    expectRefusal(() => checkFinite("f", fromMatrix([[1, 2], [3, NaN]])), "invalid-value", "table.values[1, 1]"); // prettier-ignore
  });
});
