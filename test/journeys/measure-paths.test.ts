import { measurePaths, type PathsReport } from "clientele/journeys";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

/** One character per event: `logOfPaths("abc", "ab")`. */
const logOfPaths = (...paths: string[]): EventLog =>
  logOf(paths.flatMap((path, p) => Array.from(path, (type, i): Happening => [`c${p}`, type, i])));
const told = ({ sequences }: PathsReport): string[] =>
  sequences.map(({ steps, paths, occurrences }) => `${steps.join("")} ${paths} ${occurrences}`);

const crowds = fc.array(
  fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 7 }).map((list) => list.join("")),
  { minLength: 1, maxLength: 8 },
);
const settings = fc
  .record({ maxLength: fc.integer({ min: 1, max: 5 }), minLength: fc.integer({ min: 1, max: 2 }), minSupport: fc.integer({ min: 1, max: 3 }) })
  .filter(({ minLength, maxLength }) => minLength <= maxLength); // prettier-ignore

/** Every sequence over the letters, up to a length. */
function wordsOf(longest: number): string[] {
  const words: string[][] = [[""]];
  for (let length = 1; length <= longest; length++) {
    words.push(words[length - 1].flatMap((word) => ["a", "b", "c"].map((letter) => word + letter)));
  }
  return words.slice(1).flat();
}

const hasSteps = (path: string, word: string): boolean => {
  let k = 0;
  for (const letter of path) if (letter === word[k]) k++;
  return k === word.length;
};
const overlapping = (path: string, word: string): number =>
  Array.from(path).filter((_, i) => path.startsWith(word, i)).length;
/** As often as a whole word fits before the next begins: the word repeated until it is no subsequence. */
const inTurn = (path: string, word: string): number => {
  let times = 0;
  while (hasSteps(path, word.repeat(times + 1))) times++;
  return times;
};
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const byRank = (a: [string, number, number], b: [string, number, number]): number =>
  b[1] - a[1] || (a[0] < b[0] ? -1 : 1);

