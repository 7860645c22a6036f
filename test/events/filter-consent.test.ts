import { filterConsent, toEvents } from "clientele/events";
import type { ConsentRecord } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { cleaningLaws } from "../laws/cleaning-laws.ts";
import { hostileNames } from "../support/hostile.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const consent = (customer: string, granted: number, withdrawn?: number, purpose = "analytics"): ConsentRecord =>
  withdrawn === undefined ? { customer, purpose, granted } : { customer, purpose, granted, withdrawn };
const purpose = "analytics";
const consents = hostileNames.map((name, i) => consent(name, Date.UTC(2024, 2, 1), Date.UTC(2024, 2, 1 + i)));

cleaningLaws("filterConsent, opt-in", (log) => filterConsent(log, { consents, purpose }));
cleaningLaws("filterConsent, opt-out", (log) => filterConsent(log, { consents, purpose, policy: "opt-out" }));

describe("filterConsent", () => {
  const log = logOf([
    ["ann", "view", 9],
    ["ann", "view", 10],
    ["ann", "view", 19],
    ["ann", "view", 20],
    ["ann", "view", 30],
    ["bo", "view", 15],
    ["cy", "view", 15],
  ]);
  const history = [consent("ann", 30), consent("bo", 0, undefined, "marketing"), consent("ann", 10, 20)];

  it("keeps what was consented to at the time: from the grant, up to the withdrawal, and again after a new consent", () => {
    const { log: kept, report } = filterConsent(log, { consents: history, purpose });
    expect(toEvents(kept).map(({ customer, time }) => [customer, time])).toEqual([["ann", 10], ["ann", 19], ["ann", 30]]); // prettier-ignore
    expect(report).toEqual({
      read: 7,
      kept: 3,
      dropped: { "no-consent": 2, "before-consent": 1, withdrawn: 1 },
      notes: [],
    });
  });

  it("drops by opt-out only what was withdrawn, until the customer consents again", () => {
    const { log: kept, report } = filterConsent(log, { consents: history, purpose, policy: "opt-out" });
    expect(kept.length).toBe(6);
    expect(report.dropped).toEqual({ withdrawn: 1 });
  });

  it("never allows by opt-in what opt-out denies, also where records of one customer overlap", () => {
    const overlapping = [consent("ann", 0), consent("ann", 5, 19)];
    const optIn = filterConsent(log, { consents: overlapping, purpose });
    const optOut = filterConsent(log, { consents: overlapping, purpose, policy: "opt-out" });
    expect(optIn.report.dropped.withdrawn).toBe(3);
    expect(optOut.report.dropped.withdrawn).toBe(3);
  });

  it("denies everything without a record, and nothing then by opt-out", () => {
    expect(filterConsent(log, { consents: [], purpose }).report.dropped).toEqual({ "no-consent": 7 });
    expect(filterConsent(log, { consents: [], purpose, policy: "opt-out" }).log).toEqual(log);
  });

  it("tells customers and purposes apart character by character", () => {
    const wrong = [consent("Ann", 0), consent("ann ", 0), consent("ann", 0, undefined, "Analytics")];
    expect(filterConsent(log, { consents: wrong, purpose }).log).toHaveLength(0);
  });

  it("leaves no name of a customer without consent behind", () => {
    expect(filterConsent(log, { consents: history, purpose }).log.customer.names).toEqual(["ann"]);
  });

  it("refuses a broken record with its place and without its data", () => {
    const wrong = [...history, { ...consent("dora@example.org", 10), withdrawn: 9 }];
    const error = refusalOf(() => filterConsent(log, { consents: wrong, purpose }));
    expect(error).toMatchObject({ code: "invalid-value", path: "options.consents[3].withdrawn" });
    expect(error.message).not.toContain("dora");
    expectRefusal(() => filterConsent(log, { consents: history } as never), "invalid-option", "options.purpose");
  });

  it("goes through many records of one customer in the time of a sort", () => {
    const many = Array.from({ length: 200_000 }, (_, i) => consent("ann", (i * 7919) % 200_000, ((i * 7919) % 200_000) + 0.5)); // prettier-ignore
    const { report } = filterConsent(log, { consents: many, purpose });
    expect(report.kept).toBe(5);
  });
});
