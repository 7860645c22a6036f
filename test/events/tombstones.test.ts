import { eraseCustomers, filterErased, type Tombstones } from "clientele/events";
import { describe, expect, it } from "vitest";
import { cleaningLaws } from "../laws/cleaning-laws.ts";
import { hostileNames } from "../support/hostile.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const secret = { key: new Uint8Array(32).fill(7), keyId: "k1" };
const { key } = secret;
const people = hostileNames.filter((name) => name !== "");
const log = logOf(people.map((name, i) => [name, "view", i]));
const stonesOf = (ids: readonly string[], earlier?: Tombstones): Tombstones =>
  eraseCustomers(log, ids, { ...secret, tombstones: earlier }).tombstones!;

cleaningLaws("filterErased", (dirty) => filterErased(dirty, { tombstones: stonesOf(["a", "b", ...people]), key }));

describe("filterErased", () => {
  it("keeps every erased customer out, whatever the name, and nobody else", () => {
    for (const name of people) {
      const back = filterErased(log, { tombstones: stonesOf([name]), key });
      expect(back.log.customer.names).toEqual(log.customer.names.filter((other) => other !== name));
      expect(back.report.dropped).toEqual({ erased: 1 });
    }
  });

  it("works with tombstones that went through a file, and with those of several erasures", () => {
    const both = JSON.parse(JSON.stringify(stonesOf(["toString"], stonesOf(["__proto__"])))) as Tombstones;
    expect(both.codes).toHaveLength(2);
    expect(filterErased(log, { tombstones: both, key }).report.dropped).toEqual({ erased: 2 });
  });

  it("refuses another key instead of letting everybody pass", () => {
    const other = new Uint8Array(32).fill(8);
    const tombstones = stonesOf(["toString"]);
    expectRefusal(() => filterErased(log, { tombstones, key: other }), "invalid-option", "options.key");
    expectRefusal(() => eraseCustomers(log, [], { key: other, keyId: "k1", tombstones }), "invalid-option", "options.key"); // prettier-ignore
    expectRefusal(() => eraseCustomers(log, [], { key, keyId: "k2", tombstones }), "invalid-option", "options.keyId");
    expectRefusal(() => eraseCustomers(log, [], { tombstones }), "invalid-option", "options.key");
  });

  it("passes everybody when nobody was erased", () => {
    expect(filterErased(log, { tombstones: stonesOf([]), key }).log).toEqual(log);
  });
});
