import { deriveSessions, readEventColumns, readEvents, sessionize } from "clientele/events";
import { type Codes, codesOf, type EventLog, mergeLogs } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectWhole } from "../laws/log-laws.ts";
import { browsingRows, goodRow, rawReaders } from "../support/arbitraries.ts";
import { bitsOf, freezeDeep, partsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;

/** The further columns of a log as plain cells by name. */
function cellsOf(log: EventLog): Record<string, (string | number | undefined)[]> {
  const cells = (column: Codes | Float64Array): (string | number | undefined)[] =>
    column instanceof Float64Array ? [...column] : Array.from(column.codes, (code) => column.names[code]);
  return Object.fromEntries(Object.entries(log.extra).map(([name, column]) => [name, cells(column)]));
}

describe("mergeLogs", () => {
  it("gives what one pass over the rows gives, to the bit, wherever the rows are cut into shards", () => {
    const rows = fc.array(goodRow, { maxLength: 30 });
    const readers = fc.constantFrom(rawReaders, { ...rawReaders, sequence: "size", id: "page" });
    fc.assert(
      fc.property(rows, fc.array(fc.nat(30), { maxLength: 4 }), readers, (all, ends, columns) => {
        const cuts = [0, ...ends.map((end) => Math.min(end, all.length)).sort((a, b) => a - b), all.length];
        const shards = cuts.slice(1).map((end, i) => freezeDeep(readEvents(all.slice(cuts[i], end), columns).log));
        const merged = mergeLogs(shards);
        expectWhole(merged);
        expect(bitsOf(merged)).toBe(bitsOf(readEvents(all, columns).log));
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same for every split and every order of the shards when ids order equal times", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 5 }), fc.boolean(), (seed, shards, turned) => {
        const rows = browsingRows({ events: 80, seed }).map((row, i) => ({ ...row, id: `${(i * 7919) % 1009}` }));
        const columns = { customer: "customer", type: "type", time: "time", value: "value", id: "id", extra: { campaign: "campaign" } }; // prettier-ignore
        const logs = Array.from({ length: shards }, (_, s) => {
          const part = rows.filter((_row, i) => (i * 31 + seed) % shards === s);
          return readEvents(part, columns).log;
        });
        const whole = readEvents(rows, columns).log;
        const merged = mergeLogs(turned ? logs.toReversed() : logs);
        expect(bitsOf(merged)).toBe(bitsOf(whole));
        const options = { campaign: "campaign", startOn: ["app_open"], splitAtMidnight: true };
        expect(deriveSessions(merged, sessionize(merged, options))).toEqual(
          deriveSessions(whole, sessionize(whole, options)),
        );
      }),
    );
  });

  it("joins a session that was cut between two shards", () => {
    const at = (time: number): EventLog => readEventColumns({ customer: ["ann"], type: ["view"], time: [time] }).log;
    expect(sessionize(mergeLogs([at(0), at(50 * minute)])).starts).toEqual(Uint32Array.of(0, 1, 2));
    expect(sessionize(mergeLogs([at(0), at(50 * minute), at(25 * minute)])).starts).toEqual(Uint32Array.of(0, 3));
  });

  it("keeps equal times in the order of the logs where nothing else orders them", () => {
    const one = (type: string): EventLog => readEventColumns({ customer: ["ann"], type: [type], time: [5] }).log;
    const order = ({ type }: EventLog): string[] => Array.from(type.codes, (code) => type.names[code]);
    expect(order(mergeLogs([one("b"), one("a"), one("c")]))).toEqual(["b", "a", "c"]);
    expect(order(mergeLogs([one("c"), one("b"), one("a")]))).toEqual(["c", "b", "a"]);
  });

  it("fills further columns that a log lacks with nothing", () => {
    const a = readEventColumns({ customer: ["ann"], type: ["v"], time: [0], extra: { page: ["/"], size: [3] } }).log;
    const b = readEventColumns({ customer: ["ann"], type: ["v"], time: [1], extra: { shop: ["x"] } }).log;
    expect(cellsOf(mergeLogs([a, b]))).toEqual({ page: ["/", undefined], size: [3, NaN], shop: [undefined, "x"] });
    const named = { ["__proto__"]: ["p"], constructor: ["c"] };
    const c = readEventColumns({ customer: ["ann"], type: ["v"], time: [2], extra: named }).log;
    const merged = mergeLogs([a, c]);
    expect(Object.keys(merged.extra).sort()).toEqual(["__proto__", "constructor", "page", "size"]);
    expect(Object.getPrototypeOf(merged.extra)).toBe(Object.prototype);
  });

  it.each([
    ["numbers and text become text", [1, null], ["x"], ["1", undefined, "x"]],
    ["numbers and nothing stay numbers", [1, 2], [null], [1, 2, NaN]],
    ["numbers and empty texts stay numbers", [1, 2], [""], [1, 2, NaN]],
    ["the same text as a number and as a text is one name", [7, null], ["7", "seven"], ["7", undefined, "7", "seven"]],
    ["nothing and text stay text", [null, null], ["x"], [undefined, undefined, "x"]],
  ])("reads a column as one pass would: %s", (_, first, second, wanted) => {
    const shard = (cells: readonly unknown[], from: number): EventLog =>
      readEvents(
        cells.map((cell, i) => ({ cell, time: from + i })),
        { customer: () => "ann", type: () => "v", time: "time", extra: { cell: "cell" } },
      ).log;
    const merged = mergeLogs([shard(first, 0), shard(second, 10)]);
    expect(cellsOf(merged)["cell"]).toEqual(wanted);
    expect(bitsOf(merged.extra)).toBe(bitsOf(shard([...first, ...second], 0).extra));
  });

  it("keeps dictionaries that all logs share, in the caller's order and with names that no row uses", () => {
    const columns = (codes: number[], time: number): EventLog =>
      readEventColumns({
        customer: { codes: Uint32Array.from(codes), names: ["z", "unused", "a"] },
        type: codesOf(codes.map(() => "view")),
        time: codes.map(() => time),
      }).log;
    const empty = readEvents([], rawReaders).log;
    const merged = mergeLogs([columns([2, 0], 0), empty, columns([0], 1)]);
    expect(merged.customer).toEqual({ codes: Uint32Array.of(0, 0, 2), names: ["z", "unused", "a"] });
    expectWhole(merged);
  });

  it("has an empty log of no logs, and a copy of one", () => {
    const none = mergeLogs([]);
    expectWhole(none);
    expect(none).toHaveLength(0);
    const { log } = readEvents(browsingRows(), { customer: "customer", type: "type", time: "time" });
    const copy = mergeLogs([freezeDeep(log)]);
    expect(bitsOf(copy)).toBe(bitsOf(log));
    const parts = partsOf(log);
    expect([...partsOf(copy)].filter((part) => parts.has(part))).toEqual([]);
  });

  it("merges a million rows in seconds at most", () => {
    const shard = (offset: number): EventLog => {
      const time = Float64Array.from({ length: 500_000 }, (_, i) => ((i * 7919) % 1_000_003) * 1000 + offset);
      const codes = Uint32Array.from({ length: 500_000 }, (_, i) => (i * 31) % 50_000);
      const names = Array.from({ length: 50_000 }, (_, c) => `customer ${c + offset}`);
      return readEventColumns({ customer: { codes, names }, type: codesOf(Array.from(codes, () => "view")), time }).log;
    };
    const logs = [shard(0), shard(1)];
    const start = process.cpuUsage().user;
    const merged = mergeLogs(logs);
    expect(process.cpuUsage().user - start).toBeLessThan(8_000_000); // about 0.3 s; a bound against quadratic cost only
    expect(merged).toHaveLength(1_000_000);
    expect(merged.customer.names).toHaveLength(50_001);
  });

  it("refuses what is no list of logs, with the place", () => {
    const { log } = readEvents([], rawReaders);
    for (const wrong of [null, log, "logs", 1])
      expectRefusal(() => mergeLogs(wrong as never), "shape-mismatch", "logs");
    for (const wrong of [null, {}, "log"]) {
      expectRefusal(() => mergeLogs([log, wrong as never]), "shape-mismatch", "logs[1]");
    }
    const short = { ...log, extra: { page: new Float64Array(3) } };
    expectRefusal(() => mergeLogs([short]), "shape-mismatch", "logs[0].extra.page");
    const unnamed = { ...log, extra: { page: { codes: new Float64Array(0), names: [] } } };
    expectRefusal(() => mergeLogs([unnamed as never]), "shape-mismatch", "logs[0].extra.page");
    expectRefusal(() => mergeLogs([{ ...log, extra: null as never }]), "shape-mismatch", "logs[0].extra");
  });
});
