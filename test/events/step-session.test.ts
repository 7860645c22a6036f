import {
  type ClosedSession,
  deriveSessions,
  readEvents,
  type SessionEvent,
  sessionize,
  type SessionizeOptions,
  type SessionState,
  stepSession,
  type StepSessionOptions,
  toEvents,
} from "clientele/events";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { instantOf } from "../oracles/temporal.ts";
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

function logOf(rows: readonly BrowsingRow[], ties = false): EventLog {
  const { log } = readEvents(rows, {
    ...(ties ? { sequence: "sequence", id: "id" } : {}),
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

const anyRules = fc.record({
  timeoutMinutes: fc.constantFrom(0, 1, 30, 600),
  startOn: fc.constantFrom(undefined, ["app_open"], ["purchase", "search"]),
  splitAtMidnight: fc.boolean(),
  campaign: fc.constantFrom(undefined, "campaign"),
  timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"),
});

/** Events of {@link browsingRows} with an id, delivered up to `latenessMinutes` after they happened. */
function delivered(seed: number, latenessMinutes: number, size: { events: number; customers: number }): Arrival[] {
  const random = randomOf(seed, 77);
  const rows = browsingRows({ ...size, seed });
  const late = (row: BrowsingRow): number =>
    row.time + [0, 1, random.next()][random.integer(3)] * latenessMinutes * minute;
  return rows
    .map((row, i) => ({
      row: { ...row, id: `${(i * 7919) % 1000}`, sequence: i % 3 === 0 ? null : i % 2 },
      key: late(row),
    }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
}

type Arrival = BrowsingRow & { readonly id: string; readonly sequence: number | null };

/** Streams events with ticks of the latest time seen in between; returns the sessions and the number of late events. */
function lateStream(
  events: readonly SessionEvent[],
  options: StepSessionOptions,
  tickEvery = 0,
): [ClosedSession[], number] {
  let state: SessionState | undefined;
  let latest = -Infinity;
  const closed: ClosedSession[] = [];
  const take = (event: Parameters<typeof stepSession>[1]): void => {
    const next = stepSession(state, event, options);
    if (next.closed !== undefined && next.late === undefined) closed.push(next.closed);
    closed.push(...next.expired);
    state = closed.length % 5 === 0 ? (JSON.parse(JSON.stringify(next.state)) as SessionState) : freezeDeep(next.state);
  };
  events.forEach((event, i) => {
    take(event);
    latest = Math.max(latest, event.time as number);
    if (tickEvery > 0 && i % tickEvery === 0) take({ now: latest });
  });
  take({ now: Infinity });
  expect(state!.open).toEqual({ entries: [] });
  return [closed, state!.late!];
}

describe("stepSession with latenessMinutes", () => {
  it("makes the sessions of the batch for any stream within the lateness, under any rules, with or without ticks", () => {
    const size = fc.record({ events: fc.integer({ min: 1, max: 120 }), customers: fc.integer({ min: 1, max: 20 }) });
    const lateness = fc.constantFrom(0, 1, 29, 45, 720);
    fc.assert(
      fc.property(
        fc.nat(),
        size,
        lateness,
        anyRules,
        fc.constantFrom(0, 1, 10),
        (seed, shop, latenessMinutes, rules, ticks) => {
          const rows = delivered(seed, latenessMinutes, shop);
          const options = { ...rules, latenessMinutes };
          const [sessions, late] = lateStream(rows as unknown as SessionEvent[], options, ticks);
          // The order of equal times comes from sequence and id, whatever the order of arrival.
          expect(sorted(sessions)).toEqual(sorted(batch(logOf(rows.toReversed(), true), rules)));
          expect(late).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("orders equal times by arrival where nothing else orders them, as the batch does", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 45, 720), anyRules, (seed, latenessMinutes, rules) => {
        const rows = delivered(seed, latenessMinutes, { events: 80, customers: 3 }).map(
          ({ id: _, sequence: __, ...row }) => row,
        );
        const [sessions] = lateStream(rows, { ...rules, latenessMinutes });
        expect(sorted(sessions)).toEqual(sorted(batch(logOf(rows), rules)));
      }),
    );
  });

  it("takes a customer after the other too, as the lateness is that of each customer", () => {
    const log = logOf(browsingRows({ events: 200, customers: 7, seed: 5 }));
    const [sessions, late] = lateStream(toEvents(log), { latenessMinutes: 0 });
    expect(sorted(sessions)).toEqual(sorted(batch(log)));
    expect(late).toBe(0);
  });

  it("joins two sessions by an event that comes late and lies between them", () => {
    const options = { latenessMinutes: 60 };
    let { state } = stepSession(undefined, { ...ann, time: 0, value: 1 }, options);
    ({ state } = stepSession(state, { ...ann, time: 50 * minute, value: 2 }, options));
    const bridge = stepSession(state, { ...ann, time: 25 * minute, value: 4 }, options);
    expect(bridge.closed).toBeUndefined();
    const { expired } = stepSession(bridge.state, { now: Infinity }, options);
    expect(expired).toEqual([{ customer: "ann", start: 0, end: 50 * minute, events: 3, value: 7 }]);
    // Without a lateness the first session has ended by then, and the bridge comes too late.
    expect(
      stepSession(stepSession(undefined, { ...ann, time: 0 }).state, { ...ann, time: 50 * minute }).closed,
    ).toBeDefined();
  });

  it("ends a session when the watermark has passed its end by more than the timeout, not a millisecond before", () => {
    const options = { latenessMinutes: 60 };
    const { state } = stepSession(undefined, { ...ann, time: 0 }, options);
    const before = stepSession(state, { now: 90 * minute }, options);
    expect(before.expired).toEqual([]);
    expect(stepSession(before.state, { now: 90 * minute + 1 }, options).expired).toHaveLength(1);
    expect(stepSession(state, { ...ann, time: 90 * minute }, options).closed).toBeUndefined();
    expect(stepSession(state, { ...ann, time: 90 * minute + 1 }, options).closed?.end).toBe(0);
  });

  it("hands back all sessions that one event ends, the earliest as closed", () => {
    const options = { latenessMinutes: 600 };
    let state: SessionState | undefined;
    for (const hour of [0, 2, 4]) ({ state } = stepSession(state, { ...ann, time: hour * 60 * minute }, options));
    const step = stepSession(state, { ...ann, time: 100 * 60 * minute }, options);
    expect([step.closed?.start, ...step.expired.map(({ start }) => start)]).toEqual([0, 120 * minute, 240 * minute]);
  });

  it("marks and counts an event that comes later than allowed, and changes no session by it", () => {
    const options = { latenessMinutes: 10 };
    const open = stepSession(undefined, { ...ann, time: 60 * minute }, options).state;
    const inTime = stepSession(open, { ...ann, time: 50 * minute }, options);
    expect([inTime.late, inTime.state.late]).toEqual([undefined, 0]);
    const late = stepSession(inTime.state, { ...ann, time: 50 * minute - 1, value: 3 }, options);
    expect(late.late).toBe(true);
    expect(late.closed).toEqual({ customer: "ann", start: 50 * minute - 1, end: 50 * minute - 1, events: 1, value: 3 });
    expect(late.state.late).toBe(1);
    const [session] = stepSession(late.state, { now: Infinity }, options).expired;
    expect(session).toMatchObject({ start: 50 * minute, end: 60 * minute, events: 2 });
  });

  it("loses no event of a stream in any order: the late ones are apart, the others are the batch", () => {
    fc.assert(
      fc.property(fc.nat(), anyRules, fc.constantFrom(0, 30), (seed, rules, latenessMinutes) => {
        const rows = delivered(seed, 2000, { events: 80, customers: 3 }); // much later than allowed
        const options = { ...rules, latenessMinutes };
        let state: SessionState | undefined;
        const inTime: Arrival[] = [];
        const ended: ClosedSession[] = [];
        let late = 0;
        for (const row of rows) {
          const step = stepSession(state, row as unknown as SessionEvent, options);
          state = step.state;
          ended.push(...step.expired);
          if (step.late === true) late++;
          else {
            inTime.push(row);
            if (step.closed !== undefined) ended.push(step.closed);
          }
        }
        const end = stepSession(state, { now: Infinity }, options);
        expect(sorted([...ended, ...end.expired])).toEqual(sorted(batch(logOf(inTime, true), rules)));
        expect(end.state.late).toBe(late);
        expect(inTime.length + late).toBe(80);
      }),
    );
  });

  it("goes on after the end of a stream, and then knows what is past", () => {
    const options = { latenessMinutes: 10 };
    const { state } = stepSession(undefined, { ...ann, time: 60 * minute }, options);
    const end = stepSession(state, { now: Infinity }, options);
    expect(end.expired).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(end.state))).toEqual(end.state);
    expect(stepSession(end.state, { ...ann, time: 59 * minute }, options).late).toBe(true);
    expect(stepSession(end.state, { ...ann, time: 61 * minute }, options).late).toBeUndefined();
    expect(stepSession(undefined, { now: Infinity }, options).state.watermark).toBeNull();
  });

  it("ends a session by its pause where clocks go back over midnight and a date ends twice", () => {
    // St John's, 2010-11-07: at 00:01 the clocks went back to 23:01 of the day before.
    const options = { latenessMinutes: 0, splitAtMidnight: true, timeZone: "America/St_Johns", timeoutMinutes: 30 };
    const change = instantOf("America/St_Johns", "2010-11-07T00:00") + minute;
    const rows = [change - 90_000, change + 1].map((time) => ({ ...ann, time }));
    const tick = { now: change - 30_000 };
    const first = stepSession(stepSession(undefined, rows[0], options).state, tick, options);
    const second = stepSession(first.state, rows[1], options);
    const ended = [...first.expired, ...stepSession(second.state, { now: Infinity }, options).expired];
    const { log } = readEvents(rows, { customer: "customer", type: "type", time: "time" });
    expect(ended).toEqual(batch(log, { splitAtMidnight: true, timeZone: "America/St_Johns" }));
    expect(ended).toHaveLength(1);
  });

  it("remembers what a late event could change only", () => {
    const options = { latenessMinutes: 60 };
    let state: SessionState | undefined;
    let largest = 0;
    for (let i = 0; i < 5000; i++) {
      ({ state } = stepSession(state, { customer: `visitor ${i % 5}`, type: "view", time: i * minute }, options));
      largest = Math.max(largest, JSON.stringify(state).length);
    }
    expect(largest).toBeLessThan(12_000); // 62 events of about 90 characters, five customers
  });

  it("serves a hundred thousand customers at once, each step as cheap as the last", () => {
    const options = { latenessMinutes: 1 };
    let state: SessionState | undefined;
    const start = process.cpuUsage().user;
    for (let i = 0; i < 200_000; i++) {
      ({ state } = stepSession(state, { customer: `visitor ${i % 100_000}`, type: "view", time: i }, options));
    }
    expect(process.cpuUsage().user - start).toBeLessThan(15_000_000); // about 1 s
    expect(stepSession(state, { now: Infinity }, options).expired).toHaveLength(100_000);
  });

  it("refuses a state of the other kind, wrong ties, sums that would overflow, and lateness that is none", () => {
    const options = { latenessMinutes: 5 };
    const event = { ...ann, time: 0 };
    const { state } = stepSession(undefined, event, options);
    expectRefusal(() => stepSession(state, event), "incompatible-model", "state");
    expectRefusal(
      () => stepSession(stepSession(undefined, event).state, event, options),
      "incompatible-model",
      "state",
    );
    for (const open of [null, {}, { entries: 1 }, { entries: [null] }, { entries: [["ann", {}]] }]) {
      const damaged = { kind: "session-state", version: 1, open, watermark: null, late: 0 } as SessionState;
      expectRefusal(() => stepSession(damaged, event, options), "incompatible-model", "state.open");
    }
    expectRefusal(
      () => stepSession(undefined, { ...event, sequence: "1" }, options),
      "invalid-value",
      "event.sequence",
    );
    expectRefusal(() => stepSession(undefined, { ...event, id: {} }, options), "invalid-value", "event.id");
    const huge = stepSession(undefined, { ...event, value: 1e308 }, options).state;
    expectRefusal(() => stepSession(huge, { ...event, value: 1e308 }, options), "invalid-value", "event.value");
    expectRefusal(
      () => stepSession(undefined, event, { latenessMinutes: -1 }),
      "invalid-option",
      "options.latenessMinutes",
    );
  });
});
