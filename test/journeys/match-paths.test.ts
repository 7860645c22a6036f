import { sessionize } from "clientele/events";
import { matchPaths, measureFunnel } from "clientele/journeys";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileNames } from "../support/hostile.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

/** One character per event: `logOfPaths("abc", "ab")`. */
const logOfPaths = (...paths: string[]): EventLog =>
  logOf(paths.flatMap((path, p) => Array.from(path, (type, i): Happening => [`c${p}`, type, 10 * p + i])));
const matches = (pattern: string, ...paths: string[]): number[] =>
  Array.from(matchPaths(logOfPaths(...paths), { pattern }).matched);

type Token = { text: string; regex: string };
const one = (text: string, regex: string): Token => ({ text, regex });
// The same token for paths of events and for a string of characters; < and > stand for the start and the end.
const singles: fc.Arbitrary<Token> = fc.constantFrom(
  one("a", "a"),
  one("b", "b"),
  one('"c"', "c"),
  one(".", "[^<>]"),
  one("[a|b]", "[ab]"),
  one("[^a]", "[^a<>]"),
  one("[^a|(end)]", "[^a<>]"),
  one("[a|(end)]", "[a>]"),
  one("(start)", "<"),
  one("(end)", ">"),
);
const tokens = fc.tuple(singles, fc.boolean()).map(([{ text, regex }, isRun]) => one(isRun ? `${text}*` : text, isRun ? `${regex}*` : regex)); // prettier-ignore
const patterns = fc
  .record({ from: fc.constantFrom("", "^"), list: fc.array(tokens, { minLength: 1, maxLength: 5 }), to: fc.constantFrom("", "$") })
  .map(({ from, list, to }) => ({
    text: from + list.map(({ text }) => text).join(" -> ") + to,
    regex: (from && "<") + list.map(({ regex }) => regex).join("") + (to && ">"),
  })); // prettier-ignore
const words = fc
  .array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 7 })
  .map((list) => list.join(""));

