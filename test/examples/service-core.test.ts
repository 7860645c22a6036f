import { describe, expect, it } from "vitest";
import { stepTriggers } from "clientele/actions";
import { customerViewTotals } from "clientele/features";
import { toRows } from "clientele/tables";
import { apply } from "../../examples/service/core.ts";
import { describeCustomer } from "../../examples/service/customer-answer.ts";
import type { Models } from "../../examples/service/models.ts";
import { fetchMessages } from "../../examples/service/outbox.ts";
import { isRecent, noRecent, remember } from "../../examples/service/recent.ts";
import { defaultSettings, readSettings } from "../../examples/service/settings.ts";
import { snapshotText, takeSnapshot } from "../../examples/service/snapshot.ts";
import { newState, type State } from "../../examples/service/state.ts";
import { hour, shopEvents, start } from "../support/service.ts";

const settings = readSettings({});
const noModels: Models = { all: () => [], get: () => undefined, save: () => Promise.reject(new Error("none")) };

function stateAfter(events = shopEvents(400, 3), batch = 1): State {
  const state = newState(settings);
  for (let i = 0; i < events.length; i += batch) apply(state, { kind: "events", events: events.slice(i, i + batch) });
  return state;
}

describe("the core of the service", () => {
  it("fires what the library's own steps fire, in their order", () => {
    const events = shopEvents(400, 3);
    const state = stateAfter(events);
    apply(state, { kind: "tick", now: start + 1000 * hour });
    let triggers;
    const wanted: string[] = [];
    for (const event of [...events, { now: start + 1000 * hour }]) {
      const step = stepTriggers(settings.rules, triggers, event, settings.context);
      triggers = step.state;
      wanted.push(...step.actions.map(({ idempotencyKey }) => idempotencyKey));
    }
    const got = fetchMessages(state.outbox, 0, 1e6).filter(({ kind }) => kind === "send");
    expect(got.map(({ idempotencyKey }) => idempotencyKey)).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(50);
  });

  it("knows of a customer what the library's sums over that customer's events say", () => {
    const events = shopEvents(400, 3);
    const state = stateAfter(events, 7);
    const asOf = start + 1000 * hour;
    const totals = customerViewTotals({ asOf, purchase: "purchase", timeoutMinutes: 30, windowDays: 365, keepDays: 365, timeZone: "UTC" }); // prettier-ignore
    const view = totals.finish(events.reduce(totals.add, totals.init()));
    for (const { id, ...row } of toRows(view)) {
      const cells = Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, Number.isNaN(cell) ? null : cell])); // prettier-ignore
      expect(describeCustomer(state, noModels, String(id), asOf)?.view).toEqual(cells);
    }
    expect(describeCustomer(state, noModels, "nobody", asOf)).toBeUndefined();
  });

  it("tells the open session, and the last that ended", () => {
    const state = newState(settings);
    const at = (minutes: number): number => start + minutes * 60_000;
    const events = [0, 10, 100].map((minutes, i) => ({ id: `${i}`, customer: "ann", type: "view", time: at(minutes) }));
    apply(state, { kind: "events", events });
    const during = describeCustomer(state, noModels, "ann", at(101));
    expect(during).toMatchObject({ session: { start: at(100), events: 1 }, lastSession: { start: at(0), events: 2 } });
    expect(during?.rfm).toBeNull();
    const after = describeCustomer(state, noModels, "ann", at(200));
    expect(after).toMatchObject({ session: null, lastSession: { start: at(100), events: 1 } });
    // An event that comes too late for any session does not hide a later one.
    apply(state, { kind: "events", events: [{ id: "late", customer: "ann", type: "view", time: at(-500) }] });
    expect(describeCustomer(state, noModels, "ann", at(200))).toMatchObject({ lastSession: { start: at(100) } });
  });

  it("scores a buyer by the cuts of the settings", () => {
    const state = newState(settings);
    const event = { id: "1", customer: "ann", type: "purchase", time: start, value: 70 };
    apply(state, { kind: "events", events: [event] });
    expect(describeCustomer(state, noModels, "ann", start + 24 * 20 * hour)?.rfm).toEqual({ recency: 4, frequency: 1, monetary: 3 }); // prettier-ignore
  });

  it("is the same after batches as after single events, but for the number of commands", () => {
    const [one, many] = [stateAfter(undefined, 1), stateAfter(undefined, 100)];
    many.seq = one.seq;
    expect(snapshotText(many)).toBe(snapshotText(one));
  });

  it("ignores an id that it knows, within the window of the settings", () => {
    const events = shopEvents(200, 5);
    const state = stateAfter(events);
    const before = snapshotText(state);
    const reply = apply(state, { kind: "events", events });
    expect(reply).toMatchObject({ accepted: 0, duplicates: 200, messages: 0 });
    state.seq--;
    expect(snapshotText(state)).toBe(before);
    const twice = { id: "twice", customer: "ann", type: "view", time: start };
    expect(apply(state, { kind: "events", events: [twice, twice] })).toMatchObject({ accepted: 1, duplicates: 1 });
  });

  it("leaves no trace of an event that the library refuses", () => {
    const state = stateAfter();
    const big = { customer: "ann", type: "purchase", time: start + 999 * hour, value: 1.7e308 };
    apply(state, { kind: "events", events: [{ ...big, id: "big" }] });
    const before = snapshotText(state);
    const reply = apply(state, { kind: "events", events: [{ ...big, id: "bigger" }] });
    expect(reply.refused).toEqual([{ index: 0, code: "invalid-value", path: "events[0].value" }]);
    expect(reply.accepted).toBe(0);
    state.seq--;
    expect(snapshotText(state)).toBe(before);
  });

  it("keeps messages until they are acknowledged, under numbers without gaps", () => {
    const state = stateAfter();
    const all = [...fetchMessages(state.outbox, 0, 1e6)];
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
    expect(new Set(all.map(({ kind, idempotencyKey }) => kind + idempotencyKey)).size).toBe(all.length);
    expect(apply(state, { kind: "acknowledge", through: 10 }).messages).toBe(10);
    expect(apply(state, { kind: "acknowledge", through: 10 }).messages).toBe(0);
    expect(fetchMessages(state.outbox, 0, 1e6)).toEqual(all.slice(10));
    expect(fetchMessages(state.outbox, 12, 3)).toEqual(all.slice(12, 15));
    expect(fetchMessages(state.outbox, 1e9, 3)).toEqual([]);
  });

  it("recalls a message whose cancelling event came late", () => {
    const state = newState(settings);
    const event = (id: string, type: string, time: number) => ({ id, customer: "ann", type, time, cart: "c" });
    apply(state, { kind: "events", events: [event("1", "cart", start)] });
    apply(state, { kind: "tick", now: start + 2 * hour });
    apply(state, { kind: "events", events: [event("2", "purchase", start + hour / 2)] });
    const carts = fetchMessages(state.outbox, 0, 100).filter(({ rule }) => rule === "abandoned-cart");
    expect(carts.map(({ kind }) => kind)).toEqual(["send", "recall"]);
    expect(carts[0].idempotencyKey).toBe(carts[1].idempotencyKey);
  });

  it("gives a snapshot of the moment it was begun at, whatever happens while it is read", () => {
    const state = stateAfter();
    const [wanted, before] = [snapshotText(state), takeSnapshot(state)];
    const pieces = before.pieces[Symbol.iterator]();
    const more = shopEvents(400, 8, "more-").map((event, i) => (i % 2 ? event : { ...event, customer: event.customer.slice(5) })); // prettier-ignore
    let text = "";
    for (const event of more) {
      text += (pieces.next().value as string | undefined) ?? "";
      apply(state, { kind: "events", events: [event] }, before.beforeChange);
    }
    for (let piece = pieces.next(); piece.done !== true; piece = pieces.next()) text += piece.value;
    expect(text).toBe(wanted);
    expect(snapshotText(state)).not.toBe(wanted);
  });
});

