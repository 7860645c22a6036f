import { filterRows, fromMatrix, joinFeatures, selectFeatures, toRows } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const age = { ...fromMatrix([[31], [45]], { ids: ["a", "b"], names: ["age"] }), units: { age: "year" } };
const orders = fromMatrix([[2, 20], [3, 30]], { ids: ["b", "c"], names: ["orders", "revenue"] }); // prettier-ignore

describe("joinFeatures", () => {
  it("keeps everyone by default and marks what is unknown as missing", () => {
    expect(joinFeatures([age, orders])).toEqual({
      ids: ["a", "b", "c"],
      names: ["age", "orders", "revenue"],
      values: Float64Array.of(31, NaN, NaN, 45, 2, 20, NaN, 3, 30),
      units: { age: "year" },
    });
  });

  it("keeps only customers that every table knows when asked", () => {
    expect(joinFeatures([age, orders], { how: "inner" })).toMatchObject({
      ids: ["b"],
      values: Float64Array.of(45, 2, 20),
    });
  });

  it("returns a copy of a single table", () => {
    const joined = joinFeatures([age]);
    expect(joined).toEqual(age);
    expect(joined.values).not.toBe(age.values);
    expect(joined.ids).not.toBe(age.ids);
  });

  it("refuses no tables and features of the same name", () => {
    expectRefusal(() => joinFeatures([]), "too-few-rows", "tables");
    expectRefusal(() => joinFeatures(undefined as never), "shape-mismatch", "tables");
    expectRefusal(() => joinFeatures([age, age]), "invalid-value", "table.names[1]");
    expectRefusal(() => joinFeatures([age, {} as never]), "shape-mismatch", "tables[1]");
    expectRefusal(() => joinFeatures(new Array<never>(2)), "shape-mismatch", "tables[0]");
  });

  it("refuses a table made by hand in which an id repeats, rather than lose a row", () => {
    const twice = { ids: ["a", "a"], names: ["visits"], values: Float64Array.of(1, 2) };
    expectRefusal(() => joinFeatures([age, twice]), "invalid-value", "tables[1].ids[1]");
  });
});

describe("selectFeatures and filterRows", () => {
  it("keep the order that is asked for, and units", () => {
    expect(selectFeatures(orders, ["revenue", "orders"]).values).toEqual(Float64Array.of(20, 2, 30, 3));
    expect(selectFeatures(age, ["age"]).units).toEqual({ age: "year" });
    expect(selectFeatures(orders, []).values).toEqual(new Float64Array(0));
  });

  it("keep rows by mask or by function", () => {
    expect(filterRows(orders, Uint8Array.of(0, 1)).ids).toEqual(["c"]);
    expect(filterRows(orders, (row) => orders.values[row * 2] === 2).values).toEqual(Float64Array.of(2, 20));
    expect(filterRows(orders, () => false)).toEqual({ ids: [], names: ["orders", "revenue"], values: new Float64Array(0) }); // prettier-ignore
  });

  it("refuse unknown and repeated features and masks of another length", () => {
    expectRefusal(() => selectFeatures(orders, ["age"]), "invalid-option", "names[0]");
    expectRefusal(() => selectFeatures(orders, ["orders", "orders"]), "invalid-value", "table.names[1]");
    for (const bad of [undefined, null, "orders", [1]]) {
      expectRefusal(() => selectFeatures(orders, bad as never), "invalid-value", "names");
    }
    expectRefusal(() => filterRows(orders, new Uint8Array(3)), "shape-mismatch", "keep");
  });
});

describe("toRows", () => {
  it("gives one object per customer, also for a feature called __proto__", () => {
    expect(toRows(orders)).toEqual([{ id: "b", orders: 2, revenue: 20 }, { id: "c", orders: 3, revenue: 30 }]); // prettier-ignore
    const hostile = toRows(fromMatrix([[7]], { names: ["__proto__"] }));
    expect(Object.entries(hostile[0])).toEqual([["id", "0"], ["__proto__", 7]]); // prettier-ignore
  });

  it("refuses a feature called id, which would take the place of the customer's", () => {
    expectRefusal(() => toRows(fromMatrix([[7, 8]], { names: ["x", "id"] })), "invalid-value", "table.names[1]");
  });
});
