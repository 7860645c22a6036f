import { codesOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { dropRows } from "../../src/events/log-report.ts";
import { sortedLog } from "../../src/tables/event-log.ts";
import { expectWhole } from "../laws/log-laws.ts";
import { partsOf } from "../support/inspect.ts";

const log = sortedLog({
  customer: codesOf(["ann", "bo", "ann", "cy"]),
  type: codesOf(["view", "buy", "view", "mail"]),
  time: Float64Array.of(1, 2, 3, 4),
  extra: { page: codesOf(["/", "/cart", null, "/mail"]) },
});

describe("dropRows", () => {
  it("counts each row once, under its own reason, and leaves out reasons that did not occur", () => {
    const { report } = dropRows(log, Uint8Array.of(1, 0, 2, 2), ["bot", "late", "never"]);
    expect(report).toEqual({ read: 4, kept: 1, dropped: { bot: 1, late: 2 }, notes: [] });
  });

  it("leaves no name of what was dropped in any dictionary", () => {
    const { log: kept } = dropRows(log, Uint8Array.of(0, 0, 1, 1), ["erased"]);
    expectWhole(kept);
    expect(kept.customer.names).toEqual(["ann"]);
    expect(kept.type.names).toEqual(["view"]);
    expect(kept.extra.page).toEqual({ codes: Uint32Array.of(0, 0xffffffff), names: ["/"] });
  });

  it("counts a reason called __proto__ like any other", () => {
    const { report } = dropRows(log, Uint8Array.of(1, 0, 0, 0), ["__proto__"]);
    expect(Object.entries(report.dropped)).toEqual([["__proto__", 1]]);
  });

  it("shares nothing with the log it came from, also when nothing is dropped", () => {
    const whole = partsOf(log);
    const cleaned = dropRows(log, new Uint8Array(4), []);
    expect([...partsOf(cleaned)].filter((part) => whole.has(part))).toEqual([]);
    expect(cleaned.log).toEqual(log);
  });

  it("makes an empty log of no rows", () => {
    const empty = dropRows(log, Uint8Array.of(1, 1, 1, 1), ["gone"]).log;
    expectWhole(empty);
    expect(empty).toHaveLength(0);
    expect(dropRows(empty, new Uint8Array(0), ["gone"]).report).toEqual({ read: 0, kept: 0, dropped: {}, notes: [] });
  });
});
