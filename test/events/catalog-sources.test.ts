import { catalogSources, type CatalogModel, type ModelNeed, modelNeeds, type SourceDescriptor } from "clientele/events";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const hour = 3_600_000;
const web: SourceDescriptor = {
  name: "clicks",
  kind: "web",
  idFields: ["cookie"],
  timeField: "ts",
  fields: ["event", "channel"],
};
const shop: SourceDescriptor = {
  name: "invoices",
  kind: "purchases",
  idFields: ["customer_no"],
  timeField: "invoiced_at",
  fields: { value: "amount", order: "invoice_no" },
  grain: "one invoice line",
  owner: "finance",
  pii: ["customer_no"],
};

function modelOf(sources: readonly SourceDescriptor[], model: string, needs?: readonly ModelNeed[]): CatalogModel {
  return catalogSources(sources, { needs }).models.find((one) => one.model === model)!;
}

describe("catalogSources", () => {
  it("says which source has which field, model by model", () => {
    const needs = [
      { model: "rfm", kinds: ["purchases"], fields: ["customer", "value"], optional: ["coupon"] },
    ] as const;
    expect(catalogSources([web, shop], { needs }).coverage).toEqual([
      { model: "rfm", kinds: ["purchases"], field: "customer", required: true, sources: ["invoices"], covered: true },
      { model: "rfm", kinds: ["purchases"], field: "value", required: true, sources: ["invoices"], covered: true },
      { model: "rfm", kinds: ["purchases"], field: "coupon", required: false, sources: [], covered: false },
    ]);
  });

  it("calls a model complete, ready or blocked, with the sources it would read", () => {
    expect(modelOf([shop], "deriveRfm")).toMatchObject({ status: "complete", sources: ["invoices"] });
    expect(modelOf([{ ...shop, fields: ["value"] }], "deriveRfm")).toMatchObject({ status: "ready" });
    expect(modelOf([{ ...shop, fields: ["amount"] }], "deriveRfm")).toMatchObject({ status: "blocked", sources: [] });
    expect(modelOf([{ ...shop, timeField: null }], "deriveRfm")).toMatchObject({ status: "blocked" });
    expect(modelOf([{ ...shop, idFields: [] }], "deriveRfm")).toMatchObject({ status: "blocked" });
    expect(modelOf([web], "customerView")).toMatchObject({ status: "blocked", sources: ["clicks"] });
    expect(modelOf([web, shop], "customerView")).toMatchObject({ status: "complete", sources: ["invoices", "clicks"] });
  });

  it("takes ids and the time of a source for fields of their own names too", () => {
    const needs = [{ model: "join", fields: ["customer_no", "invoiced_at", "customer", "time"] }];
    expect(modelOf([shop], "join", needs).status).toBe("complete");
  });

  it("wants all required fields in one source, and proposes to join where they lie in two", () => {
    const needs = [{ model: "rfm", kinds: ["purchases"], fields: ["customer", "time", "value"] }] as const;
    const amounts: SourceDescriptor = { name: "amounts", kind: "purchases", idFields: [], fields: ["value"] };
    const { models, gaps } = catalogSources([{ ...shop, fields: [] }, amounts], { needs });
    expect(models[0].status).toBe("blocked");
    expect(gaps).toEqual([
      {
        action: "join-sources",
        kinds: ["purchases"],
        fields: ["value"],
        sources: ["invoices", "amounts"],
        required: true,
        models: ["rfm"],
        unlocks: ["rfm"],
      },
    ]);
  });

  it("orders gaps by the models they unlock: a source to add, a field to add, then what models can do without", () => {
    const needs: ModelNeed[] = [
      { model: "tickets", kinds: ["support"], fields: ["customer", "time"] },
      { model: "worth", kinds: ["purchases"], fields: ["customer", "value", "margin"] },
      { model: "worth more", kinds: ["purchases"], fields: ["margin"], optional: ["coupon"] },
      { model: "both", kinds: ["purchases"], fields: ["margin"] },
      { model: "both", kinds: ["support"], fields: ["outcome"] },
    ];
    const { gaps } = catalogSources([shop], { needs });
    expect(gaps.map(({ action, fields, models, unlocks }) => [action, fields, models, unlocks])).toEqual([
      ["add-field", ["margin"], ["worth", "worth more", "both"], ["worth", "worth more"]],
      ["add-source", ["customer", "time", "outcome"], ["tickets", "both"], ["tickets"]],
      ["add-field", ["coupon"], ["worth more"], []],
    ]);
    expect(gaps.map(({ required }) => required)).toEqual([true, true, false]);
  });

  it("closes a model by filling its gaps: what is unlocked is no longer blocked", () => {
    const { gaps } = catalogSources([web]);
    const gap = gaps.find(({ action, kinds }) => action === "add-source" && kinds.includes("purchases"))!;
    const added: SourceDescriptor = { name: "new", kind: "purchases", idFields: ["id"], fields: gap.fields };
    const after = catalogSources([web, added]);
    expect(gap.unlocks.length).toBeGreaterThan(5);
    for (const model of gap.unlocks) {
      expect(after.models.find((one) => one.model === model)!.status).not.toBe("blocked");
    }
  });

  describe("judges freshness as dbt does", () => {
    const status = (ageHours: number, thresholds: object): string =>
      catalogSources([{ ...shop, newest: 100 * hour, ...thresholds }], { asOf: (100 + ageHours) * hour }).freshness[0].status; // prettier-ignore

    it("by more than a threshold, not by as much as it", () => {
      const both = { warnAfterHours: 24, errorAfterHours: 48 };
      expect([23, 24, 24.01, 48, 48.01].map((age) => status(age, both))).toEqual(["pass", "pass", "warn", "warn", "error"]); // prettier-ignore
      expect(status(1000, { warnAfterHours: 24 })).toBe("warn");
      expect(status(1000, { errorAfterHours: 24 })).toBe("error");
      expect(status(1, { errorAfterHours: 24 })).toBe("pass");
      expect(status(1000, {})).toBe("unknown");
    });

    it("and not at all without asOf or a newest row", () => {
      expect(catalogSources([{ ...shop, newest: 5, warnAfterHours: 1 }])).toMatchObject({
        freshness: [{ source: "invoices", newest: 5, ageHours: null, status: "unknown" }],
        notes: [{ code: "no-as-of" }],
      });
      expect(catalogSources([shop], { asOf: 0 }).freshness[0]).toMatchObject({ newest: null, status: "unknown" });
      const early = catalogSources([{ ...shop, newest: hour }], { asOf: 0 });
      expect(early).toMatchObject({ freshness: [{ ageHours: -1 }], notes: [{ code: "newest-after-as-of" }] });
    });

    it("and gives a model the worst of its sources", () => {
      const late = { ...shop, newest: 0, warnAfterHours: 1 };
      const fresh = { ...web, newest: 0, warnAfterHours: 99 };
      const { models } = catalogSources([late, fresh], { asOf: 9 * hour });
      const of = (model: string): string => models.find((one) => one.model === model)!.freshness;
      expect([of("deriveRfm"), of("measureFunnel"), of("customerView")]).toEqual(["warn", "pass", "warn"]);
      expect(of("fitAssistanceModel")).toBe("pass"); // its tickets are missing, its clicks are fresh
      expect(of("recommendCrossSell")).toBe("unknown");
    });
  });

  it("lists personal data, and takes a list for the needs alone", () => {
    expect(catalogSources([web, shop]).pii).toEqual([{ source: "invoices", fields: ["customer_no"] }]);
    const needs = [{ model: "mine", fields: ["customer"] }];
    expect(catalogSources([shop], needs)).toEqual(catalogSources([shop], { needs }));
  });

  it("makes one large gap of no sources at all: everything is to be collected", () => {
    const { models, gaps, coverage } = catalogSources([]);
    expect(models.every(({ status }) => status === "blocked")).toBe(true);
    expect(coverage.every(({ covered }) => !covered)).toBe(true);
    expect(gaps.every(({ action }) => action === "add-source")).toBe(true);
    expect(new Set(gaps.flatMap(({ models: names }) => names)).size).toBe(models.length);
    expect(catalogSources([], { needs: [] })).toMatchObject({ coverage: [], models: [], gaps: [] });
  });

  it("knows needs of every kind of source, and of churn, conversion, lifetime value, assistance and attribution", () => {
    const kinds = new Set(modelNeeds.flatMap(({ kinds: some = [] }) => some));
    expect([...kinds].sort()).toEqual(["app", "crm", "email", "purchases", "support", "survey", "web"]);
    const models = new Set(modelNeeds.map(({ model }) => model));
    for (const model of [
      "deriveRfm",
      "sessionize",
      "fitChurnModel",
      "fitConversionModel",
      "scoreLifetimeValue",
      "fitAssistanceModel",
      "measureAttribution",
    ]) {
      // prettier-ignore
      expect(models).toContain(model);
    }
  });

  it("refuses a descriptor that is none, by its place and field", () => {
    const bad = (source: object, key: string): void =>
      expectRefusal(() => catalogSources([web, source as SourceDescriptor]), "invalid-value", `sources[1]${key}`);
    bad([], "");
    bad({ ...shop, name: "" }, ".name");
    bad({ ...shop, name: "clicks" }, ".name");
    bad({ ...shop, kind: "fax" }, ".kind");
    bad({ ...shop, idFields: "id" }, ".idFields");
    bad({ ...shop, timeField: 5 }, ".timeField");
    bad({ ...shop, fields: { value: 1 } }, ".fields");
    bad({ ...shop, newest: NaN }, ".newest");
    bad({ ...shop, warnAfterHours: -1 }, ".warnAfterHours");
    bad({ ...shop, warnAfterHours: 9, errorAfterHours: 8 }, ".warnAfterHours");
    bad({ ...shop, pii: [1] }, ".pii");
    expectRefusal(() => catalogSources({} as never), "shape-mismatch", "sources");
  });

  it("takes roles and sources of hostile names for names", () => {
    const needs = [{ model: "__proto__", fields: ["constructor"], optional: ["__proto__"] }];
    const source: SourceDescriptor = { name: "__proto__", kind: "crm", idFields: [], fields: ["constructor"] };
    const { models, gaps } = catalogSources([source], { needs });
    expect(models).toMatchObject([{ model: "__proto__", status: "ready", sources: ["__proto__"] }]);
    expect(gaps).toMatchObject([{ action: "add-field", fields: ["__proto__"], required: false }]);
  });
});
