import { type NameCells, readEventColumns, readEvents } from "clientele/events";
import { codesOf, missingCode } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logLaws } from "../laws/log-laws.ts";
import { goodRow, type RawRow, rawReaders } from "../support/arbitraries.ts";
import { expectRefusal } from "../support/refusal.ts";
import { utf8Column, utf8Strings } from "../support/utf8.ts";

/** Rows as columns; what is no row has nothing in any column. */
function columnsOf(rows: readonly unknown[]): Parameters<typeof readEventColumns>[0] {
  const cells = (key: keyof RawRow): unknown[] => rows.map((row) => (row as Partial<RawRow> | null | undefined)?.[key]);
  return {
    customer: cells("who"),
    type: cells("what"),
    time: cells("at"),
    value: cells("worth"),
    extra: { page: cells("page"), size: cells("size") },
  };
}

logLaws("readEventColumns", (rows) => readEventColumns(columnsOf(rows)));

describe("readEventColumns", () => {
  it("reads what readEvents reads, to the bit", () => {
    fc.assert(
      fc.property(fc.array(goodRow, { maxLength: 20 }), (rows) => {
        expect(readEventColumns(columnsOf(rows))).toEqual(readEvents(rows, rawReaders));
      }),
    );
  });

  it("takes codes and typed arrays without looking at strings, and keeps the order of their names", () => {
    const { log, report } = readEventColumns({
      customer: { codes: Uint32Array.of(2, 0, 2), names: ["zoe", "nobody", "ann"] },
      type: { codes: Uint32Array.of(1, 1, 0), names: ["view", "buy"] },
      time: Float64Array.of(5, 4, 3),
      value: Float64Array.of(NaN, 1, -0),
      extra: {
        page: { codes: Uint32Array.of(0, missingCode, 1), names: ["/b", "/a"] },
        size: Float64Array.of(1, NaN, 3),
      },
    });
    expect(log.customer).toEqual({ codes: Uint32Array.of(0, 2, 2), names: ["zoe", "nobody", "ann"] });
    expect(log.byCustomer.starts).toEqual(Uint32Array.of(0, 1, 1, 3));
    expect(log.type).toEqual({ codes: Uint32Array.of(1, 0, 1), names: ["view", "buy"] });
    expect(log.time).toEqual(Float64Array.of(4, 3, 5));
    expect(log.extra["page"]).toEqual({ codes: Uint32Array.of(missingCode, 1, 0), names: ["/b", "/a"] });
    expect(log.extra["size"]).toEqual(Float64Array.of(NaN, 3, 1));
    expect(report.accepted).toBe(3);
  });

  it("reads UTF-8 columns as it reads the decoded strings, in every report and every code", () => {
    const name = fc.constantFrom("", "ann", "bo", "é", "🛒", "a name of more than 24 bytes", "__proto__", null);
    const row = fc.record({ who: name, what: name, id: name, page: name, at: fc.constantFrom(1, 2, NaN) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const read = (column: (cells: (string | null)[]) => NameCells): unknown =>
          readEventColumns({
            customer: column(rows.map(({ who }) => who)),
            type: column(rows.map(({ what }) => what)),
            time: rows.map(({ at }) => at),
            id: column(rows.map(({ id }) => id)),
            extra: { page: column(rows.map(({ page }) => page)) },
          });
        expect(read(utf8Strings)).toEqual(read((cells) => cells));
      }),
    );
  });

  it("refuses rows whose bytes are no UTF-8, and leaves no trace of them in the names", () => {
    const good = Uint8Array.of(97);
    const bad = Uint8Array.of(0xc3);
    const { log, report } = readEventColumns({
      customer: utf8Column([good, bad, good, good, good, bad]),
      type: utf8Column([good, good, bad, good, good, good]),
      time: [1, 2, 3, 4, 5, 6],
      id: utf8Column([good, good, good, bad, null, good]),
      extra: { page: utf8Column([null, good, good, good, bad, good]) },
    });
    expect(report.rejected).toEqual([
      { row: 1, code: "invalid-customer", path: "columns.customer[1]" },
      { row: 2, code: "invalid-type", path: "columns.type[2]" },
      { row: 3, code: "invalid-id", path: "columns.id[3]" },
      { row: 4, code: "invalid-extra", path: "columns.extra.page[4]" },
      { row: 5, code: "invalid-customer", path: "columns.customer[5]" },
    ]);
    expect([log.customer.names, log.type.names, log.extra["id"]]).toEqual([["a"], ["a"], codesOf(["a"])]);
  });

  it("refuses rows with a missing code, an empty name, or no time, and says where", () => {
    const { log, report } = readEventColumns({
      customer: { codes: Uint32Array.of(0, missingCode, 1, 0, 0, 0), names: ["ann", ""] },
      type: codesOf(["view", "view", "view", null, "view", ""]),
      time: Float64Array.of(1, 2, 3, 4, NaN, 6),
      value: Float64Array.of(1, 2, 3, 4, 5, Infinity),
    });
    expect(log).toHaveLength(1);
    expect(report.rejected).toEqual([
      { row: 1, code: "missing-customer", path: "columns.customer[1]" },
      { row: 2, code: "missing-customer", path: "columns.customer[2]" },
      { row: 3, code: "missing-type", path: "columns.type[3]" },
      { row: 4, code: "invalid-time", path: "columns.time[4]" },
      { row: 5, code: "invalid-value", path: "columns.value[5]" },
    ]);
  });

  it.each([
    ["s", 1_709_287_200n, 1_709_287_200_000],
    ["ms", 1_709_287_200_001n, 1_709_287_200_001],
    ["us", 1_709_287_200_000_001n, 1_709_287_200_000.001],
    ["ns", 1_709_287_200_000_001_999n, 1_709_287_200_000.001],
  ] as const)("reads 64-bit integers in %s", (timeUnit, at, time) => {
    const { log, report } = readEventColumns(
      { customer: ["a"], type: ["b"], time: BigInt64Array.of(at) },
      { timeUnit },
    );
    expect(log.time).toEqual(Float64Array.of(time));
    expect(report.notes).toEqual([]);
    const floats = readEventColumns({ customer: ["a"], type: ["b"], time: Float64Array.of(Number(at)) }, { timeUnit });
    expect(Math.abs(floats.log.time[0] - time)).toBeLessThan(0.001);
  });

  it("doubts the unit of typed arrays too", () => {
    const time = Float64Array.of(1_709_287_200, 1_709_287_201);
    const { report } = readEventColumns({ customer: ["a", "a"], type: ["b", "b"], time });
    expect(report.notes.map(({ code }) => code)).toEqual(["time-looks-like-seconds"]);
    expect(report.notes[0].message).toBe(
      '2 of 2 numeric times look like seconds, but are read as milliseconds; set timeUnit to "s" if they are.',
    );
  });

  it("orders ties by sequence and id", () => {
    const { log } = readEventColumns({
      customer: ["a", "a", "a"],
      type: ["c", "b", "a"],
      time: [0, 0, 0],
      sequence: Float64Array.of(2, 1, 1),
      id: ["x", "y", "w"],
    });
    expect(Array.from(log.type.codes, (code) => log.type.names[code])).toEqual(["a", "b", "c"]);
    expect(log.extra["sequence"]).toEqual(Float64Array.of(1, 1, 2));
    expect(log.extra["id"]).toEqual(codesOf(["w", "y", "x"]));
  });

  it("reads nothing from empty columns", () => {
    expect(readEventColumns({ customer: [], type: [], time: [] }).report.read).toBe(0);
  });

  it("refuses columns that are none, or that do not fit together", () => {
    const good = { customer: ["a"], type: ["b"], time: [1] };
    const read = (columns: object): unknown => readEventColumns({ ...good, ...columns });
    for (const column of ["a", 1, null, {}, new DataView(new ArrayBuffer(8))]) {
      expectRefusal(() => read({ customer: column }), "invalid-option", "columns.customer");
      expectRefusal(() => read({ time: column }), "invalid-option", "columns.time");
    }
    expectRefusal(() => read({ extra: { page: 5 } }), "invalid-option", "columns.extra");
    expectRefusal(() => read({ extra: { time: ["a"] } }), "invalid-option", "columns.extra");
    expectRefusal(() => read({ pages: ["a"] }), "unknown-option", "columns.pages");
    expectRefusal(() => read({ type: ["b", "c"] }), "shape-mismatch", "columns.type");
    expectRefusal(() => read({ extra: { page: ["a", "b"] } }), "shape-mismatch", "columns.extra.page");
    const codes = (list: number[], names: unknown): object => ({ customer: { codes: Uint32Array.from(list), names } });
    const utf8 = (...offsets: number[]): object => ({ bytes: Uint8Array.of(97), offsets: Int32Array.from(offsets) });
    expectRefusal(() => read({ customer: utf8(0, 1, 1) }), "shape-mismatch", "columns.customer");
    expectRefusal(() => read({ type: utf8(0, 2) }), "invalid-value", "columns.type.offsets[1]");
    expectRefusal(() => read({ extra: { page: utf8(1, 0) } }), "invalid-value", "columns.extra.page.offsets[1]");
    expectRefusal(() => read({ id: { bytes: [97], offsets: [0, 1] } }), "shape-mismatch", "columns.id.bytes");
    expectRefusal(() => read(codes([0, 0], ["a"])), "shape-mismatch", "columns.customer.codes");
    expectRefusal(() => read(codes([1], ["a"])), "invalid-value", "columns.customer.codes[0]");
    expectRefusal(() => read(codes([0], ["a", "a"])), "invalid-value", "columns.customer.names");
    expectRefusal(() => read(codes([0], [1])), "invalid-value", "columns.customer.names[0]");
    expectRefusal(() => read({ customer: { codes: [0], names: ["a"] } }), "shape-mismatch", "columns.customer");
    const sparse = new Array(2 ** 31) as string[];
    expectRefusal(
      () => readEventColumns({ customer: sparse, type: sparse, time: sparse }),
      "too-large",
      "columns.time",
    );
  });
});
