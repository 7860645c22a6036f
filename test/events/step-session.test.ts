import {
  type ClosedSession,
  deriveSessions,
  readEvents,
  type SessionEvent,
  sessionize,
  type SessionizeOptions,
  type SessionState,
  stepSession,
  toEvents,
} from "clientele/events";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BrowsingRow, browsingRows } from "../support/arbitraries.ts";
import { freezeDeep } from "../support/inspect.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const minute = 60_000;
const ann = { customer: "ann", type: "view" } as const;

/** Streams events through one state, which passes through JSON now and then as if it had been stored. */
function stream(events: readonly SessionEvent[], options?: SessionizeOptions): ClosedSession[] {
  let state: SessionState | undefined;
  const closed: ClosedSession[] = [];
  events.forEach((event, i) => {
    const next = stepSession(state, event, options);
    if (next.closed !== undefined) closed.push(next.closed);
    expect(next.expired).toEqual([]);
    state = i % 7 === 0 ? (JSON.parse(JSON.stringify(next.state)) as SessionState) : freezeDeep(next.state);
  });
  return [...closed, ...stepSession(state, { now: Infinity }, options).expired];
}

function batch(log: EventLog, options?: SessionizeOptions): ClosedSession[] {
  const { values, names } = deriveSessions(log, sessionize(log, options));
  return Array.from({ length: values.length / names.length }, (_, s) => {
    const [code, start, durationMs, events, value] = values.slice(s * names.length, (s + 1) * names.length);
    return { customer: log.customer.names[code], start, end: start + durationMs, events, value };
  });
}

function sorted(sessions: readonly ClosedSession[]): string[] {
  return sessions.map((session) => JSON.stringify(session)).sort();
}

function logOf(rows: readonly BrowsingRow[]): EventLog {
  const { log } = readEvents(rows, {
    customer: "customer",
    type: "type",
    time: "time",
    value: "value",
    extra: { campaign: "campaign" },
  });
  return log;
}

