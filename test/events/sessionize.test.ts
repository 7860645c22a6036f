import { readEventColumns, readEvents, sessionize, type SessionizeOptions } from "clientele/events";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectSessions } from "../laws/log-laws.ts";
import { goodRow, rawReaders } from "../support/arbitraries.ts";
import { instantOf } from "../oracles/temporal.ts";
import { freezeDeep } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;

function logAt(
  times: readonly number[],
  cells: { customer?: string[]; type?: string[]; campaign?: (string | null)[] } = {},
): EventLog {
  const { customer = times.map(() => "ann"), type = times.map(() => "view"), campaign = times.map(() => null) } = cells;
  return readEventColumns({ customer, type, time: [...times], extra: { campaign } }).log;
}

function startsOf(log: EventLog, options?: SessionizeOptions): number[] {
  const sessions = sessionize(log, options);
  expectSessions(log, sessions);
  return [...sessions.starts];
}

describe("sessionize", () => {
  it("begins a session iff the pause is longer than the timeout", () => {
    for (const [pause, starts] of [
      [30 * minute - 1, [0, 2]],
      [30 * minute, [0, 2]],
      [30 * minute + 1, [0, 1, 2]],
      [30 * minute + 0.001, [0, 1, 2]],
    ] as const) {
      const first = Date.UTC(2024, 2, 1, 12) + 0.273;
      expect(startsOf(logAt([first, first + pause]))).toEqual(starts);
      expect(startsOf(logAt([first, first + pause]), { timeoutMinutes: 29 })).toEqual([0, 1, 2]);
      expect(startsOf(logAt([first, first + pause]), { timeoutMinutes: 31 })).toEqual([0, 2]);
    }
  });

  it("begins a session with every customer, however close in time", () => {
    expect(startsOf(logAt([0, 1, 2, 3], { customer: ["a", "b", "a", "b"] }))).toEqual([0, 2, 4]);
  });

  it("joins what a late event bridges", () => {
    expect(startsOf(logAt([0, 50 * minute]))).toEqual([0, 1, 2]);
    expect(startsOf(logAt([0, 50 * minute, 25 * minute]))).toEqual([0, 3]);
  });

  it("has no sessions in an empty log, and one in a log of one event or of one time", () => {
    expect(startsOf(logAt([]))).toEqual([0]);
    expect(startsOf(logAt([5]))).toEqual([0, 1]);
    expect(startsOf(logAt([5, 5, 5]), { timeoutMinutes: 0 })).toEqual([0, 3]);
  });

  it("begins a session at each event of a type in startOn", () => {
    const log = logAt([0, 1, 2, 3], { type: ["open", "view", "open", "view"] });
    expect(startsOf(log, { startOn: ["open"] })).toEqual([0, 2, 4]);
    expect(startsOf(log, { startOn: ["open", "view"] })).toEqual([0, 1, 2, 3, 4]);
    expect(startsOf(log, { startOn: ["never"] })).toEqual([0, 4]);
  });

  it("ends sessions at midnight only when asked, in the zone that is asked for", () => {
    const log = logAt([Date.UTC(2024, 2, 1, 23, 50), Date.UTC(2024, 2, 2, 0, 10)]);
    expect(startsOf(log)).toEqual([0, 2]);
    expect(startsOf(log, { splitAtMidnight: true })).toEqual([0, 1, 2]);
    expect(startsOf(log, { splitAtMidnight: true, timeZone: "Europe/Berlin" })).toEqual([0, 2]);
    const berlin = [instantOf("Europe/Berlin", "2024-07-01T23:59"), instantOf("Europe/Berlin", "2024-07-02T00:00")];
    expect(startsOf(logAt(berlin), { splitAtMidnight: true, timeZone: "Europe/Berlin" })).toEqual([0, 1, 2]);
  });

  it("finds midnight where it did not happen, and dates that were left out", () => {
    const saoPaulo = Date.UTC(2018, 10, 4, 3); // clocks went from 2018-11-03 23:59:59 to 2018-11-04 01:00:00
    const log = logAt([saoPaulo - minute, saoPaulo, saoPaulo + minute]);
    expect(startsOf(log, { splitAtMidnight: true, timeZone: "America/Sao_Paulo" })).toEqual([0, 1, 3]);
    const apia = Date.UTC(2011, 11, 30, 10); // 2011-12-29 was followed by 2011-12-31
    expect(startsOf(logAt([apia - 1, apia]), { splitAtMidnight: true, timeZone: "Pacific/Apia" })).toEqual([0, 1, 2]);
    const berlin = Date.UTC(2024, 2, 31, 1); // clocks go forward at 02:00: no midnight
    expect(startsOf(logAt([berlin - 1, berlin]), { splitAtMidnight: true, timeZone: "Europe/Berlin" })).toEqual([0, 2]);
  });

  it("ends a session where another campaign brings the customer back", () => {
    const log = logAt([0, 1, 2, 3, 4, 5], { campaign: [null, "spring", null, "spring", "brand", ""] });
    expect(startsOf(log, { campaign: "campaign" })).toEqual([0, 4, 6]);
  });

  it("forgets the campaign with the session", () => {
    const hour = 60 * minute;
    const log = logAt([0, hour, hour + 1], { campaign: ["spring", null, "brand"] });
    expect(startsOf(log, { campaign: "campaign" })).toEqual([0, 1, 3]);
    const others = logAt([0, 1], { customer: ["a", "b"], campaign: ["spring", "brand"] });
    expect(startsOf(others, { campaign: "campaign" })).toEqual([0, 1, 2]);
  });

  it("agrees with a slow reading of the rules, under any options", () => {
    const options = fc.record({
      timeoutMinutes: fc.constantFrom(0, 5, 30, 600),
      startOn: fc.constantFrom<readonly string[] | undefined>(undefined, ["a"], ["", "b"]),
      splitAtMidnight: fc.boolean(),
      campaign: fc.constantFrom(undefined, "page"),
    });
    fc.assert(
      fc.property(fc.array(goodRow, { maxLength: 40 }), options, (rows, chosen) => {
        const texts = rows.map((row, i) => ({
          ...row,
          who: ["a", "b"][i % 2],
          page: row.page ?? (i % 3 === 0 ? "x" : null),
        }));
        const { log } = readEvents([...texts, { ...texts[0], who: "a", what: "a", at: 0, page: "text" }], rawReaders);
        const { customer, type, time } = log;
        const page = log.extra["page"] as { codes: Uint32Array; names: string[] };
        const starts: number[] = [];
        let campaign: string | undefined;
        for (let row = 0; row < log.length; row++) {
          const now = page.names[page.codes[row]] || undefined;
          const begins =
            row === 0 ||
            customer.codes[row] !== customer.codes[row - 1] ||
            time[row] - time[row - 1] > chosen.timeoutMinutes * minute ||
            chosen.startOn?.includes(type.names[type.codes[row]]) ||
            (chosen.splitAtMidnight && Math.floor(time[row] / 864e5) !== Math.floor(time[row - 1] / 864e5)) ||
            (chosen.campaign && now !== undefined && campaign !== undefined && now !== campaign);
          if (begins) starts.push(row);
          campaign = begins ? now : (campaign ?? now);
        }
        expect(startsOf(freezeDeep(log), chosen)).toEqual([...starts, log.length]);
      }),
      { numRuns: 300 },
    );
  });

  it("begins no session early when the list of starters is empty", () => {
    const { log } = readEventColumns({ customer: ["a", "a"], type: ["b", "b"], time: [0, 1] });
    expect(sessionize(log, { startOn: [] }).starts).toEqual(sessionize(log).starts);
  });

  it("takes campaigns that are numbers", () => {
    const columns = {
      customer: ["a", "a", "a"],
      type: ["b", "b", "b"],
      time: [0, 1, 2],
      extra: { campaign: [7, null, 8] },
    };
    expect(sessionize(readEventColumns(columns).log, { campaign: "campaign" }).starts).toEqual(Uint32Array.of(0, 2, 3));
  });

  it("refuses bad options, unknown columns, and things that are no log", () => {
    const { log } = readEventColumns({ customer: ["a"], type: ["b"], time: [0], extra: { page: ["p"] } });
    expectRefusal(() => sessionize(log, { campaign: "pgae" }), "invalid-option", "options.campaign");
    expectRefusal(() => sessionize(log, { timeoutMinutes: -1 }), "invalid-option", "options.timeoutMinutes");
    expectRefusal(() => sessionize(log, { startOn: "b" as never }), "invalid-option", "options.startOn");
    expectRefusal(() => sessionize(log, { timeZone: "Mars/Olympus" }), "invalid-option", "options.timeZone");
    expectRefusal(() => sessionize(log, { timeout: 5 } as never), "unknown-option", "options.timeout");
    for (const wrong of [null, {}, "log"]) expectRefusal(() => sessionize(wrong as never), "shape-mismatch");
  });
});
