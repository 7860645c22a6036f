import { sessionize } from "clientele/events";
import {
  type CustomerView,
  customerView,
  type CustomerViewOptions,
  type DeclaredAttribute,
  deriveActivity,
  derivePurchaseSummary,
  derivePurchaseVelocity,
  deriveRfm,
  deriveUsage,
  scoreBehavior,
  scoreEngagement,
  scoreRfm,
} from "clientele/features";
import { codesOf, column, type EventLog, type FeatureTable, filterRows, joinFeatures, selectFeatures, toRows } from "clientele/tables"; // prettier-ignore
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LawEvent, lawAsOf, lawEvents, lawLog, tableLaws } from "../laws/table-laws.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { bitsOf } from "../support/inspect.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = Date.UTC(2024, 0, 10);
const purchase = "buy";
const happenings = [
  ["a", "view", asOf - 9 * day],
  ["a", "buy", asOf - 8 * day, 20, "o1"],
  ["a", "buy", asOf - 2 * day, 30, "o2"],
  ["b", "view", asOf - 4 * day],
  ["b", "share", asOf - 4 * day + 1],
] as const;
const log = logOf(happenings);

const byPart = { purchase: "purchase", order: "order", browse: "view", features: ["view", "purchase"] } as const;
const rules = [{ event: "view", points: 2, halfLifeDays: 9 }, { event: ["purchase", "__proto__"], points: -3, cap: 7 }]; // prettier-ignore

tableLaws("customerView, of events alone", {
  derive: (events, now) =>
    customerView(events, { ...byPart, asOf: now, rules, sessions: events?.time instanceof Float64Array && events.value.length === events.length ? sessionize(events) : undefined }), // prettier-ignore
  isIn: (events) => events.length > 0,
});

