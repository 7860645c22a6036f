import { type EventReaders, readEvents, toEvents } from "clientele/events";
import { codesOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { logLaws } from "../laws/log-laws.ts";
import { browsingRows, rawReaders } from "../support/arbitraries.ts";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";

interface Row {
  readonly [column: string]: unknown;
}

const readers = { customer: "who", type: "what", time: "at" } as const;

function row(cells: Row = {}): Row {
  return { who: "ann", what: "view", at: 0, ...cells };
}

logLaws("readEvents", (rows) => readEvents(rows as Row[], rawReaders));

describe("readEvents", () => {
  it("sorts rows by customer, then time, whatever order they come in", () => {
    const rows = [
      { who: "bo", what: "view", at: 7, amount: null },
      { who: "ann", what: "buy", at: 9, amount: 20 },
      { who: "ann", what: "view", at: 3, amount: undefined },
    ];
    const { log, report } = readEvents(rows, { ...readers, value: "amount" });
    expect(log.customer.names).toEqual(["ann", "bo"]);
    expect(log.customer.codes).toEqual(Uint32Array.of(0, 0, 1));
    expect(log.type).toEqual({ codes: Uint32Array.of(1, 0, 1), names: ["buy", "view"] });
    expect(log.time).toEqual(Float64Array.of(3, 9, 7));
    expect(log.value).toEqual(Float64Array.of(NaN, 20, NaN));
    expect(log.byCustomer.starts).toEqual(Uint32Array.of(0, 2, 3));
    expect(report).toEqual({ read: 3, accepted: 3, rejected: [], rejectedCount: {}, notes: [] });
  });

  it("reads by functions, and any iterable", () => {
    function* lines(): Generator<[string, string]> {
      yield ["ann", "2024-03-01 10:00:00"];
      yield ["ann", "2024-03-01 10:00:01"];
    }
    const { log } = readEvents(lines(), {
      customer: ([who]) => who,
      type: () => "purchase",
      time: ([, at]) => `${at.replace(" ", "T")}Z`,
    });
    expect(log.time).toEqual(Float64Array.of(Date.UTC(2024, 2, 1, 10), Date.UTC(2024, 2, 1, 10, 0, 1)));
    expect(log.type.names).toEqual(["purchase"]);
  });

  it("takes any string but the empty one as a customer, numbers and bigints written out", () => {
    const names = ["  ", "\ud800", "__proto__", "constructor", "10", "0"];
    const { log } = readEvents(
      names.map((who) => row({ who })),
      readers,
    );
    expect(log.customer.names).toEqual([...names].sort());
    const numbers = readEvents([10, 10n, "10", -0, 1.5].map((who) => row({ who })), readers); // prettier-ignore
    expect(numbers.log.customer.names).toEqual(["0", "1.5", "10"]);
  });

  it("keeps event names that are empty or hostile", () => {
    const { log, report } = readEvents(
      ["", ...hostileNames].map((what, at) => row({ what, at })),
      readers,
    );
    expect(report.accepted).toBe(hostileNames.length + 1);
    expect(toEvents(log).map(({ type }) => type)).toEqual(["", ...hostileNames]);
  });

  it.each([
    ["not-an-object", null, ""],
    ["not-an-object", "row", ""],
    ["not-an-object", () => 1, ""],
    ["missing-customer", row({ who: "" }), ".customer"],
    ["missing-customer", row({ who: null }), ".customer"],
    ["missing-customer", {}, ".customer"],
    ["invalid-customer", row({ who: NaN }), ".customer"],
    ["invalid-customer", row({ who: true }), ".customer"],
    ["invalid-customer", row({ who: {} }), ".customer"],
    ["missing-type", row({ what: null }), ".type"],
    ["invalid-type", row({ what: true }), ".type"],
    ["invalid-type", row({ what: Infinity }), ".type"],
    ["missing-time", row({ at: undefined }), ".time"],
    ["invalid-time", row({ at: "2024-02-30T00:00:00Z" }), ".time"],
    ["time-without-offset", row({ at: "2024-02-28T00:00:00" }), ".time"],
    ["time-out-of-range", row({ at: 9e15 }), ".time"],
    ["invalid-value", row({ worth: "12.50" }), ".value"],
    ["invalid-value", row({ worth: Infinity }), ".value"],
    ["invalid-value", row({ worth: true }), ".value"],
    ["invalid-sequence", row({ nr: "1" }), ".sequence"],
    ["invalid-id", row({ key: {} }), ".id"],
    ["invalid-extra", row({ page: {} }), ".extra.page"],
    ["invalid-extra", row({ page: Infinity }), ".extra.page"],
    ["invalid-extra", row({ page: Symbol("page") }), ".extra.page"],
  ])("refuses a row as %s and goes on", (code, bad, path) => {
    const columns = { ...readers, value: "worth", sequence: "nr", id: "key", extra: { page: "page" } };
    const { log, report } = readEvents([row(), bad as Row, row()], columns);
    expect(log).toHaveLength(2);
    expect(report.rejected).toEqual([{ row: 1, code, path: `rows[1]${path}` }]);
    expect(report.rejectedCount).toEqual({ [code]: 1 });
  });

  it("names the first fault of a row, in the order customer, type, time, value", () => {
    const { report } = readEvents([{ who: "", what: null, at: "x" }, row({ what: null, at: "x" })], readers);
    expect(report.rejected.map(({ code }) => code)).toEqual(["missing-customer", "missing-type"]);
  });

  it("refuses a row whose reader or getter throws, and names the field", () => {
    const trap = Object.defineProperty(row(), "at", {
      get() {
        throw new Error("no");
      },
    });
    const { report } = readEvents([trap, row()], readers);
    expect(report.rejected).toEqual([{ row: 0, code: "reader-failed", path: "rows[0].time" }]);
    const failing = readEvents([row({ page: null }), row({ page: "/a" })], {
      ...readers,
      extra: { first: (cells: Row) => (cells["page"] as string).charAt(0) },
    });
    expect(failing.report.rejected).toEqual([{ row: 0, code: "reader-failed", path: "rows[0].extra.first" }]);
    expect(failing.log.extra["first"]).toEqual(codesOf(["/"]));
  });

  it("lists the first hundred refused rows and counts all", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => row({ who: i % 2 === 0 ? "" : "ann" }));
    const { report } = readEvents(rows, readers);
    expect(report.rejected).toHaveLength(100);
    expect(report.rejected[99]).toEqual({ row: 198, code: "missing-customer", path: "rows[198].customer" });
    expect(report.rejectedCount).toEqual({ "missing-customer": 500 });
    expect(report.notes).toEqual([]);
  });

  it("never quotes data in the report", () => {
    const { report } = readEvents([row({ who: { secret: "s3cret" } }), row({ at: "s3cret" })], readers);
    expect(JSON.stringify(report)).not.toContain("s3cret");
  });

  it("reads columns called __proto__ and constructor from the row itself, not from what it inherits", () => {
    const parsed = JSON.parse('{"__proto__": "ann", "constructor": "view", "toString": 5}') as Row;
    const { log } = readEvents([parsed, { hasOwn: 1 }] as Row[], {
      customer: "__proto__",
      type: "constructor",
      time: "toString",
      extra: JSON.parse('{"__proto__": "__proto__"}') as Record<string, string>,
    });
    expect(JSON.stringify(toEvents(log))).toBe('[{"customer":"ann","type":"view","time":5,"__proto__":"ann"}]');
  });
});

