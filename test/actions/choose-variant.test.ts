import { chooseVariantFor, type VariantRule } from "clientele/actions";
import { describe, expect, it } from "vitest";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const hour = 3_600_000;
const rules: readonly VariantRule[] = [
  {
    variant: "vip",
    when: {
      all: [
        { field: "orders", atLeast: 5 },
        { field: "plan", oneOf: ["pro", "team"] },
      ],
    },
  },
  { variant: "shoes", when: { field: "seen", equals: "shoes" }, reason: "looked at shoes" },
  { variant: "night", when: { hours: { from: 22, to: 6 }, timeZone: "Europe/Vienna" } },
  { variant: "plain" },
];
const choose = (context: Readonly<Record<string, unknown>>): string | null => chooseVariantFor(context, rules).variant;

describe("chooseVariantFor", () => {
  it("takes the first rule that holds, and says which", () => {
    expect(chooseVariantFor({ orders: 5, plan: "pro", seen: ["shoes"] }, rules)).toEqual({
      variant: "vip",
      reason: "rules[0] is the first that holds",
      rule: 0,
      missing: [],
    });
    expect(chooseVariantFor({ seen: ["bags", "shoes"] }, rules)).toEqual({
      variant: "shoes",
      reason: "looked at shoes",
      rule: 1,
      missing: ["orders"],
    });
    expect(chooseVariantFor({}, rules)).toMatchObject({ variant: "plain", rule: 3 });
    expect(chooseVariantFor({}, rules).missing).toEqual(["now", "orders", "seen"]);
  });

  it("says so when no rule holds", () => {
    const none = { variant: null, reason: "no rule holds", rule: null };
    expect(chooseVariantFor({ seen: 1 }, rules.slice(0, 1))).toEqual({ ...none, missing: ["orders"] });
    expect(chooseVariantFor({}, [])).toEqual({ ...none, missing: [] });
  });

  it("reads the local hour in the context's own zone, else in the rule's, across midnight and clock changes", () => {
    // Vienna is one hour ahead of UTC in winter, two in summer; clocks went forward on 2024-03-31 at 01:00 UTC.
    const night = (now: number, timeZone?: string): boolean => choose({ now, timeZone }) === "night";
    expect(night(Date.UTC(2024, 0, 10, 21) - 1)).toBe(false);
    expect(night(Date.UTC(2024, 0, 10, 21))).toBe(true);
    expect(night(Date.UTC(2024, 0, 11, 5) - 1)).toBe(true);
    expect(night(Date.UTC(2024, 0, 11, 5))).toBe(false);
    expect(night(Date.UTC(2024, 3, 10, 20))).toBe(true);
    expect(night(Date.UTC(2024, 2, 31, 4) - 1)).toBe(true);
    expect(night(Date.UTC(2024, 2, 31, 4))).toBe(false);
    expect(night(Date.UTC(2024, 0, 10, 21), "America/New_York")).toBe(false);
    expect(night(Date.UTC(2024, 0, 11, 3), "America/New_York")).toBe(true);
    expect(night(Date.UTC(2024, 0, 10, 21), "Mars/Olympus")).toBe(true);
    expect(night(NaN)).toBe(false);
    expect(night(9e15)).toBe(false);
  });

  it("reads the weekday", () => {
    const weekend: VariantRule[] = [{ variant: "weekend", when: { weekdays: ["saturday", "sunday"] } }];
    const saturday = Date.UTC(2024, 5, 1);
    const on = (now: number, timeZone = "UTC"): string | null => chooseVariantFor({ now, timeZone }, weekend).variant;
    expect([on(saturday - 1), on(saturday), on(saturday + 48 * hour - 1), on(saturday + 48 * hour)]).toEqual([
      null,
      "weekend",
      "weekend",
      null,
    ]);
    expect(on(saturday - 1, "Asia/Tokyo")).toBe("weekend");
  });

  it("compares nothing with a missing field, but not does", () => {
    const of = (when: VariantRule["when"], context: object): boolean =>
      chooseVariantFor(context as Readonly<Record<string, unknown>>, [{ variant: "yes", when }]).variant === "yes";
    expect(of({ field: "age", below: 30 }, {})).toBe(false);
    expect(of({ not: { field: "age", below: 30 } }, {})).toBe(true);
    expect(of({ field: "age", present: false }, { age: NaN })).toBe(true);
    expect(of({ field: "toString", present: true }, {})).toBe(false);
    expect(of({ field: "__proto__", equals: "x" }, JSON.parse('{"__proto__": "x"}') as object)).toBe(true);
    expect(of({ any: [{ field: "a", equals: 1 }, { field: "b", equals: true }] }, { b: true })).toBe(true); // prettier-ignore
    expect(of({ field: "prices", above: 100 }, { prices: [3, 250] })).toBe(true);
  });

  it("refuses rules that are none, with the path and without quoting the context", () => {
    const refused = (rule: unknown, code: string, path: string): void => {
      expectRefusal(
        () => chooseVariantFor({ name: "secret" }, [{ variant: "a" }, rule as VariantRule]),
        code as never,
        path,
      );
    };
    refused({ variant: 5 }, "invalid-option", "rules[1].variant");
    refused({ variant: "b", if: {} }, "unknown-option", "rules[1].if");
    refused({ variant: "b", when: { field: "a" } }, "invalid-option", "rules[1].when");
    refused(
      { variant: "b", when: { all: [{ hours: { from: 25, to: 2 } }] } },
      "invalid-option",
      "rules[1].when.all[0].hours.from",
    );
    refused({ variant: "b", when: { hours: { from: 2, to: 3 }, zone: "UTC" } }, "unknown-option", "rules[1].when.zone");
    refused({ variant: "b", when: { weekdays: ["someday"] } }, "invalid-option", "rules[1].when.weekdays");
    refused(
      { variant: "b", when: { weekdays: ["monday"], timeZone: "Mars" } },
      "invalid-option",
      "rules[1].when.timeZone",
    );
    expectRefusal(() => chooseVariantFor(null as never, []), "shape-mismatch", "context");
    expectRefusal(() => chooseVariantFor({}, {} as never), "invalid-option", "rules");
    expect(refusalOf(() => chooseVariantFor({ x: "secret" }, [{} as never])).message).not.toContain("secret");
  });
});