describe("matchPaths", () => {
  it("finds the same paths as a regular expression over one character per event", () => {
    fc.assert(
      fc.property(patterns, fc.array(words, { minLength: 1, maxLength: 6 }), ({ text, regex }, paths) => {
        const expression = new RegExp(regex, "u");
        const expected = paths.map((path) => (expression.test(`<${path}>`) ? 1 : 0));
        expect(matches(text, ...paths)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it("says of a sequential funnel what the funnel says of itself", () => {
    const happenings = fc.array(
      fc.tuple(
        fc.constantFrom("ann", "bob", "cem"),
        fc.constantFrom("home", "cart", "paid", "__proto__"),
        fc.integer({ min: 0, max: 30 }).map((at) => at * 600_000),
      ),
      { maxLength: 40 },
    );
    const lists = fc.array(fc.constantFrom("home", "cart", "paid", "__proto__"), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(happenings, lists, fc.boolean(), (rows, steps, bySession) => {
        const log = logOf(rows);
        const per = bySession ? sessionize(log) : undefined;
        const funnel = measureFunnel(log, { steps, per });
        funnel.steps.forEach(({ count }, n) => {
          const pattern = [".*", ...steps.slice(0, n + 1).flatMap((name) => [name, ".*"])].join("->");
          expect(matchPaths(log, { pattern, per }).count).toBe(count);
        });
      }),
    );
  });

  it("reads the patterns of retentioneering's documentation as it explains them", () => {
    // A row of its tables each; a path is written with one character per event.
    expect(matches("a->b", "ab", "axb")).toEqual([1, 0]);
    expect(matches("a->.*->b", "ab", "axb", "ba")).toEqual([1, 1, 0]);
    expect(matches("a->.->b", "ab", "axb", "axxb")).toEqual([0, 1, 0]);
    expect(matches("[a|b]->c", "ac", "bc", "xc")).toEqual([1, 1, 0]);
    expect(matches("a->[^b]", "ab", "ax", "a")).toEqual([0, 1, 0]); // the end is no event
    expect(matches(".->a", "a", "xa")).toEqual([0, 1]); // neither is the start
    expect(matches("a->[^x]*->b", "ab", "ayb", "axb", "axab")).toEqual([1, 1, 0, 1]);
    expect(matches("a->[c|d]*->b", "acdcb", "acxb")).toEqual([1, 0]);
    expect(matches("(start)->[^x]*->(end)", "ab", "axb")).toEqual([1, 0]);
    expect(matches("[a|b]->(end)", "xa", "ax", "b")).toEqual([1, 0, 1]);
    expect(matches("^[^a]", "ab", "ba")).toEqual([0, 1]);
    expect(matches("a$", "ba", "ab")).toEqual([1, 0]);
  });

  it("tells when the pattern was first complete, and where that match began", () => {
    const log = logOfPaths("xaabab", "b");
    const report = matchPaths(log, { pattern: "a->.*->b" });
    expect(report).toMatchObject({ count: 1, share: 0.5, paths: 2, notes: [] });
    expect([report.firstStart, report.firstEnd]).toEqual([Float64Array.of(1, NaN), Float64Array.of(3, NaN)]);
    // Where a run must not cross an event, the earlier begin takes part in no match.
    const strict = matchPaths(logOfPaths("axab"), { pattern: "a->[^x]*->b" });
    expect([strict.firstStart[0], strict.firstEnd[0]]).toEqual([2, 3]);
    const whole = matchPaths(log, { pattern: "^.*->b$" });
    expect([Array.from(whole.firstStart), Array.from(whole.firstEnd)]).toEqual([[0, 10], [5, 10]]); // prettier-ignore
    const any = matchPaths(log, { pattern: ".*" });
    expect([any.count, Array.from(any.firstEnd)]).toEqual([2, [0, 10]]);
  });

  it("is aligned with the groups of the partition, also those without a step", () => {
    const log = logOf([["ann", "ad", 0], ["bob", "home", 1], ["bob", "cart", 7_200_000]]); // prettier-ignore
    const report = matchPaths(log, { pattern: "cart", per: sessionize(log), states: ["home", "cart"] });
    expect(report).toMatchObject({ matched: Uint8Array.of(0, 0, 1), count: 1, paths: 2, ignored: 1, emptied: 1 });
    expect(matchPaths(logOf([]), { pattern: "a" })).toMatchObject({ count: 0, share: null, paths: 0 });
  });

  it("finds any name that is quoted as JSON does, and common ones bare", () => {
    const names = [...hostileNames.filter((name) => name.length < 1000), "a->b", "$pageview", "[x]", "a|b", "*", "^", "$", ".", ".*"]; // prettier-ignore
    const log = logOf(names.map((name, i) => [`c${i}`, name, i]));
    names.forEach((name, i) => {
      const { matched, notes } = matchPaths(log, { pattern: JSON.stringify(name) });
      expect([matched.indexOf(1), matched.lastIndexOf(1), notes]).toEqual([i, i, []]);
      const inClass = matchPaths(log, { pattern: `[ ${JSON.stringify(name)} | nobody ]` });
      expect(inClass.matched).toEqual(matched);
    });
    for (const bare of ["$pageview", "__proto__", "constructor", "a.b[0]".slice(0, 3), "客户细分"]) {
      expect(matchPaths(logOf([["ann", bare, 0]]), { pattern: `^ ${bare} $` }).count).toBe(1);
    }
  });

  it("notes names that no path has, and runs that restrict nothing", () => {
    const codes = (pattern: string): string[] => matchPaths(logOfPaths("ab"), { pattern }).notes.map(({ code }) => code); // prettier-ignore
    expect(codes("[^purchse]->a")).toEqual(["unknown-event"]);
    expect(codes("[^b]*->a")).toEqual(["loose-run"]);
    expect(codes("^[^b]*->a")).toEqual([]);
    expect(codes(".*->a->.*")).toEqual([]);
    expect(matchPaths(logOfPaths("ab"), { pattern: "a->zz" }).notes[0].message).toContain("position 3");
  });

  it("stays linear on paths of 100,000 steps with patterns that make others backtrack", () => {
    const long = logOf(Array.from({ length: 100_000 }, (_, i): Happening => ["ann", "a", i]));
    const evil = Array.from({ length: 60 }, () => ["[a|b]*", ".*", "a*"]).flat().join("->"); // prettier-ignore
    expect(matchPaths(long, { pattern: `^${evil}->b$` }).count).toBe(0);
    const many = Array.from({ length: 200 }, () => "a").join("->.*->");
    expect(matchPaths(long, { pattern: many }).firstEnd[0]).toBe(199);
  });

  it("refuses what it cannot read, and says where", () => {
    const places: [string, number][] = [
      ["", 0],
      ["  ", 2],
      ["a->", 3],
      ["->a", 0],
      ["a->->b", 3],
      ["[]", 1],
      ["[^]", 2],
      ["[a|", 3],
      ["[a", 2],
      ["[a->b]", 2],
      ["[a|[b]]", 3],
      ["[a]b", 3],
      ["[a]+", 3],
      ["a|b", 1],
      ["a]", 1],
      ["a->^b", 3],
      ['"a', 2],
      ['"\\x"', 0],
      ['"a"b', 3],
      ["*", 0],
      ["a$->b", -1],
    ];
    for (const [pattern, at] of places) {
      if (at < 0) expect(matches(pattern, "ab")).toEqual([0]);
      else {
        const error = refusalOf(() => matches(pattern, "ab"));
        expect([pattern, error.code, error.path]).toEqual([pattern, "invalid-option", `options.pattern[${at}]`]);
        expect(error.message).toContain(`position ${at}`);
      }
    }
    const long = Array.from({ length: 1001 }, () => "a").join("->");
    expectRefusal(() => matches(long, "a"), "too-large", "options.pattern");
  });
});