describe("the memory of names", () => {
  it("keeps the last so many at least, and twice as many at most", () => {
    const recent = noRecent();
    for (let i = 0; i < 1000; i++) {
      remember(recent, String(i), 10);
      for (let j = Math.max(0, i - 9); j <= i; j++) expect(isRecent(recent, String(j))).toBe(true);
      expect(recent.current.size + recent.previous.size).toBeLessThanOrEqual(20);
    }
    expect(isRecent(recent, "0")).toBe(false);
  });
});

describe("the settings of the service", () => {
  it("are the default's where a file says nothing", () => {
    expect(readSettings({})).toEqual(defaultSettings);
    expect(readSettings({ purchase: "buy" })).toEqual({ ...defaultSettings, purchase: "buy" });
  });

  it.each([
    [[], "settings"],
    [null, "settings"],
    [{ colour: 1 }, "colour"],
    [{ fields: "cart" }, "fields"],
    [{ fields: ["cart", "value"] }, "fields[1]"],
    [{ purchase: "" }, "purchase"],
    [{ timeoutMinutes: 0 }, "timeoutMinutes"],
    [{ keepDays: 1.5 }, "keepDays"],
    [{ rememberIds: 0 }, "rememberIds"],
    [{ context: { consents: [] } }, "context.consents"],
    [{ context: { frequencyCap: 3 } }, "options.frequencyCap"],
    [{ timeZone: "Mars" }, "options.timeZone"],
    [{ rules: [{ name: "x", on: "cart" }] }, "rules[0].afterMinutes"],
    [{ rfmCuts: { recency: [2, 1] } }, "options.cuts"],
  ])("are refused at the place that is wrong: %j", (given, path) => {
    expect(() => readSettings(given)).toThrow(expect.objectContaining({ name: "ClienteleError", path }));
  });
});