describe("the unit of times", () => {
  const t = 1_709_287_200;

  it.each([
    ["s", t, t * 1000],
    ["ms", t * 1000, t * 1000],
    ["us", t * 1e6 + 1, t * 1000 + 0.001],
    ["ns", t * 1e9, t * 1000],
  ] as const)("%s is what numbers are read in", (timeUnit, at, time) => {
    const { log, report } = readEvents([row({ at }), row({ at: BigInt(at) })], readers, { timeUnit });
    expect(log.time).toEqual(Float64Array.of(time, time));
    expect(report.notes).toEqual([]);
  });

  it.each([
    ["seconds", 1],
    ["microseconds", 1e6],
    ["nanoseconds", 1e9],
  ])("is doubted when most numbers look like %s", (unit, factor) => {
    const { report } = readEvents([row({ at: t * factor }), row({ at: (t + 9) * factor }), row({ at: 5 })], readers);
    expect(report.notes.map(({ code }) => code)).toContain(`time-looks-like-${unit}`);
  });

  it("is not doubted because of a few numbers, or of none", () => {
    expect(readEvents([row({ at: t }), row({ at: t * 1000 })], readers).report.notes).toEqual([]);
    expect(readEvents([row({ at: "2024-03-01T00:00:00Z" })], readers).report.notes).toEqual([]);
    expect(readEvents([row({ at: t * 1000 })], readers, { timeUnit: "s" }).report.notes).toHaveLength(1);
  });
});

describe("events of one customer at one time", () => {
  const rows = [
    { ...row(), nr: 2, key: "b", worth: 1 },
    { ...row(), nr: 1, key: "z", worth: 2 },
    { ...row(), nr: 2, key: "a", worth: 3 },
    { ...row(), nr: null, key: "c", worth: 4 },
    { ...row(), nr: 2, key: "", worth: 5 },
  ];
  const orderBy = (columns: Partial<EventReaders<Row>>): number[] => [
    ...readEvents(rows as Row[], { ...readers, value: "worth", ...columns }).log.value,
  ];

  it("keep the order of arrival when nothing tells them apart", () => {
    expect(orderBy({})).toEqual([1, 2, 3, 4, 5]);
  });

  it("are ordered by sequence, then id, those without one last", () => {
    expect(orderBy({ sequence: "nr" })).toEqual([2, 1, 3, 5, 4]);
    expect(orderBy({ id: "key" })).toEqual([3, 1, 4, 2, 5]);
    expect(orderBy({ sequence: "nr", id: "key" })).toEqual([2, 3, 1, 5, 4]);
  });

  it("come in the same order, to the bit, from every order of arrival once they have ids", () => {
    const shop = browsingRows({ events: 200, customers: 3 }).map((event, i) => ({ ...event, key: `e${i % 190}` }));
    const columns = { customer: "customer", type: "type", time: "time", id: "key", extra: { campaign: "campaign" } };
    const log = readEvents(shop, columns).log;
    const names = new Set(shop.map(({ customer, time, key }) => `${customer} ${time} ${key}`));
    expect(names.size).toBe(200);
    expect(readEvents(shop.toReversed(), columns).log).toEqual(log);
  });
});

