import { randomOf } from "clientele/core";
import { chooseK, measureGap } from "clientele/segments";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import { crowd } from "../support/crowds.ts";

// How often chooseK passes one crowd off as segments, and how often it doubts segments that are there.

/** Rows drawn one by one. */
function drawn(
  rows: number,
  seed: number,
  draw: (random: ReturnType<typeof randomOf>, row: number) => number[],
): FeatureTable {
  // prettier-ignore
  const random = randomOf(seed, rows);
  return fromMatrix(Array.from({ length: rows }, (_, row) => draw(random, row)));
}

const oneCrowd: Readonly<Record<string, (seed: number) => FeatureTable>> = {
  "a square of 20": (seed) => crowd("uniform", 20, 2, seed),
  "a square of 150": (seed) => crowd("uniform", 150, 2, seed),
  "a cube of 150": (seed) => crowd("uniform", 150, 3, seed),
  "a Gaussian of 20": (seed) => crowd("gaussian", 20, 2, seed),
  "a Gaussian of 150": (seed) => crowd("gaussian", 150, 4, seed),
  "a long Gaussian": (seed) => crowd("correlated", 150, 2, seed),
  "a line in the plane": (seed) =>
    drawn(150, seed, (random) => {
      const x = random.next();
      return [x, 2 * x + 0.02 * sampleNormal(random)];
    }),
  "whole numbers, many of them equal": (seed) => drawn(150, seed, (random) => [random.integer(20), random.integer(20)]),
};

const segments: Readonly<Record<string, (seed: number) => FeatureTable>> = {
  "four blobs": (seed) => crowd("blobs", 120, 2, seed),
  "four blobs of 10 each": (seed) => crowd("blobs", 40, 2, seed),
  "two crowds of unequal size": (seed) =>
    drawn(150, seed, (random, row) => [(row % 5 === 0 ? 9 : 0) + sampleNormal(random), sampleNormal(random)]),
  "three crowds on a line": (seed) => drawn(150, seed, (random, row) => [10 * (row % 3) + sampleNormal(random)]),
};

const seeds = Array.from({ length: 12 }, (_, seed) => seed);
const isNoted = (table: FeatureTable, seed: number): boolean =>
  chooseK(table, { to: 5, restarts: 2, seed }).notes.some(({ code }) => code === "no-structure");

describe("the note no-structure", () => {
  it.each(Object.entries(oneCrowd))("is there for %s, twelve times of twelve", (_, draw) => {
    expect(seeds.filter((seed) => isNoted(draw(seed), seed))).toEqual(seeds);
  });

  it.each(Object.entries(segments))("is not there for %s, twelve times of twelve", (_, draw) => {
    expect(seeds.filter((seed) => isNoted(draw(seed), seed))).toEqual([]);
  });
});

describe("the gap statistic", () => {
  it.each(Object.entries(segments))("finds groups in %s", (_, draw) => {
    expect(seeds.filter((seed) => measureGap(draw(seed), { to: 5, draws: 10, seed }).k > 1)).toEqual(seeds);
  });

  it("finds one group in most crowds without any", () => {
    const found = seeds.map((seed) => measureGap(oneCrowd["a Gaussian of 150"](seed), { to: 5, draws: 10, seed }).k);
    expect(found).toEqual(seeds.map(() => 1));
  });
});
