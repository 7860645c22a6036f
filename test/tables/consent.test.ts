import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { consentAt, consentLedger, type ConsentRecord } from "../../src/tables/consent.ts";
import { expectRefusal } from "../support/refusal.ts";

const ledgerOf = (records: readonly ConsentRecord[]): ReturnType<typeof consentLedger> =>
  consentLedger("test", records, "use", "consents");
const use = (granted: number, withdrawn?: number | null): ConsentRecord => ({
  customer: "ann",
  purpose: "use",
  granted,
  withdrawn,
});
const statesOf = (records: readonly ConsentRecord[], times: readonly number[]): string[] =>
  times.map((time) => consentAt(ledgerOf(records), "ann", time));

describe("consentAt", () => {
  it("knows who never had a record of the purpose from who had none yet", () => {
    const ledger = ledgerOf([use(10), { ...use(0), customer: "bo", purpose: "other" }]);
    expect(consentAt(ledger, "ann", 9.999)).toBe("before-consent");
    expect(consentAt(ledger, "bo", 100)).toBe("no-consent");
    expect(consentAt(ledger, "__proto__", 100)).toBe("no-consent");
  });

  it("counts an act from its very instant", () => {
    expect(statesOf([use(10, 20)], [10, 19.999, 20])).toEqual(["granted", "granted", "withdrawn"]);
  });

  it("takes records in any order as one history, in which a later grant consents again", () => {
    expect(statesOf([use(30), use(10, 20)], [15, 25, 30])).toEqual(["granted", "withdrawn", "granted"]);
  });

  it("lets a withdrawal end every consent given before it", () => {
    expect(statesOf([use(0), use(10, 20)], [5, 15, 25])).toEqual(["granted", "granted", "withdrawn"]);
  });

  it("lets a grant at the instant of a withdrawal renew it, and a grant that is withdrawn at once count for nothing", () => {
    expect(statesOf([use(20), use(10, 20)], [20])).toEqual(["granted"]);
    expect(statesOf([use(10, 10)], [9, 10])).toEqual(["before-consent", "withdrawn"]);
    expect(statesOf([use(10, 10), use(10)], [10])).toEqual(["withdrawn"]);
  });

  it("takes null as not withdrawn", () => {
    expect(statesOf([use(10, null)], [1e12])).toEqual(["granted"]);
  });

  // The definition, read off the records without a ledger.
  const stateOf = (records: readonly ConsentRecord[], time: number): string => {
    const acts = records.flatMap(({ granted, withdrawn }) => [
      { at: granted, rank: 1, state: "granted" },
      ...(withdrawn === undefined || withdrawn === null
        ? []
        : [{ at: withdrawn, rank: withdrawn === granted ? 2 : 0, state: "withdrawn" }]),
    ]);
    const past = acts.filter(({ at }) => at <= time).sort((a, b) => a.at - b.at || a.rank - b.rank);
    return acts.length === 0 ? "no-consent" : (past.at(-1)?.state ?? "before-consent");
  };

  it("agrees with the definition on any history", () => {
    const record = fc
      .tuple(fc.integer({ min: 0, max: 9 }), fc.option(fc.integer({ min: 0, max: 5 })))
      .map(([granted, length]) => use(granted, length === null ? undefined : granted + length));
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), fc.integer({ min: -1, max: 16 }), (records, time) => {
        expect(consentAt(ledgerOf(records), "ann", time)).toBe(stateOf(records, time));
      }),
      { numRuns: 500 },
    );
  });
});

describe("consentLedger", () => {
  it("refuses a broken record at its place, also one of another purpose", () => {
    const good = use(1);
    const broken: readonly [unknown, string][] = [
      [null, "consents[1]"],
      [[], "consents[1]"],
      [{ ...good, customer: 7 }, "consents[1].customer"],
      [{ ...good, purpose: undefined }, "consents[1].purpose"],
      [{ ...good, granted: NaN }, "consents[1].granted"],
      [{ ...good, granted: "2024-01-01" }, "consents[1].granted"],
      [{ ...good, granted: 8.65e15 }, "consents[1].granted"],
      [{ ...good, purpose: "other", withdrawn: 0 }, "consents[1].withdrawn"],
      [{ ...good, withdrawn: Infinity }, "consents[1].withdrawn"],
      [{ ...good, version: 3 }, "consents[1].version"],
    ];
    for (const [record, path] of broken) {
      expectRefusal(() => ledgerOf([good, record as ConsentRecord]), "invalid-value", path);
    }
  });
});
