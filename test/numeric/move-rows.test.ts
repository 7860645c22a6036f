import { describe, expect, it } from "vitest";
import { gather, scatterColumn, scatterEvents } from "../../src/numeric/move-rows.ts";

describe("gather", () => {
  it("copies the asked rows of numbers and of codes, repeats included", () => {
    const order = Uint32Array.of(2, 0, 2);
    expect(gather(Float64Array.of(0.5, NaN, -0), order)).toEqual(Float64Array.of(-0, 0.5, -0));
    expect(gather(Uint32Array.of(7, 8, 0xffffffff), order)).toEqual(Uint32Array.of(0xffffffff, 7, 0xffffffff));
    expect(gather(Float64Array.of(1), new Uint32Array(0))).toEqual(new Float64Array(0));
  });
});

describe("scatterEvents and scatterColumn", () => {
  // Codes 0 and 1 share a bucket, 2 and 3 the next.
  const scatter = { codes: Uint32Array.of(3, 0, 2, 1, 0), shift: 1, starts: Uint32Array.of(0, 3, 5) };
  const time = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5);
  const type = Uint32Array.of(10, 11, 12, 13, 14);

  it("bring rows into the buckets of their codes, in the order of arrival", () => {
    expect(scatterEvents(scatter, { customer: scatter.codes, type, time, value: time })).toEqual({
      customer: Uint32Array.of(0, 1, 0, 3, 2),
      type: Uint32Array.of(11, 13, 14, 10, 12),
      time: Float64Array.of(0.2, 0.4, 0.5, 0.1, 0.3),
      value: Float64Array.of(0.2, 0.4, 0.5, 0.1, 0.3),
    });
    expect(scatterColumn(scatter, type)).toEqual(Uint32Array.of(11, 13, 14, 10, 12));
    expect(scatterColumn(scatter, time)).toEqual(Float64Array.of(0.2, 0.4, 0.5, 0.1, 0.3));
  });

  it("move no values where there are none, and leave the starts as they are", () => {
    expect(scatterEvents(scatter, { customer: scatter.codes, type, time, value: undefined }).value).toBeUndefined();
    expect(scatter.starts).toEqual(Uint32Array.of(0, 3, 5));
  });
});
