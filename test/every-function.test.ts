import * as actions from "clientele/actions";
import * as anomalies from "clientele/anomalies";
import * as charts from "clientele/charts";
import * as core from "clientele/core";
import * as events from "clientele/events";
import * as experiments from "clientele/experiments";
import * as features from "clientele/features";
import * as journeys from "clientele/journeys";
import * as numeric from "clientele/numeric";
import * as predictions from "clientele/predictions";
import * as report from "clientele/report";
import * as segments from "clientele/segments";
import * as simulate from "clientele/simulate";
import * as tables from "clientele/tables";
import * as trends from "clientele/trends";
import { describe, expect, it } from "vitest";
import { bitsOf, freezeDeep, oddNumbers, partsOf } from "./support/inspect.ts";
import { expectRefusal } from "./support/refusal.ts";
import { samples } from "./support/samples.ts";

// The promises every public function keeps, run over one ordinary call of each (test/support/samples.ts). What is
// special about a function is tested beside its mirror.
const rooms: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  core,
  numeric,
  tables,
  events,
  features,
  segments,
  journeys,
  predictions,
  anomalies,
  trends,
  experiments,
  actions,
  charts,
  report,
  simulate,
};

const isClass = (value: unknown): boolean => typeof value === "function" && /^class\b/.test(String(value));
const functionsOf = (room: string): string[] =>
  Object.keys(rooms[room]).filter((name) => typeof rooms[room][name] === "function" && !isClass(rooms[room][name]));

describe.each(Object.keys(rooms))("every function of %s", (room) => {
  const roomSamples = samples[room] ?? {};

  it("has a sample call, and no sample is left over", () => {
    expect(Object.keys(roomSamples).sort()).toEqual(functionsOf(room).sort());
  });

  // A function without a sample has failed above.
  describe.each(functionsOf(room).filter((name) => Object.hasOwn(roomSamples, name)))("%s", (name) => {
    const sample = roomSamples[name];
    const call = (args: readonly unknown[]): unknown => (rooms[room][name] as (...args: unknown[]) => unknown)(...args);

    // An exception is not a skipped test: it is declared in the sample, with its reason.
    const unless =
      (exception: unknown) =>
      (title: string, test: () => void): void => {
        if (!exception) it(title, test);
      };

    it("leaves its input untouched, even when it is frozen", () => {
      const args = freezeDeep(sample.args());
      const before = bitsOf(args);
      call(args);
      expect(bitsOf(args)).toBe(before);
    });

    it("gives the same bits twice", () => {
      expect(bitsOf(call(sample.args()))).toBe(bitsOf(call(sample.args())));
    });

    it("returns nothing that is shared with its input", () => {
      const args = sample.args();
      const inputs = partsOf(args);
      const shared = [...partsOf(call(args))].filter((part) => inputs.has(part));
      expect(shared).toEqual([]);
    });

    unless(sample.notPlain)("returns plain data that survives structuredClone", () => {
      const result = call(sample.args());
      expect(bitsOf(structuredClone(result))).toBe(bitsOf(result));
    });

    unless(sample.oddNumbers)("returns finite numbers only", () => {
      expect(oddNumbers(call(sample.args()))).toEqual([]);
    });

    const refusals = Object.entries(sample.options ?? {}).flatMap(([key, row]) =>
      row.refused.map((value) => [key, value] as const),
    );
    unless(refusals.length === 0)("refuses every bad option value with its path, and takes undefined as absent", () => {
      const args = sample.args();
      const [data, options] = [args.slice(0, -1), args.at(-1) as object];
      for (const [key, value] of refusals) {
        expectRefusal(() => call([...data, { ...options, [key]: value }]), "invalid-option", `options.${key}`);
      }
      expectRefusal(() => call([...data, { ...options, noSuchOption: 1 }]), "unknown-option", "options.noSuchOption");
      const absent = Object.keys(sample.options!).filter((key) => !Object.hasOwn(options, key));
      const explicit = Object.fromEntries(absent.map((key) => [key, undefined]));
      expect(bitsOf(call([...data, { ...options, ...explicit }]))).toBe(bitsOf(call(args)));
    });
  });
});
