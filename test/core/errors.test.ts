import { ClienteleError } from "clientele/core";
import { describe, expect, it } from "vitest";
import { describeCell, describeValue, refuse } from "../../src/core/errors.ts";
import { refusalOf } from "../support/refusal.ts";

describe("ClienteleError", () => {
  it("generates its message from caller, path, expectation and what was received", () => {
    const error = refusalOf(() => refuse("fitKMeans", "invalid-option", "options.k", "an integer in [1, 4]", "9"));
    expect(error.message).toBe("fitKMeans: options.k must be an integer in [1, 4]; got 9");
    expect(error).toMatchObject({
      code: "invalid-option",
      path: "options.k",
      expected: "an integer in [1, 4]",
      received: "9",
    });
  });

  it("says what a table must have where a number of rows is missing", () => {
    const error = refusalOf(() => refuse("fitKMeans", "too-few-rows", "table", "at least 3 rows", "2"));
    expect(error.message).toBe("fitKMeans: table must have at least 3 rows; got 2");
  });

  it("is an Error with a name, so that loggers and instanceof know it", () => {
    const error = new ClienteleError("f", {
      code: "too-large",
      path: "table",
      expected: "at most 2 rows",
      received: "3",
    });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("ClienteleError");
  });
});

describe("describeValue", () => {
  it("shows numbers and booleans, and only names what could be customer data", () => {
    expect([9, NaN, -0, true, null, undefined].map(describeValue)).toEqual([
      "9",
      "NaN",
      "-0",
      "true",
      "null",
      "undefined",
    ]);
    expect(describeValue("ada@example.com")).toBe("a string");
    expect(describeValue({ email: "ada@example.com" })).toBe("an object");
    expect(describeValue(["ada"])).toBe("an array of length 1");
    expect(describeValue(new Float64Array(3))).toBe("an array of length 3");
    expect(describeValue(Symbol("ada"))).toBe("a symbol");
    expect(describeValue(12n)).toBe("a bigint");
    expect([9, -0, NaN, Infinity, "9"].map(describeCell)).toEqual(["another number", "another number", "NaN", "Infinity", "a string"]); // prettier-ignore
  });
});