describe("measurePaths", () => {
  it("counts every run of steps that enough paths have, as looking for each word in each path does", () => {
    fc.assert(
      fc.property(crowds, settings, (paths, options) => {
        const expected = wordsOf(options.maxLength)
          .map((word): [string, number, number] => {
            const having = paths.filter((path) => path.includes(word));
            return [word, having.length, sumOf(having.map((path) => overlapping(path, word)))];
          })
          .filter(([word, count]) => count >= options.minSupport && word.length >= options.minLength)
          .sort(byRank);
        const report = measurePaths(logOfPaths(...paths), options);
        expect(told(report)).toEqual(expected.map((parts) => parts.join(" ")));
        expect(report.notes).toEqual([]);
      }),
    );
  });

  it("finds exactly the closed subsequences: no longer one that has them is in as many paths", () => {
    fc.assert(
      fc.property(crowds, settings, (paths, options) => {
        const supports = new Map(wordsOf(options.maxLength).map((word) => [word, paths.filter((path) => hasSteps(path, word)).length])); // prettier-ignore
        const all = [...supports].filter(([, count]) => count >= options.minSupport);
        const closed = all.filter(([word, count]) => !all.some(([longer, other]) => other === count && longer.length > word.length && hasSteps(longer, word))); // prettier-ignore
        const expected = closed
          .filter(([word]) => word.length >= options.minLength)
          .map(([word, count]): [string, number, number] => [
            word,
            count,
            sumOf(paths.map((path) => inTurn(path, word))),
          ])
          .sort(byRank);
        const report = measurePaths(logOfPaths(...paths), { ...options, kind: "subsequence" });
        expect(told(report)).toEqual(expected.map((parts) => parts.join(" ")));
      }),
    );
  });

  it("keeps the most frequent when there are more than the limit, the same that the whole list begins with, and says so", () => {
    fc.assert(
      fc.property(
        crowds,
        fc.constantFrom("contiguous" as const, "subsequence" as const),
        fc.integer({ min: 1, max: 9 }),
        (paths, kind, limit) => {
          const log = logOfPaths(...paths);
          const all = measurePaths(log, { maxLength: 4, minSupport: 1, kind });
          const cut = measurePaths(log, { maxLength: 4, minSupport: 1, kind, limit });
          expect(cut.sequences).toEqual(all.sequences.slice(0, limit));
          if (all.sequences.length > limit) expect(cut.notes.map(({ code }) => code)).toEqual(["truncated"]);
        },
      ),
    );
  });

  it("tells the most frequent whole paths, ties by their steps", () => {
    const { variants, distinctVariants, paths, steps } = measurePaths(logOfPaths("ab", "b", "ab", "a", "abc"), { maxLength: 1, minSupport: 1, variants: 3 }); // prettier-ignore
    expect(variants).toEqual([
      { steps: ["a", "b"], paths: 2, share: 0.4 },
      { steps: ["a"], paths: 1, share: 0.2 },
      { steps: ["a", "b", "c"], paths: 1, share: 0.2 },
    ]);
    expect([distinctVariants, paths, steps]).toEqual([4, 5, 9]);
    expect(measurePaths(logOfPaths("ab"), { maxLength: 1, minSupport: 1, variants: 0 }).variants).toEqual([]);
  });

  it("takes a share below 1 to mean exactly that share of paths, however it is rounded", () => {
    // 0.07 · 100 is 7.000000000000001 in floating point, and 7 of 100 paths are 7 %.
    const log = logOfPaths(...Array.from({ length: 100 }, (_, i) => (i < 7 ? "a" : "b")));
    const report = measurePaths(log, { maxLength: 2, minSupport: 0.07 });
    expect([report.minPaths, told(report)]).toEqual([7, ["b 93 93", "a 7 7"]]);
    expect(measurePaths(log, { maxLength: 2, minSupport: 0.0701 }).minPaths).toBe(8);
    expect(measurePaths(log, { maxLength: 2, minSupport: 8 }).sequences).toHaveLength(1);
    expect(measurePaths(log, { maxLength: 2, minSupport: 1e-9 }).minPaths).toBe(1);
  });

  it("gives nothing for a log without events, and leaves out events that are no states", () => {
    const empty = measurePaths(logOf([]), { maxLength: 3, minSupport: 0.5, kind: "subsequence" });
    expect(empty).toMatchObject({ sequences: [], variants: [], paths: 0, steps: 0, distinctVariants: 0, notes: [] });
    const some = measurePaths(logOfPaths("axxb", "x"), { maxLength: 2, minSupport: 1, states: ["b", "a"] });
    expect([told(some), some.ignored, some.emptied]).toEqual([["b 1 1", "a 1 1", "ab 1 1"], 3, 1]);
    const once = measurePaths(logOfPaths("aab"), { maxLength: 2, minSupport: 1, selfLoops: "collapse" });
    expect(told(once)).toEqual(["a 1 1", "ab 1 1", "b 1 1"]);
  });

  it("keeps hostile names apart", () => {
    const log = logOf([["ann", "__proto__", 0], ["ann", "constructor", 1], ["bob", "__proto__", 0], ["bob", "constructor", 1]]); // prettier-ignore
    const { sequences } = measurePaths(log, { maxLength: 2, minSupport: 2, kind: "subsequence" });
    expect(sequences).toEqual([{ steps: ["__proto__", "constructor"], paths: 2, share: 1, occurrences: 2 }]);
  });

  it("ends on a path of 100,000 steps and 10,000 states, with a list of bounded length", () => {
    const long = logOf(Array.from({ length: 100_000 }, (_, i): Happening => ["ann", `s${(i * i) % 10_007}`, i]));
    const grams = measurePaths(long, { maxLength: 5, minSupport: 1 });
    expect([grams.sequences.length, grams.notes[0].code]).toEqual([1000, "truncated"]);
    const gapped = measurePaths(long, { maxLength: 3, minSupport: 1, kind: "subsequence", limit: 20 });
    expect(gapped.sequences).toHaveLength(20);
  });

  it("refuses lengths that contradict each other", () => {
    expectRefusal(() => measurePaths(logOfPaths("a"), { maxLength: 2, minLength: 3, minSupport: 1 }), "invalid-option", "options.minLength"); // prettier-ignore
  });
});