describe("customerView", () => {
  it("puts every customer with an event in one row, buyers or not", () => {
    const view = customerView(log, { asOf, purchase });
    expect(view.ids).toEqual(["a", "b"]);
    // By hand: 9 days of events on 3 dates; 50 for two orders; b looked four days ago and never bought.
    expect(rowOf(view, "a")).toMatchObject({ events: 3, activeDays: 3, orderCount: 2, revenue: 50, daysSinceLastPurchase: 2, summaryFrequency: 1, summaryRecency: 6, summaryAge: 8, summaryMonetary: 30 }); // prettier-ignore
    expect(rowOf(view, "b")).toMatchObject({ events: 2, orderCount: 0, revenue: 0, daysSinceLastPurchase: NaN, summaryFrequency: NaN, summaryRecency: NaN, summaryAge: NaN, summaryMonetary: NaN }); // prettier-ignore
    expect(view.notes).toEqual([]);
    expect(view.units).toMatchObject({ daysSinceLastPurchase: "day", summaryAge: "day", tenureDays: "day" });
  });

  it("has each column of each function, to the bit, with everything asked for", () => {
    fc.assert(
      fc.property(lawEvents, fc.constantFrom(undefined, "Europe/Berlin"), (events, timeZone) => {
        const all = lawLog(events);
        const sessions = sessionize(all);
        const options = { asOf: lawAsOf, timeZone, purchase: "purchase", refund: "__proto__" };
        const window = { windowDays: 20, timeZone, asOf: lawAsOf };
        const engagement = { weights: { events: 2, revenue: 1, daysSinceLastPurchase: 1 }, halfLifeDays: 10 };
        const view = customerView(all, {
          ...byPart,
          ...options,
          ...window,
          rules,
          sessions,
          rfmScores: {},
          engagement,
          periodDays: 7,
          unit: "day",
        });
        const orders = { ...options, order: "order" };
        const rfm = deriveRfm(all, orders);
        const { timeZone: _zone, ...noZone } = orders;
        expectPart(view, deriveActivity(all, { ...window, sessions }));
        expectPart(view, rfm);
        if (rfm.ids.length > 0) expectPart(view, scoreRfm(rfm).scores, (name) => `${name}Score`);
        expectPart(view, derivePurchaseSummary(all, { ...orders, periodDays: 7, unit: "day" }), (name) => `summary${name[0].toUpperCase()}${name.slice(1)}`); // prettier-ignore
        expectPart(view, derivePurchaseVelocity(all, { ...noZone, browse: "view" }));
        expectPart(view, deriveUsage(all, { ...window, features: byPart.features }), (name) => name === "activeDays" ? "usageActiveDays" : name); // prettier-ignore
        expectPart(view, scoreBehavior(all, { asOf: lawAsOf, timeZone, rules }), (name) => name === "total" ? "behaviorScore" : `${name}Points`); // prettier-ignore
        const scored = selectFeatures(view, Object.keys(engagement.weights));
        expectPart(view, scoreEngagement(scored, engagement).scores);
        expect(new Set(view.names).size).toBe(view.names.length);
      }),
      { numRuns: 60 },
    );
  });

  it("gives for a past asOf the same bits when every later event and attribute is deleted, in any order of arrival", () => {
    const arbitraryDeclared = fc.array(
      fc.record({
        customer: fc.constantFrom("a", "b", "__proto__", "constructor", "nobody"),
        name: fc.constantFrom("age", "band", "__proto__", "\ud800"),
        value: fc.oneof(fc.integer({ min: -5, max: 99 }), fc.constantFrom("low", "high", "__proto__", "", "10", -0)),
        source: fc.constantFrom("crm", "survey", "__proto__"),
        time: fc.integer({ min: -20, max: 10 }).map((days) => lawAsOf + days * day),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(lawEvents, arbitraryDeclared, fc.integer({ min: -30, max: 5 }), (events, attributes, days) => {
        const now = lawAsOf + days * day;
        const customers = [...new Set(events.map((event) => event.customer))];
        const viewOf = (of: readonly LawEvent[], declared: readonly DeclaredAttribute[]): CustomerView => {
          const all = lawLog(of, customers);
          const { features: _features, ...open } = byPart;
          const weights = { eventsPerWeek: 1, orderCount: 1, daysSinceLastActivity: 1 };
          return customerView(all, { ...open, asOf: now, featureColumn: "order", rules, sessions: sessionize(all), rfmScores: {}, attributes: declared, engagement: { weights } }); // prettier-ignore
        };
        const view = viewOf(events, attributes);
        const past = <T extends { readonly time: number }>(list: readonly T[]): T[] => list.filter(({ time }) => time <= now); // prettier-ignore
        expect(bitsOf(viewOf(past(events), past(attributes)))).toBe(bitsOf(view));
        expect(bitsOf(viewOf(events, attributes.toReversed()))).toBe(bitsOf(view));
        const distinct = [...new Map(events.map((event) => [event.time, event])).values()];
        expect(bitsOf(viewOf(distinct.toReversed(), attributes))).toBe(bitsOf(viewOf(distinct, attributes)));
      }),
      { numRuns: 100 },
    );
  });

  it("asks for nobody to score when nobody has bought, and says so", () => {
    const view = customerView(logOf([["b", "view", 0]]), { asOf, purchase, rfmScores: {} });
    expect(rowOf(view, "b")).toMatchObject({ recencyScore: NaN, rfmScore: NaN });
    expect(view.notes).toEqual([expect.objectContaining({ code: "no-buyers" })]);
  });

  it("reads the refunds, orders and periods that it is told", () => {
    const refunded = logOf([["a", "buy", 0, 20, "o1"], ["a", "buy", 1, 7, "o1"], ["a", "back", day, 27, "o1"], ["a", "buy", 9 * day, 5, "o2"]]); // prettier-ignore
    const options = { asOf: 15 * day, purchase, refund: "back", order: "order", unit: "week" } as const;
    expect(rowOf(customerView(refunded, options), "a")).toMatchObject({
      orderCount: 2,
      revenue: 5,
      summaryFrequency: 1,
    });
    const canceled = customerView(refunded, { ...options, refunds: "cancel" });
    expect(rowOf(canceled, "a")).toMatchObject({ orderCount: 1, revenue: 5, summaryFrequency: 0, summaryAge: 6 / 7 });
    expect(canceled.units).toMatchObject({ summaryAge: "week" });
  });

  it("refuses in its own name, at the option that is wrong", () => {
    const view = (more: object) => (): CustomerView => customerView(log, { asOf, purchase, ...more }); // prettier-ignore
    for (const [wrong, path] of [
      [{ engagement: { weights: { nothing: 1 } } }, "options.engagement.weights.nothing"],
      [{ engagement: { weights: { events: -1 } } }, "options.engagement.weights"],
      [{ rfmScores: { bins: 1 } }, "options.rfmScores.bins"],
      [{ order: "nothing" }, "options.order"],
      [{ refunds: "cancel" }, "options.order"],
      [{ featureColumn: "nothing" }, "options.featureColumn"],
      [{ rules: [{ event: "buy", points: 1, cap: 0 }] }, "options.rules[0].cap"],
    ] as const) {
      expectRefusal(view(wrong), "invalid-option", path);
      expect(refusalOf(view(wrong)).message).toMatch(/^customerView: /);
    }
    expectRefusal(view({ engagement: { weights: { events: 1 }, halfLife: 3 } }), "unknown-option");
    expectRefusal(view({ sessions: { starts: Uint32Array.of(0, 1) } }), "shape-mismatch", "options.sessions.starts");
    const infinite = logOf([["a", "buy", 0, Infinity]]);
    expectRefusal(() => customerView(infinite, { asOf, purchase }), "invalid-value", "log.value[0]");
  });

  it("takes 200,000 events with everything on", () => {
    const rows = 200_000;
    const big = (logOf(Array.from({ length: rows }, (_, i) => [`c${i % 20_000}`, i % 9 === 0 ? "buy" : "view", asOf - (rows - i) * 60_000, 5] as const))); // prettier-ignore
    const view = customerView(big, { asOf, purchase, browse: "view", features: ["view"], rules: [{ event: "view", points: 1, halfLifeDays: 5 }], rfmScores: {}, sessions: sessionize(big), engagement: { weights: { events: 1 } } }); // prettier-ignore
    expect(view.ids).toHaveLength(20_000);
    expect(column(view, "events").reduce((sum, n) => sum + n, 0)).toBe(rows);
  });
});

/** Finds every column of a table in the view, to the bit, but for the order count that two tables have. */
function expectPart(view: FeatureTable, part: FeatureTable, nameOf = (name: string): string => name): void {
  const known = new Set(part.ids);
  const rows = filterRows(view, (i) => known.has(view.ids[i]));
  expect(rows.ids).toEqual(part.ids);
  for (const name of part.names) {
    expect(bitsOf(column(rows, nameOf(name))), name).toBe(bitsOf(column(part, name)));
    expect(view.units?.[nameOf(name)]).toBe(part.units?.[name]);
  }
}

const declare = (name: string, value: number | string, days: number, source = "crm", customer = "a"): DeclaredAttribute => ({ customer, name, value, source, time: asOf - days * day }); // prettier-ignore

describe("declared attributes of customerView", () => {
  const viewWith = (attributes: readonly DeclaredAttribute[], more: Partial<CustomerViewOptions> = {}): CustomerView => customerView(log, { asOf, purchase, attributes, ...more }); // prettier-ignore

  it("are numbers and levels, with source and age; the latest one at or before asOf counts", () => {
    const view = viewWith([
      declare("age", 31, 5, "survey 2023"),
      declare("age", 30, 400),
      declare("age", 32, -1, "of tomorrow"),
      declare("band", "low", 3),
      declare("band", "high", 2, "form", "b"),
    ]);
    const names = ["age", "ageAgeDays", "band=high", "band=low", "bandAgeDays"];
    expect(view.names.slice(-5)).toEqual(names);
    expect(toRows(selectFeatures(view, names))).toEqual([
      { id: "a", age: 31, ageAgeDays: 5, "band=high": 0, "band=low": 1, bandAgeDays: 3 },
      { id: "b", age: NaN, ageAgeDays: NaN, "band=high": 1, "band=low": 0, bandAgeDays: 2 },
    ]);
    expect(view.sources).toEqual({ age: codesOf(["survey 2023", null]), band: codesOf(["crm", "form"]) });
    expect(view.units).toMatchObject({ ageAgeDays: "day", bandAgeDays: "day" });
  });

  it("are of the source, then the value that comes last in code-unit order where several have one time", () => {
    const rivals = [declare("x", 9, 1, "a"), declare("x", 5, 1, "b"), declare("x", 7, 1, "b"), declare("y", 3, 1), declare("y", "t", 1)]; // prettier-ignore
    for (const list of [rivals, rivals.toReversed()]) {
      const view = viewWith(list);
      expect(rowOf(view, "a")).toMatchObject({ x: 7, "y=t": 1 });
      expect(view.names).not.toContain("y");
    }
  });

  it("of a customer without an event up to asOf are not in the view", () => {
    expect(viewWith([declare("age", 5, 1, "crm", "stranger")]).names).not.toContain("age");
  });

  it("have a column of numbers and columns of levels where both are declared", () => {
    const view = viewWith([declare("size", 42, 1), declare("size", "L", 1, "crm", "b")]);
    expect(rowOf(view, "a")).toMatchObject({ size: 42, "size=L": 0 });
    expect(rowOf(view, "b")).toMatchObject({ size: NaN, "size=L": 1 });
  });

  it("keep to the levels that are given, in their order, also when nobody has them", () => {
    const attributeLevels = { band: ["low", "mid"], pet: ["cat"] };
    const view = viewWith([declare("band", "high", 1)], { attributeLevels });
    expect(view.names.slice(-5)).toEqual(["band=low", "band=mid", "bandAgeDays", "pet=cat", "petAgeDays"]);
    expect(rowOf(view, "a")).toMatchObject({ "band=low": 0, "band=mid": 0, bandAgeDays: 1, "pet=cat": NaN });
    expect(rowOf(view, "b")).toMatchObject({ "band=low": NaN });
  });

  it("have columns for the fifty most frequent levels only, with a note", () => {
    const crowd = logOf(Array.from({ length: 60 }, (_, i) => [`c${i}`, "view", 0] as const));
    const towns = Array.from({ length: 60 }, (_, i) => declare("town", `t${Math.max(i, 5)}`, 1, "crm", `c${i}`));
    const view = customerView(crowd, { asOf, purchase, attributes: towns });
    const levels = view.names.filter((name) => name.startsWith("town="));
    expect(levels).toHaveLength(50);
    expect(levels).toContain("town=t5");
    expect(levels).toEqual(levels.toSorted());
    expect(view.notes.map(({ code }) => code)).toEqual(["many-levels"]);
  });

  it("can be weighted in the engagement like any column", () => {
    const view = viewWith([declare("visits", 3, 1), declare("visits", 1, 1, "crm", "b")], { engagement: { weights: { visits: 1 } } }); // prettier-ignore
    expect(column(view, "engagement")).toEqual(Float64Array.of(1, 0));
  });

  it("survive hostile names and values", () => {
    const hostile = logOf([["__proto__", "view", 0], ["\ud800", "view", 0]]); // prettier-ignore
    const attributes = [declare("__proto__", "constructor", 1, "__proto__", "__proto__"), declare("constructor", 2, 1, "toString", "\ud800")]; // prettier-ignore
    const view = customerView(hostile, { asOf, purchase, attributes });
    expect(view.names).toEqual(expect.arrayContaining(["__proto__=constructor", "__proto__AgeDays", "constructor"]));
    expect(Object.keys(view.sources)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(view.sources)).toBe(Object.prototype);
  });

  it("are refused where they cannot be read or would take another column's name, without quoting them", () => {
    const good = declare("age", 31, 1);
    for (const [wrong, path] of [
      [null, ""],
      ["age", ""],
      [{ ...good, customer: "" }, ".customer"],
      [{ ...good, customer: 7 }, ".customer"],
      [{ ...good, name: undefined }, ".name"],
      [{ ...good, value: NaN }, ".value"],
      [{ ...good, value: true }, ".value"],
      [{ ...good, source: null }, ".source"],
      [{ ...good, time: Infinity }, ".time"],
    ] as const) {
      expectRefusal(
        () => viewWith([good, wrong as DeclaredAttribute]),
        "invalid-value",
        `options.attributes[1]${path}`,
      );
    }
    for (const name of ["revenue", "engagement", "eventsContribution"]) {
      const more = { engagement: { weights: { events: 1 } } };
      expectRefusal(() => viewWith([declare(name, 1, 1)], more), "invalid-value", "options.attributes");
    }
    expectRefusal(() => viewWith([good, declare("ageAgeDays", 1, 1)]), "invalid-value", "options.attributes");
    expect(refusalOf(() => viewWith([declare("revenue", 1, 1, "secret")])).message).not.toContain("secret");
  });

  it("stay when the view is joined with other tables, but for their sources", () => {
    const joined = joinFeatures([viewWith([declare("age", 31, 1)])]);
    expect(column(joined, "age")).toEqual(Float64Array.of(31, NaN));
  });
});

describeWithData("customerView on a retailer's invoices and a shop's clicks", ["online_retail", "simple_shop"], () => {
  const totalOf = (view: FeatureTable, name: string): number =>
    column(view, name).reduce((sum, cell) => sum + (Number.isNaN(cell) ? 0 : cell), 0);

  it("knows on two dates what the retailer knew then, and holds every customer, refunders too", () => {
    const rows = readDataRows("online_retail/online_retail.csv.gz").filter((row) => row["CustomerID"] !== "" && Number(row["UnitPrice"]) > 0); // prettier-ignore
    const invoices = logOf(
      rows.map((row) => [
        row["CustomerID"],
        row["InvoiceNo"].startsWith("C") ? "cancellation" : "buy",
        Date.parse(`${row["InvoiceDate"].replace(" ", "T")}Z`),
        Number(row["Quantity"]) * Number(row["UnitPrice"]),
        row["InvoiceNo"],
      ]),
    );
    const options = { purchase: "buy", refund: "cancellation", refunds: "ignore", order: "order" } as const;
    const { clean_sales: clean } = readDataJson<{
      clean_sales: { customers: number; invoices: number; amount: number };
    }>("online_retail/expected.json");
    const last = customerView(invoices, { ...options, asOf: Date.UTC(2011, 11, 10) });
    expect(column(last, "orderCount").filter((orders) => orders > 0)).toHaveLength(clean.customers);
    expect(totalOf(last, "orderCount")).toBe(clean.invoices);
    expect(totalOf(last, "revenue")).toBeCloseTo(clean.amount, 2);
    const summer = Date.UTC(2011, 6, 1);
    const then = customerView(invoices, { ...options, asOf: summer });
    const known = rows.filter((row) => Date.parse(`${row["InvoiceDate"].replace(" ", "T")}Z`) <= summer);
    expect(then.ids.toSorted()).toEqual([...new Set(known.map((row) => row["CustomerID"]))].sort());
    expect(totalOf(then, "events")).toBe(known.length);
  });

  it("counts the clicks of the shop with their sessions on two dates", () => {
    const clicks = logOf(
      readDataRows("simple_shop/simple_shop.csv.gz").map(
        (row) =>
          [row["user_id"], row["event"], Date.parse(`${row["timestamp"].slice(0, 23).replace(" ", "T")}Z`)] as const,
      ),
    );
    const sessions = sessionize(clicks);
    const views = [Date.UTC(2020, 0, 1), Date.UTC(2020, 4, 1)].map(
      (now) =>
      customerView(clicks, { asOf: now, purchase: "payment_done", browse: "catalog", features: ["cart", "catalog"], sessions }), // prettier-ignore
    );
    const paid = eventsOf(clicks, "payment_done");
    expect(totalOf(views[1], "events")).toBe(clicks.length);
    expect(totalOf(views[1], "orderCount")).toBe(paid);
    expect(totalOf(views[1], "sessions")).toBe(sessions.starts.length - 1);
    expect(totalOf(views[1], "catalogEvents")).toBe(eventsOf(clicks, "catalog"));
    expect(totalOf(views[0], "orderCount")).toBeLessThan(paid);
    expect(views[0].ids.length).toBeLessThan(views[1].ids.length);
  });
});

function eventsOf({ type }: EventLog, name: string): number {
  const code = type.names.indexOf(name);
  return type.codes.filter((own) => own === code).length;
}