describe("further columns", () => {
  const extraOf = (cells: readonly unknown[]): unknown => {
    const { log } = readEvents(
      cells.map((x, at) => row({ x, at })),
      { ...readers, extra: { x: "x" } },
    );
    return log.extra["x"];
  };

  it("are numbers when all they hold is numbers", () => {
    expect(extraOf([1, null, 2.5, NaN, undefined, 3n, ""])).toEqual(Float64Array.of(1, NaN, 2.5, NaN, NaN, 3, NaN));
  });

  it("are text otherwise, with numbers and booleans written out", () => {
    expect(extraOf([1, "C2", true, null, NaN, "", 2n ** 70n])).toEqual(
      codesOf(["1", "C2", "true", null, null, "", "1180591620717411303424"]),
    );
  });

  it("keep the digits of a bigint that no number can hold", () => {
    expect(extraOf([2n ** 53n + 1n, 5n])).toEqual(codesOf(["9007199254740993", "5"]));
  });

  it("hold nothing where no row has a cell, which is noted", () => {
    const { log, report } = readEvents([row()], { ...readers, value: "wroth", extra: { page: "pgae" } });
    expect(log.extra["page"]).toEqual(codesOf([null]));
    expect(report.notes.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "empty-column: The column page holds nothing in any row.",
      "empty-column: The column value holds nothing in any row.",
    ]);
  });

  it("do not change their kind because of a row that is refused", () => {
    const { log } = readEvents([row({ x: 1 }), row({ who: "", x: "text" })], { ...readers, extra: { x: "x" } });
    expect(log.extra["x"]).toEqual(Float64Array.of(1));
  });

  it("number their names in the order of the log", () => {
    expect(extraOf(["b", "a", "b"])).toEqual({ codes: Uint32Array.of(0, 1, 0), names: ["b", "a"] });
    const { log } = readEvents([row({ x: "late", at: 9 }), row({ x: "early" })], { ...readers, extra: { x: "x" } });
    expect(log.extra["x"]).toEqual({ codes: Uint32Array.of(0, 1), names: ["early", "late"] });
  });
});

describe("readEvents refuses", () => {
  it("what is not an iterator of rows", () => {
    for (const rows of [null, undefined, 1, {}, "rows"]) {
      expectRefusal(() => readEvents(rows as never, readers), "shape-mismatch", "rows");
    }
  });

  it("readers that are none, unknown fields, and extra columns with a name that is taken", () => {
    expectRefusal(() => readEvents([], undefined as never), "invalid-option", "columns.customer");
    expectRefusal(() => readEvents([], { ...readers, time: 5 } as never), "invalid-option", "columns.time");
    expectRefusal(() => readEvents([], { ...readers, user: "who" } as never), "unknown-option", "columns.user");
    for (const name of ["customer", "type", "time", "value", "id", "sequence"]) {
      expectRefusal(() => readEvents([], { ...readers, extra: { [name]: "x" } }), "invalid-option", "columns.extra");
    }
    expectRefusal(() => readEvents([], readers, { timeUnit: "min" } as never), "invalid-option", "options.timeUnit");
  });

  it("lists of impossible length before it reads them", () => {
    expectRefusal(() => readEvents(new Array(2 ** 31) as Row[], readers), "too-large", "rows");
  });

  it("all rows, with a note, when a column name is misspelt", () => {
    const { log, report } = readEvents([row(), row()], { ...readers, customer: "whom" });
    expect(log).toHaveLength(0);
    expect(report.rejectedCount).toEqual({ "missing-customer": 2 });
    expect(report.notes.map(({ code }) => code)).toEqual(["no-row-accepted"]);
  });
});

describe("a million rows", () => {
  it("are read in linear time", () => {
    const rows = Array.from({ length: 1_000_000 }, (_, i) => ({
      who: `customer ${(i * 7919) % 100_003}`,
      what: i % 9 === 0 ? "purchase" : "view",
      at: 1_700_000_000_000 + ((i * 104_729) % 7_776_000) * 1000,
      worth: i % 9 === 0 ? i % 100 : null,
    }));
    const start = process.cpuUsage().user;
    const { log } = readEvents(rows, { ...readers, value: "worth" });
    // Microseconds of this process, not of the clock: other tests may run beside it. Quadratic would be hours.
    expect(process.cpuUsage().user - start).toBeLessThan(8_000_000);
    expect(log).toHaveLength(1_000_000);
    expect(log.customer.names).toHaveLength(100_003);
  });
});
