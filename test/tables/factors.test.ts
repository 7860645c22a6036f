import { readEvents, toEvents } from "clientele/events";
import { column, type FactorModel, fitFactors, transformFactors } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";

const customers = [
  { id: "a", plan: "pro", seats: 9, trial: false },
  { id: "b", plan: "basic", seats: 3, trial: true },
  { id: "c", plan: "team", seats: 1, trial: false },
];
const options = { id: "id", numbers: ["seats"], factors: ["plan", "trial"] };

describe("fitFactors and transformFactors", () => {
  it("give every level but the first a column of 0 and 1, behind the numbers", () => {
    const model = fitFactors(customers, options);
    expect(model.features).toEqual(["seats", "plan=pro", "plan=team", "trial=true"]);
    expect(model.factors[0]).toEqual({ name: "plan", levels: ["basic", "pro", "team"], reference: "basic" });
    const table = transformFactors(model, customers);
    expect(table.ids).toEqual(["a", "b", "c"]);
    expect(Array.from(table.values)).toEqual([9, 1, 0, 0, 3, 0, 0, 1, 1, 0, 1, 0]);
  });

  it("number the rows when no property is the id", () => {
    const model = fitFactors(customers, { factors: ["plan"] });
    expect(transformFactors(model, customers).ids).toEqual(["0", "1", "2"]);
  });

  it("compare with the reference that is asked for, and give it a column only on request", () => {
    const reference = { plan: "team" };
    expect(fitFactors(customers, { factors: ["plan"], reference }).features).toEqual(["plan=basic", "plan=pro"]);
    const model = fitFactors(customers, { factors: ["plan"], reference, keepReference: true });
    expect(model.features).toEqual(["plan=basic", "plan=pro", "plan=team"]);
    expect(Array.from(transformFactors(model, customers).values)).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1]);
  });

  it("take levels in the order given, the first as the reference, whether they occur or not", () => {
    const levels = { plan: ["team", "basic", "pro", "free"] };
    const model = fitFactors(customers, { factors: ["plan"], levels });
    expect(model.features).toEqual(["plan=basic", "plan=pro", "plan=free"]);
  });

  it("sort levels that are numbers by size, others by code units", () => {
    const levelsOf = (values: readonly unknown[]): readonly string[] =>
      fitFactors(values.map((value) => ({ value })), { factors: ["value"] }).factors[0].levels; // prettier-ignore
    expect(levelsOf([10, 2, 1.5, -0])).toEqual(["0", "1.5", "2", "10"]);
    expect(levelsOf(["10", "2", "1"])).toEqual(["1", "2", "10"]);
    expect(levelsOf(["10", "2", "x"])).toEqual(["10", "2", "x"]);
    expect(levelsOf([true, false, 3n])).toEqual(["3", "false", "true"]);
  });

  it("keep a missing cell missing in all columns of its factor, or make it a level", () => {
    const rows = [{ plan: "pro" }, { plan: null }, { plan: "basic" }, { plan: "" }, {}, { plan: NaN }];
    const kept = transformFactors(fitFactors(rows, { factors: ["plan"] }), rows);
    expect(Array.from(kept.values)).toEqual([1, NaN, 0, NaN, NaN, NaN]);
    const model = fitFactors(rows, { factors: ["plan"], missing: "level" });
    expect(model.features).toEqual(["plan=pro", "plan=(missing)"]);
    expect(Array.from(transformFactors(model, rows).values)).toEqual([1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1]);
  });

  it("refuse a level that was not there in fitting, make it missing, or count it as none", () => {
    const fit = (unknown: "refuse" | "missing" | "none"): FactorModel =>
      fitFactors(customers, { factors: ["plan"], unknown });
    const rows = [{ plan: "team" }, { plan: "free" }];
    expectRefusal(() => transformFactors(fit("refuse"), rows), "invalid-value", "rows[1].plan");
    expect(Array.from(transformFactors(fit("missing"), rows).values)).toEqual([0, 1, NaN, NaN]);
    expect(Array.from(transformFactors(fit("none"), rows).values)).toEqual([0, 1, 0, 0]);
  });

  it("say which factor has one level only, and give it no column", () => {
    const model = fitFactors([{ a: "x", b: null }], { factors: ["a", "b"] });
    expect(model.features).toEqual([]);
    expect(model.notes.map(({ code }) => code)).toEqual(["constant-factor", "constant-factor"]);
    expect(transformFactors(model, [{ a: "x" }]).values).toHaveLength(0);
  });

  it("learn from no row and encode no row", () => {
    const model = fitFactors([], { factors: ["a"] });
    expect(model.factors).toEqual([{ name: "a", levels: [], reference: null }]);
    expect(transformFactors(fitFactors(customers, options), []).ids).toEqual([]);
  });

  it("read the extra columns of a log's events", () => {
    const events = [
      { who: "a", what: "visit", at: 1, channel: "mail" },
      { who: "b", what: "visit", at: 2, channel: "ads" },
      { who: "a", what: "visit", at: 3, channel: null },
    ];
    const readers = { customer: "who", type: "what", time: "at", extra: { channel: "channel" } };
    const rows = toEvents(readEvents(events, readers).log);
    const table = transformFactors(fitFactors(rows, { factors: ["channel"], missing: "level" }), rows);
    // Sorted by customer, then time: mail, missing, ads.
    expect(Array.from(column(table, "channel=mail"))).toEqual([1, 0, 0]);
    expect(Array.from(column(table, "channel=(missing)"))).toEqual([0, 1, 0]);
  });

  it("give exactly one 1 to every row that has a level, whatever the levels are called", () => {
    const level = fc.oneof(fc.constantFrom(...hostileNames.filter((name) => name !== "")), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(fc.array(level, { minLength: 1 }), (levels) => {
        const rows = levels.map((value) => ({ value }));
        const model = fitFactors(rows, { factors: ["value"], keepReference: true });
        expect(model.features).toHaveLength(new Set(levels).size);
        const again = transformFactors(JSON.parse(JSON.stringify(model)) as FactorModel, rows);
        levels.forEach((value, i) => {
          const row = Array.from(again.values.slice(i * model.features.length, (i + 1) * model.features.length));
          expect(row.filter((cell) => cell === 1)).toHaveLength(1);
          expect(row.indexOf(1)).toBe(model.features.indexOf(`value=${value}`));
        });
      }),
    );
  });

  it("read own properties only, also under names that every object inherits", () => {
    const rows = [Object.fromEntries([["constructor", "a"]]), {}];
    const model = fitFactors(rows, { factors: ["constructor", "__proto__"] });
    expect(model.factors.map(({ levels }) => levels)).toEqual([["a"], []]);
  });

  it("refuse what is no level, no number, no id, no row", () => {
    const fit = (rows: unknown, more = {}): unknown => fitFactors(rows as object[], { factors: ["plan"], ...more });
    expectRefusal(() => fit([{ plan: "a" }, { plan: {} }]), "invalid-value", "rows[1].plan");
    expectRefusal(() => fit([{ plan: Infinity }]), "invalid-value", "rows[0].plan");
    expectRefusal(() => fit([null]), "invalid-value", "rows[0]");
    expectRefusal(() => fit("rows"), "shape-mismatch", "rows");
    const model = fitFactors(customers, options);
    expectRefusal(() => transformFactors(model, [{ ...customers[0], seats: "9" }]), "invalid-value", "rows[0].seats");
    expectRefusal(() => transformFactors(model, [{ ...customers[0], id: "" }]), "invalid-value", "rows[0].id");
    expectRefusal(() => transformFactors(model, [customers[0], customers[0]]), "invalid-value", "table.ids[1]");
  });

  it("refuse options that contradict each other", () => {
    const fit = (more: object): unknown => fitFactors(customers, { factors: ["plan"], ...more });
    expectRefusal(() => fit({ reference: { plan: "free" } }), "invalid-option", "options.reference");
    expectRefusal(() => fit({ reference: { plam: "pro" } }), "invalid-option", "options.reference");
    expectRefusal(() => fit({ levels: { plam: ["pro"] } }), "invalid-option", "options.levels");
    expectRefusal(() => fit({ factors: ["plan", "plan"] }), "invalid-option", "options.factors[1]");
    expectRefusal(() => fit({ numbers: ["plan"] }), "invalid-option", "options.factors[0]");
  });

  it("refuse a model that was damaged on the way", () => {
    const model = fitFactors(customers, options);
    for (const damage of [
      { kind: "other" },
      { version: 2 },
      { id: 1 },
      { numbers: null },
      { numbers: [] },
      { factors: [{ name: "plan" }] },
      { factors: model.factors.map((factor) => ({ ...factor, reference: "free" })) },
      { keepReference: true },
      { missing: "drop" },
      { unknown: undefined },
      { features: ["seats"] },
    ]) {
      const damaged = { ...model, ...damage } as FactorModel;
      expectRefusal(() => transformFactors(damaged, customers), "incompatible-model");
    }
  });
});
