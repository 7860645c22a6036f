import { eraseCustomers, pseudonymOf } from "clientele/events";
import { fitZScore, deriveRfm } from "clientele/features";
import { describe, expect, it } from "vitest";
import { cleaningLaws } from "../laws/cleaning-laws.ts";
import { bitsOf } from "../support/inspect.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const secret = { key: new Uint8Array(32).fill(7), keyId: "k1" };
const erasable = ["ann", "10", "__proto__", "\ud800 lone \udc00", "toString"];

cleaningLaws("eraseCustomers", (log) => eraseCustomers(log, erasable, secret));
cleaningLaws("eraseCustomers with references", (log) => eraseCustomers(log, erasable, { references: Object.keys(log?.extra ?? {}) })); // prettier-ignore

describe("eraseCustomers", () => {
  const happenings: Happening[] = [
    ["ann@example.org", "view", 1, NaN, "o-ann"],
    ["ann@example.org", "call-from-ann", 30, 5, "o-ann"],
    ["bo", "view", 2, 7, "o-bo"],
    ["cy", "buy", 3, 9, "o-cy"],
  ];
  const log = logOf(happenings);

  it("leaves the log that the others would have made alone", () => {
    const { log: kept, report, tombstones, refit } = eraseCustomers(log, ["ann@example.org"]);
    expect(bitsOf(kept)).toBe(bitsOf(logOf(happenings.slice(2))));
    expect(report).toMatchObject({ read: 4, kept: 2, dropped: { erased: 2 }, erased: 1, unknown: 0, blanked: 0 });
    expect([tombstones, refit]).toEqual([null, []]);
    expect(report.notes.map(({ code }) => code)).toEqual(["no-tombstones"]);
  });

  it("leaves neither id nor pseudonym nor unique values in anything it returns", () => {
    const erasure = eraseCustomers(log, ["ann@example.org"], { ...secret, models: [{ name: "churn" }] });
    const bytes = JSON.stringify(erasure) + bitsOf(erasure);
    for (const trace of ["ann@example.org", "o-ann", "call-from-ann", pseudonymOf("ann@example.org", secret), pseudonymOf("ann@example.org", secret).slice(3)]) expect(bytes).not.toContain(trace); // prettier-ignore
  });

  it("computes the same from what is left as if the customer had never been there", () => {
    const options = { asOf: 100, purchase: ["view", "buy"] };
    const erased = fitZScore(deriveRfm(eraseCustomers(log, ["ann@example.org"]).log, options));
    expect(erased).toEqual(fitZScore(deriveRfm(logOf(happenings.slice(2)), options)));
  });

  it("counts ids that are not in the log, each once, and makes tombstones for them too", () => {
    const { log: kept, report, tombstones } = eraseCustomers(log, ["zoe", "zoe", "bo", "zed"], secret);
    expect(kept.length).toBe(3);
    expect(report).toMatchObject({ erased: 1, unknown: 2, notes: [] });
    expect(tombstones?.codes).toHaveLength(3);
  });

  it("lists the models whose window of events held an erased one", () => {
    const models = [
      { name: "all" },
      { name: "before", fittedAt: 0 },
      { name: "at", fittedAt: 1 },
      { name: "between", since: 2, fittedAt: 29 },
      { name: "late", since: 30 },
    ];
    const { refit } = eraseCustomers(log, ["ann@example.org"], { models });
    expect(refit).toEqual([{ name: "all", events: 2 }, { name: "at", events: 1 }, { name: "late", events: 1 }]); // prettier-ignore
    expect(eraseCustomers(log, ["nobody"], { models }).refit).toEqual([]);
  });

  it("blanks erased ids in the columns named as references, and notes those elsewhere", () => {
    const referred = logOf([...happenings, ["dee", "view", 4, NaN, "bo"], ["eve", "bo", 5, NaN, "o-eve"]]);
    const noted = eraseCustomers(referred, ["bo"]);
    expect(noted.report.notes.map(({ code, message }) => [code, message])).toEqual([
      ["id-elsewhere", "1 kept events hold an erased id in log.type."],
      ["id-elsewhere", "1 kept events hold an erased id in log.extra.order."],
      ["no-tombstones", expect.any(String)],
    ]);
    const blanked = eraseCustomers(referred, ["bo"], { references: ["order"] });
    expect(blanked.report.blanked).toBe(1);
    expect(bitsOf(blanked.log.extra)).not.toContain('"bo"');
    expectRefusal(() => eraseCustomers(referred, [], { references: ["page"] }), "invalid-option", "options.references[0]"); // prettier-ignore
  });

  it("refuses what is no list of ids, and a key without a name", () => {
    expectRefusal(() => eraseCustomers(log, "ann" as never), "shape-mismatch", "ids");
    expectRefusal(() => eraseCustomers(log, ["ann", 5 as never]), "invalid-value", "ids[1]");
    expectRefusal(() => eraseCustomers(log, [], { key: secret.key }), "invalid-option", "options.keyId");
    expectRefusal(() => eraseCustomers(log, [], { keyId: "k1" }), "invalid-option", "options.key");
  });
});
