import { describe, expect, it } from "vitest";
import * as rows from "../../src/core/options.ts";
import { type OptionTable, readOptions } from "../../src/core/options.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

interface Sample {
  readonly k: number;
  readonly restarts?: number | undefined;
  readonly method?: "fast" | "exact" | undefined;
  readonly weights?: string | undefined;
}

const table: OptionTable<Sample, "weights"> = {
  k: rows.integer({ min: 1, max: 4 }),
  restarts: rows.integer({ min: 1, default: 10 }),
  method: rows.oneOf(["fast", "exact"], { default: "fast" }),
  weights: rows.text({ optional: true }),
};
const read = (options: unknown): unknown => readOptions("sample", table, options as Sample);

describe("readOptions", () => {
  it("fills in defaults and leaves optional keys absent", () => {
    expect(read({ k: 2 })).toEqual({ k: 2, restarts: 10, method: "fast", weights: undefined });
  });

  it("treats undefined as absent instead of overwriting the default", () => {
    expect(read({ k: 2, restarts: undefined, method: undefined })).toEqual(read({ k: 2 }));
  });

  it("refuses a missing required option, also when no options are given at all", () => {
    expectRefusal(() => read({}), "invalid-option", "options.k");
    expectRefusal(() => read(undefined), "invalid-option", "options.k");
    expectRefusal(() => read({ k: undefined }), "invalid-option", "options.k");
  });

  it("says the range of a number that is out of it", () => {
    expect(refusalOf(() => read({ k: 9 })).message).toBe("sample: options.k must be an integer in [1, 4]; got 9");
  });

  it("refuses an unknown key and suggests the one that was meant", () => {
    const error = refusalOf(() => read({ k: 2, restart: 3 }));
    expect(error.code).toBe("unknown-option");
    expect(error.message).toBe(
      "sample: options.restart is not an option; expected one of k, restarts, method, weights (did you mean restarts?)",
    );
    expect(refusalOf(() => read({ k: 2, zzzzzz: 3 })).message).not.toContain("did you mean");
  });

  it("refuses an unknown key even when its value is undefined: a typo is a typo", () => {
    expectRefusal(() => read({ k: 2, restart: undefined }), "unknown-option", "options.restart");
  });

  it("refuses anything that is not an options object", () => {
    for (const bad of [null, 3, "k", [2], () => 2]) expectRefusal(() => read(bad), "invalid-option", "options");
  });

  it("refuses keys that only a hostile object has", () => {
    expectRefusal(() => read(JSON.parse('{"k": 2, "__proto__": {"restarts": 3}}')), "unknown-option");
    expectRefusal(() => read({ k: 2, constructor: 1 }), "unknown-option", "options.constructor");
  });

  it("reads a getter once, so it cannot answer the check and the use differently", () => {
    let reads = 0;
    const options = { get k() { return ++reads; } }; // prettier-ignore
    expect(read(options)).toMatchObject({ k: 1 });
    expect(reads).toBe(1);
  });
});

describe("option rows", () => {
  const kinds = {
    integer: rows.integer({ min: 0, max: 9 }),
    real: rows.real({ above: 0, below: 1 }),
    seed: rows.seed(),
    instant: rows.instant(),
    timeZone: rows.timeZone(),
    flag: rows.flag(),
    oneOf: rows.oneOf(["a", "b"]),
    text: rows.text(),
    texts: rows.texts(),
    textOrTexts: rows.textOrTexts(),
    custom: rows.custom<number>("1", (value) => value === 1, [2]),
  };

  it.each(Object.entries(kinds))("%s accepts none of the values it lists as refused", (_, row) => {
    expect(row.refused.length).toBeGreaterThan(0);
    expect(row.refused.filter((value) => row.accepts(value))).toEqual([]);
  });

  it.each([
    [kinds.integer, [0, 9]],
    [kinds.real, [0.5, 1e-300]],
    [kinds.seed, [-1, 42, 4294967295]],
    [kinds.instant, [0, -1.5, 8.64e15]],
    [kinds.timeZone, ["UTC", "Europe/Berlin", "Australia/Lord_Howe"]],
    [kinds.flag, [true, false]],
    [kinds.oneOf, ["a", "b"]],
    [kinds.text, ["", "__proto__"]],
    [kinds.texts, [["a"], ["a", ""]]],
    [kinds.textOrTexts, ["a", ["a"]]],
  ])("a row accepts the values it describes", (row, good) => {
    expect((good as unknown[]).filter((value) => !row.accepts(value))).toEqual([]);
  });

  it("describes open and closed ranges as mathematicians write them", () => {
    expect(rows.real({ above: 0, max: 1 }).expected).toBe("a number in (0, 1]");
    expect(rows.integer({ min: 1 }).expected).toBe("an integer in [1, ∞)");
    expect(rows.real().expected).toBe("a number");
  });
});
