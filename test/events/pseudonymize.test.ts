import { pseudonymize, pseudonymOf, readEventColumns, readEvents, toEvents } from "clientele/events";
import { nameAt } from "clientele/tables";
import { describe, expect, it } from "vitest";
import type { Codes } from "clientele/tables";
import { isPseudonym } from "../../src/events/pseudonym.ts";
import { cleaningLaws } from "../laws/cleaning-laws.ts";
import { expectWhole } from "../laws/log-laws.ts";
import { goodRow } from "../support/arbitraries.ts";
import { isWellFormed } from "../support/hostile.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const options = { key, keyId: "k1" };
// Lone surrogates are refused: they have a test of their own.
const wellFormed = goodRow.filter(({ who, page }) => isWellFormed(`${String(who)}|${String(page)}`));

cleaningLaws("pseudonymize", (log) => pseudonymize(log, options), wellFormed);
cleaningLaws("pseudonymize of all columns", (log) => pseudonymize(log, { ...options, fields: ["customer", "page", "size"], normalize: "email" }), wellFormed); // prettier-ignore

describe("pseudonymize", () => {
  const log = logOf([
    ["ann", "view", 3, 1, "o-1"],
    ["bo", "buy", 1, 2, "o-2"],
    ["cy", "buy", 2, 3, null],
    ["ann", "buy", 4, 4, "o-1"],
  ]);

  it("gives every customer the pseudonym of pseudonymOf and leaves the rest of each event as it was", () => {
    const hidden = pseudonymize(log, options);
    const wanted = toEvents(log).map((event) => ({ ...event, customer: pseudonymOf(event.customer, options) }));
    expect(toEvents(hidden.log)).toEqual(wanted.sort((a, b) => (a.customer < b.customer ? -1 : a.customer > b.customer ? 1 : a.time - b.time))); // prettier-ignore
    expect(hidden.report).toEqual({ read: 4, kept: 4, dropped: {}, notes: [], keyId: "k1", pseudonyms: { customer: 3 } }); // prettier-ignore
    expectWhole(hidden.log);
  });

  it("orders rows and dictionaries by pseudonym, so that the order of the ids is gone", () => {
    const ids = Array.from({ length: 200 }, (_, i) => `customer ${String(i).padStart(3, "0")}`);
    const many = logOf(ids.map((id, i) => [id, "view", i, i, `order ${String(i).padStart(3, "0")}`]));
    const hidden = pseudonymize(many, { ...options, fields: ["order", "customer"] }).log;
    const { order } = hidden.extra as { order: Codes };
    expect(hidden.customer.names).toEqual([...hidden.customer.names].sort());
    expect(order.names).toEqual([...order.names].sort());
    expect(JSON.stringify(toEvents(hidden))).not.toMatch(/customer \d|order \d/);
  });

  it("hides further columns under their own names, numbers and missing cells included", () => {
    const rows = [
      { who: "ann", order: 17, page: "17" },
      { who: "bo", order: null, page: null },
    ];
    const readers = { customer: "who", type: () => "buy", time: () => 0, extra: { order: "order", page: "page" } };
    const hidden = pseudonymize(readEvents(rows, readers).log, { ...options, fields: ["order", "page"] });
    const cells = ["order", "page"].map((field) => {
      const column = hidden.log.extra[field] as Codes;
      return [nameAt(column, 0), nameAt(column, 1)];
    });
    expect(cells).toEqual([
      [pseudonymOf("17", { ...options, field: "order" }), undefined],
      [pseudonymOf("17", { ...options, field: "page" }), undefined],
    ]);
    expect(hidden.log.customer.names).toEqual(["ann", "bo"]);
  });

  it("makes one customer of ids that normalization makes equal, sorted by time, and says so", () => {
    const mixed = logOf([["Ann@x.org", "view", 5], ["ann@x.org ", "view", 1], ["bo@x.org", "view", 2]]); // prettier-ignore
    const { log: hidden, report } = pseudonymize(mixed, { ...options, normalize: "email" });
    expectWhole(hidden);
    expect(report.pseudonyms).toEqual({ customer: 2 });
    expect(report.notes.map(({ code }) => code)).toEqual(["merged-names"]);
    const ann = toEvents(hidden).filter(({ customer }) => customer === pseudonymOf("ann@x.org", options));
    expect(ann.map(({ time }) => time)).toEqual([1, 5]);
  });

  it("warns of pseudonyms of pseudonyms", () => {
    const { report } = pseudonymize(pseudonymize(log, options).log, { ...options, keyId: "k2" });
    expect(report.notes).toEqual([expect.objectContaining({ code: "already-pseudonyms" })]);
  });

  it("refuses a lone surrogate with the position of the name, not the name", () => {
    const broken = logOf([["ann", "view", 1], ["secret\ud800", "view", 1]]); // prettier-ignore
    const error = refusalOf(() => pseudonymize(broken, options));
    expect(error).toMatchObject({ code: "invalid-value", path: "log.customer.names[1]" });
    expect(error.message).not.toContain("secret");
  });

  it("refuses a column that is not there", () => {
    expectRefusal(() => pseudonymize(log, { ...options, fields: ["email"] }), "invalid-option", "options.fields[0]");
  });

  it("hides columns with hostile names", () => {
    const { log: odd } = readEventColumns({ customer: ["a"], type: ["v"], time: [1], extra: Object.fromEntries([["__proto__", ["x"]]]) }); // prettier-ignore
    const hidden = pseudonymize(odd, { ...options, fields: ["__proto__"] });
    expect(Object.entries(hidden.report.pseudonyms)).toEqual([["__proto__", 1]]);
    expect(Object.values(hidden.log.extra).every((column) => !(column instanceof Float64Array) && column.names.every(isPseudonym))).toBe(true); // prettier-ignore
  });

  it("gives each of many ids the pseudonym it has alone, and names the position of one that has none", () => {
    const customer = Array.from({ length: 800 }, (_, i) => `id ${i}`);
    const { log: many } = readEventColumns({ customer, type: customer.map(() => "view"), time: customer.map((_, i) => i) }); // prettier-ignore
    expect(pseudonymize(many, options).log.customer.names).toEqual(
      customer.map((id) => pseudonymOf(id, options)).sort(),
    );
    const names = many.customer.names.slice();
    names[701] = "\ud83d";
    expectRefusal(() => pseudonymize({ ...many, customer: { ...many.customer, names } }, options), "invalid-value", "log.customer.names[701]"); // prettier-ignore
  });

  it("hides a hundred thousand customers within seconds", () => {
    const customer = Array.from({ length: 100_000 }, (_, i) => `customer-${i}`);
    const { log: many } = readEventColumns({ customer, type: customer.map(() => "view"), time: customer.map((_, i) => i) }); // prettier-ignore
    expect(pseudonymize(many, options).report.pseudonyms).toEqual({ customer: 100_000 });
  });
});
