import { describe, expect, it } from "vitest";
import { densityGroups, fitsDensityGroups } from "../../src/numeric/density-groups.ts";

describe("densityGroups", () => {
  it("has groups for core points and for those on their border", () => {
    const values = Float64Array.of(0, 1, 2, 9, 3.5, 5);
    const { groups, core } = densityGroups(values, 6, 1, 1.5, 3);
    expect([...core]).toEqual([0, 1, 1, 0, 1, 0]);
    expect(new Set([groups[0], groups[1], groups[2], groups[4], groups[5]]).size).toBe(1);
    expect(groups[3]).toBe(-1);
    expect(densityGroups(values, 0, 1, 1, 1)).toEqual({ groups: new Int32Array(0), core: new Uint8Array(0) });
  });
});

describe("fitsDensityGroups", () => {
  it("tells before anything is allocated whether the search fits in 4 GiB", () => {
    expect(fitsDensityGroups(1_000_000, 150)).toBe(true);
    expect(fitsDensityGroups(1_000_000, 200)).toBe(false);
    expect(fitsDensityGroups(100_000_000, 2)).toBe(false);
  });
});