describe("stepSession", () => {
  it("closes a session with the customer's first event after a pause longer than the timeout", () => {
    const first = stepSession(undefined, { ...ann, time: 0, value: 5 });
    const second = stepSession(first.state, { ...ann, time: 30 * minute, value: 0.5 });
    const third = stepSession(second.state, { ...ann, time: 60 * minute + 1 });
    expect([first.closed, second.closed]).toEqual([undefined, undefined]);
    expect(third.closed).toEqual({ customer: "ann", start: 0, end: 30 * minute, events: 2, value: 5.5 });
  });

  it("makes the cuts of the batch on any ordered stream, under any options", () => {
    const options = fc.record({
      timeoutMinutes: fc.constantFrom(0, 1, 30, 600),
      startOn: fc.constantFrom(undefined, ["app_open"], ["purchase", "search"]),
      splitAtMidnight: fc.boolean(),
      campaign: fc.constantFrom(undefined, "campaign"),
      timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/Sao_Paulo"),
    });
    const shop = fc.record({
      events: fc.integer({ min: 1, max: 150 }),
      customers: fc.integer({ min: 1, max: 40 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shop, options, (size, chosen) => {
        const rows = browsingRows(size);
        const log = logOf(rows);
        const wanted = sorted(batch(log, chosen));
        expect(sorted(stream(rows as unknown as SessionEvent[], chosen))).toEqual(wanted); // as they come, customers mixed
        expect(sorted(stream(toEvents(log), chosen))).toEqual(wanted); // one customer after the other
      }),
      { numRuns: 150 },
    );
  });

  it("keeps every event in exactly one session, in whatever order they come", () => {
    const keys = fc.infiniteStream(fc.nat());
    fc.assert(
      fc.property(fc.nat(), keys, fc.boolean(), (seed, stir, splitAtMidnight) => {
        const rows = browsingRows({ events: 60, customers: 3, seed })
          .map((row) => ({ row, key: stir.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        const sessions = stream(rows as unknown as SessionEvent[], { splitAtMidnight });
        expect(sessions.reduce((sum, { events }) => sum + events, 0)).toBe(60);
        for (const { start, end } of sessions) expect(end).toBeGreaterThanOrEqual(start);
      }),
    );
  });

  it("counts a late event in the open session it belongs to, and hands back one that came too late", () => {
    const open = stepSession(undefined, { ...ann, time: 60 * minute }).state;
    const inside = stepSession(open, { ...ann, time: 30 * minute, value: 2 });
    expect(inside.closed).toBeUndefined();
    const before = stepSession(inside.state, { ...ann, time: -minute, value: 3 });
    expect(before.closed).toEqual({ customer: "ann", start: -minute, end: -minute, events: 1, value: 3 });
    const [session] = stepSession(before.state, { now: Infinity }).expired;
    expect(session).toEqual({ customer: "ann", start: 30 * minute, end: 60 * minute, events: 2, value: 2 });
  });

  it("does not let a late event of another date into a session that ends at midnight", () => {
    const midnight = Date.UTC(2024, 2, 2);
    const options = { splitAtMidnight: true };
    const open = stepSession(undefined, { ...ann, time: midnight + minute }, options).state;
    expect(stepSession(open, { ...ann, time: midnight - 1 }, options).closed?.events).toBe(1);
    expect(stepSession(open, { ...ann, time: midnight }, options).closed).toBeUndefined();
  });

  it("forgets sessions at a tick, exactly those that no event at that time could belong to", () => {
    let { state } = stepSession(undefined, { ...ann, time: 0 });
    ({ state } = stepSession(state, { customer: "bo", type: "view", time: minute }));
    const none = stepSession(state, { now: 30 * minute });
    expect(none.expired).toEqual([]);
    const one = stepSession(none.state, { now: 30 * minute + 1 });
    expect(one.expired.map(({ customer }) => customer)).toEqual(["ann"]);
    const all = stepSession(one.state, { now: 32 * minute });
    expect(all.expired.map(({ customer }) => customer)).toEqual(["bo"]);
    expect(JSON.stringify(all.state)).toBe('{"kind":"session-state","version":1,"open":{"entries":[]}}');
  });

  it("remembers open sessions only: its state does not grow with the stream", () => {
    let state: SessionState | undefined;
    let largest = 0;
    for (let i = 0; i < 5000; i++) {
      ({ state } = stepSession(state, { customer: `visitor ${i}`, type: "view", time: i * minute }));
      if (i % 50 === 0) ({ state } = stepSession(state, { now: i * minute }));
      if (i % 100 === 49) largest = Math.max(largest, JSON.stringify(state).length);
    }
    expect(largest).toBeLessThan(20_000); // 80 sessions of about 100 characters, and the trie around them
    expect(stepSession(state, { now: Infinity }).expired.length).toBeLessThan(90);
  });

  it("serves a hundred thousand interleaved customers, each step as cheap as the last", () => {
    let state: SessionState | undefined;
    const start = process.cpuUsage().user;
    for (let i = 0; i < 200_000; i++) {
      ({ state } = stepSession(state, { customer: `visitor ${i % 100_000}`, type: "view", time: i }));
    }
    expect(process.cpuUsage().user - start).toBeLessThan(10_000_000); // about 0.5 s; a copied dictionary would take hours
    expect(stepSession(state, { now: Infinity }).expired).toHaveLength(100_000);
  });

  it("leaves the state it is given as it was", () => {
    const rows = browsingRows({ events: 100, customers: 30 });
    let state: SessionState | undefined;
    const states: [SessionState | undefined, string][] = [];
    for (const row of rows) {
      states.push([state, JSON.stringify(state)]);
      ({ state } = stepSession(state, row as unknown as SessionEvent));
    }
    for (const [kept, text] of states) expect(JSON.stringify(kept)).toBe(text);
  });

  it("reads customers and times as readEvents does", () => {
    const first = stepSession(undefined, { customer: 10n, type: "view", time: "1970-01-01T00:00:00Z" });
    const second = stepSession(first.state, { customer: "10", type: "view", time: new Date(minute) });
    expect(stepSession(second.state, { now: Infinity }).expired[0]).toMatchObject({ customer: "10", events: 2 });
  });

  it.each([
    ["event", null],
    ["event", "view"],
    ["event.customer", { ...ann, customer: "", time: 0 }],
    ["event.customer", { type: "view", time: 0 }],
    ["event.type", { ...ann, type: null, time: 0 }],
    ["event.time", { ...ann, time: "2024-02-30T00:00:00Z" }],
    ["event.time", { ...ann, time: NaN }],
    ["event.value", { ...ann, time: 0, value: "5" }],
    ["event.value", { ...ann, time: 0, value: Infinity }],
    ["event.campaign", { ...ann, time: 0, source: {} }],
    ["event.now", { now: NaN }],
    ["event.now", { now: "1" }],
    ["event.now", { now: -Infinity }],
    ["event.now", { now: 1e300 }],
  ])("refuses at %s what readEvents would refuse", (path, event) => {
    expectRefusal(() => stepSession(undefined, event as never, { campaign: "source" }), "invalid-value", path);
  });

  it("refuses states that are none, options that are none, and values too large to add up", () => {
    const event = { ...ann, time: 0 };
    for (const state of [null, {}, 1, { kind: "session-state", version: 2, open: { entries: [] } }]) {
      expectRefusal(() => stepSession(state as never, event), "incompatible-model", "state");
    }
    for (const open of [null, {}, { entries: 1 }, { entries: [null] }, { parts: [], size: 1 }]) {
      const state = { kind: "session-state", version: 1, open } as SessionState;
      expectRefusal(() => stepSession(state, event), "incompatible-model", "state.open");
    }
    expectRefusal(() => stepSession(undefined, event, { timeZone: "Mars/Olympus" }), "invalid-option");
    const { state } = stepSession(undefined, { ...event, value: 1e308 });
    expectRefusal(() => stepSession(state, { ...event, value: 1e308 }), "invalid-value", "event.value");
    expect(refusalOf(() => stepSession(undefined, { ...ann, time: 8765e15 })).message).not.toContain("8765");
  });
});
