import { stepTriggers, type TriggerContext, type TriggerRule, type TriggerState } from "clientele/actions";
import { describe, expect, it } from "vitest";
import { instantOf } from "../oracles/temporal.ts";
import { hostileNames } from "../support/hostile.ts";
import { freezeDeep } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { type Message, streamTriggers } from "../support/trigger-stream.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const cart: TriggerRule = { name: "cart", on: "cart", unless: "buy", afterMinutes: 60 };

/** What went out: times, relative to 0. */
function timesOf(rules: readonly TriggerRule[], messages: readonly Message[], options?: TriggerContext): number[] {
  return streamTriggers(rules, messages, options).actions.map(({ time }) => time);
}
const ann = (type: string, time: number, more: object = {}): Message => ({ customer: "ann", type, time, ...more });

describe("the deadline", () => {
  it.each([
    [-1, 0],
    [0, 1],
    [1, 1],
  ])("has come when the clock reaches it: %i ms after, %i message", (offset, sent) => {
    const { actions } = streamTriggers([cart], [ann("cart", 5), { now: 5 + hour + offset }]);
    expect(actions).toHaveLength(sent);
    if (sent === 1) expect(actions[0]).toMatchObject({ rule: "cart", customer: "ann", key: null, since: 5, time: 5 + hour, held: false }); // prettier-ignore
  });

  it("is reached by any event of any customer, also by the cancelling one", () => {
    expect(timesOf([cart], [ann("cart", 0), { customer: "bo", type: "view", time: 2 * hour }])).toEqual([hour]);
    expect(timesOf([cart], [ann("cart", 0), ann("buy", hour)])).toEqual([hour]);
  });

  it.each([
    [-1, 1, "before the on event"],
    [0, 0, "at the on event"],
    [1, 0, "after it"],
    [hour - 1, 0, "just before the deadline"],
    [hour, 1, "at the deadline"],
    [hour + 1, 1, "after the deadline"],
  ])("is cancelled by an event at %i ms: %i message, %s, in whatever order they arrive", (time, sent) => {
    const events = [ann("cart", 0), ann("buy", time)];
    expect(timesOf([cart], [...events, { now: 3 * hour }])).toHaveLength(sent);
    expect(timesOf([cart], [...events.reverse(), { now: 3 * hour }])).toHaveLength(sent);
  });

  it("at once needs no tick, and cannot be cancelled", () => {
    const welcome = { ...cart, afterMinutes: 0 };
    expect(timesOf([welcome], [ann("buy", 5), ann("cart", 5)])).toEqual([5]);
  });

  it("goes out at the clock when the on event comes late, and once however often it is delivered", () => {
    expect(timesOf([cart], [{ now: 5 * hour }, ann("cart", 0), ann("cart", 0), { now: 9 * hour }])).toEqual([5 * hour]);
    expect(timesOf([cart], [ann("cart", 0), ann("cart", 0), { now: hour }, ann("cart", 0), { now: 9 * hour }])).toEqual([hour]); // prettier-ignore
  });
});

describe("a cancelling event that comes after the message", () => {
  const sent = [ann("cart", 0), { now: 2 * hour }];

  it("is reported once, and nothing else happens", () => {
    const { lateCancellations, cancelled, actions } = streamTriggers([cart], [...sent, ann("buy", hour - 1), ann("buy", 7)]); // prettier-ignore
    expect(lateCancellations).toEqual(actions);
    expect(cancelled).toEqual([]);
  });

  it("is not reported at the deadline, nor when it is later than latenessMinutes", () => {
    expect(streamTriggers([cart], [...sent, ann("buy", hour)]).lateCancellations).toEqual([]);
    const late = [...sent, { now: 4 * hour }, ann("buy", 1)];
    expect(streamTriggers([cart], late, { latenessMinutes: 181 }).lateCancellations).toHaveLength(1);
    expect(streamTriggers([cart], late, { latenessMinutes: 179 }).lateCancellations).toHaveLength(0);
  });
});

describe("an on event that repeats", () => {
  const twice = [ann("cart", 0), ann("cart", 40 * minute), { now: day }];

  it("starts the wait over, or leaves it with the first", () => {
    expect(timesOf([cart], twice)).toEqual([100 * minute]);
    expect(timesOf([{ ...cart, restart: "first" }], twice)).toEqual([hour]);
  });

  it("enters again by reentry: every time, after a time to the millisecond, or never", () => {
    const again = (gap: number): Message[] => [ann("cart", 0), ann("cart", hour + gap), { now: 2 * day }];
    expect(timesOf([cart], again(0))).toHaveLength(2);
    const daily: TriggerRule = { ...cart, reentry: { afterMinutes: 1440 } };
    expect(timesOf([daily], again(day - 1))).toHaveLength(1);
    expect(timesOf([daily], again(day))).toHaveLength(2);
    expect(timesOf([{ ...cart, reentry: "once" }], again(day))).toHaveLength(1);
    expect(timesOf([{ ...cart, reentry: "once" }], [ann("cart", 0), ann("buy", 1), ...again(day)])).toHaveLength(1);
  });
});

describe("carts", () => {
  const byCart = { ...cart, by: "cart" };

  it("of one customer wait on their own, and a purchase ends the one it is of", () => {
    const { actions } = streamTriggers([byCart], [ann("cart", 0, { cart: "a" }), ann("cart", 1, { cart: 7 }), ann("buy", 2, { cart: "a" }), { now: day }]); // prettier-ignore
    expect(actions.map(({ key, since }) => [key, since])).toEqual([["7", 1]]);
  });

  it("are all ended by a purchase that names none; a cart event that names none is noted", () => {
    const messages = [ann("cart", 0, { cart: "a" }), ann("cart", 1, { cart: "b" }), ann("buy", 2), { now: day }];
    expect(timesOf([byCart], messages)).toEqual([]);
    expect(stepTriggers([byCart], undefined, { customer: "ann", type: "cart", time: 0, cart: "" }).notes).toMatchObject([{ code: "missing-key" }]); // prettier-ignore
  });

  it("share the cooldown of their customer, not the reentry", () => {
    const two = [ann("cart", 0, { cart: "a" }), ann("cart", 1, { cart: "b" }), { now: day }];
    expect(timesOf([{ ...byCart, reentry: "once" }], two)).toHaveLength(2);
    const { actions, suppressed } = streamTriggers([{ ...byCart, cooldownMinutes: 60 }], two);
    expect(actions.map(({ key }) => key)).toEqual(["a"]);
    expect(suppressed).toMatchObject([{ key: "b", reason: "cooldown" }]);
  });
});

describe("a cooldown", () => {
  it("ends to the millisecond", () => {
    const at = (gap: number): number[] => timesOf([{ name: "hi", on: "view", afterMinutes: 0, cooldownMinutes: 1440 }], [ann("view", 0), ann("view", gap)]); // prettier-ignore
    expect(at(day - 1)).toEqual([0]);
    expect(at(day)).toEqual([0, day]);
  });

  it("is elapsed time also where a local day has 23 hours", () => {
    const noon = instantOf("Europe/Berlin", "2024-03-30T12:00");
    const rule: TriggerRule = { name: "hi", on: "view", afterMinutes: 0, cooldownMinutes: 1440, quietHours: { from: 22, to: 8, timeZone: "Europe/Berlin" } }; // prettier-ignore
    const next = instantOf("Europe/Berlin", "2024-03-31T12:00");
    expect(next - noon).toBe(23 * hour);
    expect(timesOf([rule], [ann("view", noon), ann("view", next)])).toEqual([noon]);
    expect(timesOf([rule], [ann("view", noon), ann("view", next + hour)])).toEqual([noon, next + hour]);
  });
});

describe("quiet hours", () => {
  const rule: TriggerRule = { ...cart, afterMinutes: 0, quietHours: { from: 21, to: 8, timeZone: "Europe/Berlin" } };
  const local = (text: string): number => instantOf("Europe/Berlin", text);

  it.each([
    ["2024-02-01T20:59:59.999", "2024-02-01T20:59:59.999"],
    ["2024-02-01T21:00", "2024-02-02T08:00"],
    ["2024-02-02T00:00", "2024-02-02T08:00"],
    ["2024-02-02T07:59:59.999", "2024-02-02T08:00"],
    ["2024-02-02T08:00", "2024-02-02T08:00"],
    // The nights of the clock changes have 10 and 12 hours from 21 to 8.
    ["2024-03-30T23:00", "2024-03-31T08:00"],
    ["2024-10-26T23:00", "2024-10-27T08:00"],
  ])("hold what is due at %s until %s", (due, out) => {
    const { actions } = streamTriggers([rule], [ann("cart", local(due)), { now: local(out) + 3 * day }]);
    expect(actions.map(({ time, held }) => [time, held])).toEqual([[local(out), due !== out]]);
  });

  it("are those of the customer's zone: of the event, of the news, of the options, then of the rule", () => {
    const due = Date.UTC(2024, 1, 1, 12);
    const tokyo = Date.UTC(2024, 1, 1, 23);
    expect(timesOf([rule], [ann("cart", due, { timeZone: "Asia/Tokyo" }), { now: due + 2 * day }])).toEqual([tokyo]);
    expect(timesOf([rule], [{ customer: "ann", timeZone: "Asia/Tokyo" }, ann("cart", due), { now: due + 2 * day }])).toEqual([tokyo]); // prettier-ignore
    expect(timesOf([rule], [ann("cart", due), { now: due + 2 * day }], { timeZones: { ann: "Asia/Tokyo" } })).toEqual([tokyo]); // prettier-ignore
    expect(timesOf([rule], [ann("cart", due)])).toEqual([due]);
  });

  it("go on being a wait: a purchase before their end cancels, a withdrawal before it counts", () => {
    const late = local("2024-02-01T22:00");
    const end = local("2024-02-02T08:00");
    const night: TriggerRule = { ...rule, purpose: "mail" };
    const consents = [{ customer: "ann", purpose: "mail", granted: 0, withdrawn: end }];
    expect(timesOf([rule], [ann("cart", late), ann("buy", end - 1), { now: end }])).toEqual([]);
    expect(timesOf([rule], [ann("cart", late), ann("buy", end), { now: end }])).toEqual([end]);
    const { suppressed } = streamTriggers([night], [ann("cart", late), { now: end }], { consents });
    expect(suppressed).toMatchObject([{ reason: "withdrawn", time: end, held: true }]);
  });
});

describe("consent", () => {
  const rule: TriggerRule = { name: "hi", on: "view", afterMinutes: 0, purpose: "mail" };
  const consents = [{ customer: "ann", purpose: "mail", granted: 10, withdrawn: 20 }];

  it.each([
    [9, "before-consent"],
    [10, undefined],
    [19, undefined],
    [20, "withdrawn"],
  ])("is judged when the message goes out: at %i %s", (time, reason) => {
    const { suppressed } = streamTriggers([rule], [ann("view", time)], { consents });
    expect(suppressed.map((message) => message.reason)).toEqual(reason === undefined ? [] : [reason]);
  });

  it("is missing without a record, and may come with the stream", () => {
    expect(streamTriggers([rule], [ann("view", 0)]).suppressed).toMatchObject([{ reason: "no-consent" }]);
    expect(timesOf([rule], [{ customer: "ann", consents }, ann("view", 15)])).toEqual([15]);
    expect(timesOf([rule], [{ customer: "ann", consents: [] }, ann("view", 15)], { consents })).toEqual([]);
  });
});

describe("the frequency cap", () => {
  const a: TriggerRule = { name: "a", on: "view", afterMinutes: 0 };
  const b: TriggerRule = { name: "b", on: "view", afterMinutes: 0, priority: 1 };
  const cap = { frequencyCap: { messages: 2, days: 7 } };

  it("lets so many through in any so many days, to the millisecond", () => {
    const at = (last: number): number[] => timesOf([a], [ann("view", 0), ann("view", day), ann("view", last)], cap);
    expect(at(7 * day - 1)).toEqual([0, day]);
    expect(at(7 * day)).toEqual([0, day, 7 * day]);
  });

  it("goes to the rule with the greater priority, and spares rules that are not capped", () => {
    const one = { frequencyCap: { messages: 1, days: 1 } };
    const { actions, suppressed } = streamTriggers([a, b], [ann("view", 0)], one);
    expect(actions.map(({ rule }) => rule)).toEqual(["b"]);
    expect(suppressed).toMatchObject([{ rule: "a", reason: "cap" }]);
    expect(streamTriggers([{ ...a, capped: false }, b], [ann("view", 0)], one).actions).toHaveLength(2);
  });
});

describe("hold-outs", () => {
  const rule: TriggerRule = { name: "hi", on: "view", afterMinutes: 0, holdout: { share: 0.2 } };
  const crowd = Array.from({ length: 5000 }, (_, i): Message => ({ customer: `c${i}`, type: "view", time: i }));
  const heldOut = (list: readonly TriggerRule[], options?: TriggerContext): string[] => {
    let state: TriggerState | undefined;
    const out: string[] = [];
    for (const message of crowd) {
      const step = stepTriggers(list, state, message, options);
      state = step.state;
      for (const { customer, reason, rule: name } of step.suppressed) if (reason === "holdout") out.push(`${name} ${customer}`); // prettier-ignore
    }
    return out;
  };

  it("are the share, the same each time, and others with another salt", () => {
    const first = heldOut([rule]);
    // Binomial: 1000 ± 28, within five standard errors.
    expect(Math.abs(first.length - 1000)).toBeLessThan(142);
    expect(heldOut([rule])).toEqual(first);
    const other = new Set(heldOut([rule], { salt: "2" }));
    const both = first.filter((name) => other.has(name)).length;
    expect(Math.abs(both - 200)).toBeLessThan(70);
  });

  it("of one group are the same customers for all of its rules", () => {
    const [x, y] = ["x", "y"].map((name): TriggerRule => ({ ...rule, name, holdout: { share: 0.2, group: "all" } }));
    const out = heldOut([x, y]);
    expect(out.filter((name) => name.startsWith("x")).map((name) => name.slice(2))).toEqual(
      out.filter((name) => name.startsWith("y")).map((name) => name.slice(2)),
    );
  });

  it("are nobody at 0 and everybody at 1, and count like messages", () => {
    const all: TriggerRule = { ...rule, holdout: { share: 1 }, cooldownMinutes: 60 };
    expect(timesOf([{ ...rule, holdout: { share: 0 } }], [ann("view", 0)])).toEqual([0]);
    const { suppressed } = streamTriggers([all], [ann("view", 0), ann("view", 1)]);
    expect(suppressed.map(({ reason }) => reason)).toEqual(["holdout", "cooldown"]);
  });
});

describe("segments", () => {
  const rule: TriggerRule = { name: "hi", on: "view", afterMinutes: 0, segments: ["gold"], exceptSegments: ["staff"] };

  it("are those of the latest event or news, or else of the options", () => {
    const options = { segments: { ann: "gold" } };
    expect(timesOf([rule], [ann("view", 0)])).toEqual([]);
    expect(timesOf([rule], [ann("view", 0)], options)).toEqual([0]);
    expect(timesOf([rule], [ann("view", 0, { segment: "gold" }), ann("view", 1)])).toEqual([0, 1]);
    expect(timesOf([rule], [{ customer: "ann", segment: "staff" }, ann("view", 1)], options)).toEqual([]);
    const taken = [{ customer: "ann", segment: "staff" }, { customer: "ann", segment: null }, ann("view", 1)];
    expect(timesOf([rule], taken, options)).toEqual([1]);
    expect(streamTriggers([rule], [ann("view", 0)]).suppressed).toMatchObject([{ reason: "segment" }]);
  });
});

describe("counts", () => {
  const views = (...times: number[]): Message[] => times.map((time) => ann("view", time, { price: 120, item: `i${time}` })); // prettier-ignore
  const on = { type: "view", where: { field: "price", atLeast: 100 } };

  it("fire at the n-th event within a time, then start over", () => {
    const rule: TriggerRule = { name: "keen", on, afterMinutes: 0, count: { atLeast: 3, withinMinutes: 10 } };
    expect(timesOf([rule], views(0, 1, 10 * minute))).toEqual([10 * minute]);
    expect(timesOf([rule], views(0, 1, 10 * minute + 1))).toEqual([]);
    expect(timesOf([rule], views(0, 1, 2, 3, 4, 5))).toEqual([2, 5]);
    expect(timesOf([rule], [...views(0, 1), ann("view", 2, { price: 99 }), ann("view", 3)])).toEqual([]);
  });

  it("fire once per session, which ends with a pause of any of the customer's events", () => {
    const rule: TriggerRule = { name: "keen", on, afterMinutes: 0, count: { atLeast: 2, sessionMinutes: 30 } };
    expect(timesOf([rule], views(0, 30 * minute))).toEqual([30 * minute]);
    expect(timesOf([rule], views(0, 30 * minute + 1))).toEqual([]);
    expect(timesOf([rule], [...views(0), ann("home", 29 * minute), ...views(59 * minute)])).toEqual([59 * minute]);
    expect(timesOf([rule], views(0, 1, 2, 3, hour, hour + 1))).toEqual([1, hour + 1]);
  });

  it("count different values only, where asked", () => {
    const rule: TriggerRule = { name: "keen", on, afterMinutes: 0, count: { atLeast: 2, withinMinutes: 10, distinct: "item" } }; // prettier-ignore
    expect(timesOf([rule], [...views(0), ...views(0), ...views(0)])).toEqual([]);
    expect(timesOf([rule], views(0, 1))).toEqual([1]);
  });

  it("start over with a cancelling event", () => {
    const rule: TriggerRule = { name: "keen", on, unless: "buy", afterMinutes: 0, count: { atLeast: 2, withinMinutes: 10 } }; // prettier-ignore
    expect(timesOf([rule], [...views(0), ann("buy", 1), ...views(2)])).toEqual([]);
    expect(timesOf([rule], [...views(0), ann("buy", 1), ...views(2, 3)])).toEqual([3]);
  });
});

describe("sequences", () => {
  const rule: TriggerRule = {
    name: "checkout",
    on: "cart",
    then: [
      { on: "address", withinMinutes: 10 },
      { on: "payment", withinMinutes: 5 },
    ],
    unless: "buy",
    afterMinutes: 30,
  };

  it("wait from their last step, and each step is in time up to the limit", () => {
    const at = (a: number, b: number, c: number): number[] => timesOf([rule], [ann("cart", a), ann("address", b), ann("payment", c), { now: day }]); // prettier-ignore
    expect(at(0, 10 * minute, 15 * minute)).toEqual([45 * minute]);
    expect(at(0, 10 * minute + 1, 15 * minute)).toEqual([]);
    expect(at(0, 10 * minute, 15 * minute + 1)).toEqual([]);
  });

  it("take the latest start, and are begun anew by a cancelling event", () => {
    const steps = [ann("cart", 0), ann("cart", 8 * minute), ann("address", 18 * minute), ann("payment", 18 * minute)];
    expect(timesOf([rule], [...steps, { now: day }])).toEqual([48 * minute]);
    expect(
      timesOf([rule], [ann("cart", 0), ann("buy", 1), ann("address", 2), ann("payment", 3), { now: day }]),
    ).toEqual([]);
  });

  it("may repeat a type: an event is one step, not two", () => {
    const again: TriggerRule = { name: "again", on: "view", then: [{ on: "view", withinMinutes: 1 }], afterMinutes: 0 };
    expect(
      timesOf(
        [again],
        [0, 1, 2, 3].map((time) => ann("view", time)),
      ),
    ).toEqual([1, 3]);
  });
});

describe("silence and rhythm", () => {
  it("no event of any type for so long", () => {
    const rule: TriggerRule = { name: "back", on: {}, afterMinutes: 1440 };
    expect(timesOf([rule], [ann("a", 0), ann("b", day - 1), ann("c", 2 * day - 2), { now: 9 * day }])).toEqual([3 * day - 2]); // prettier-ignore
  });

  it("replenishment after the median gap, once there are enough gaps, or after the days that an item lasts", () => {
    const rule: TriggerRule = {
      name: "refill",
      on: "buy",
      by: "item",
      afterMinutes: 100 * 1440,
      delays: { tea: 5 * 1440 },
      reorder: { factor: 1.5, fewestGaps: 3 },
    };
    const buy = (item: string, at: number): Message => ann("buy", at * day, { item });
    expect(timesOf([rule], [buy("tea", 0), { now: 9 * day }])).toEqual([5 * day]);
    // Gaps 4, 2 and 3 days: median 3, times 1.5.
    const rhythm = [buy("milk", 0), buy("milk", 4), buy("milk", 6), buy("milk", 6), buy("milk", 9)];
    expect(timesOf([rule], [...rhythm, { now: 20 * day }])).toEqual([13.5 * day]);
    expect(timesOf([{ ...rule, reorder: { factor: 1.5, fewestGaps: 3, longestGapDays: 3 } }], [...rhythm, { now: 20 * day }])).toEqual([]); // prettier-ignore
  });
});

describe("the state", () => {
  it("keeps names of any kind apart, and its keys tell nothing of them", () => {
    const rules = hostileNames.map((name): TriggerRule => ({ name, on: name, afterMinutes: 1, by: "cart" }));
    const names = hostileNames.filter((name) => name !== "");
    const messages = names.flatMap((name, i) => [{ customer: name, type: name, time: i, cart: name }]);
    const { actions } = streamTriggers(rules, [...messages, { now: hour }]);
    expect(actions.map(({ rule, customer, key }) => [rule, customer, key])).toEqual(names.map((name) => [name, name, name])); // prettier-ignore
    expect(new Set(actions.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(names.length);
    for (const { idempotencyKey } of actions) expect(idempotencyKey).toMatch(/^[\w-]{16}$/);
  });

  it("is empty once nothing is left to remember", () => {
    const rules: TriggerRule[] = [
      { ...cart, cooldownMinutes: 90 },
      { name: "keen", on: "view", afterMinutes: 0, count: { atLeast: 3, sessionMinutes: 30 } },
      { name: "then", on: "view", then: [{ on: "buy", withinMinutes: 9 }], afterMinutes: 0 },
    ];
    const { state } = streamTriggers(rules, [ann("view", 0), ann("cart", 1), ann("view", 5), ann("buy", 9), ann("cart", 12), { now: 3 * day }], { frequencyCap: { messages: 1, days: 1 } }); // prettier-ignore
    expect(state).toEqual({ ...stepTriggers([cart], undefined, { now: 3 * day }).state, customers: { entries: [] } });
  });

  it("remembers what cancels all carts for a cart whose event comes late", () => {
    const rules: TriggerRule[] = [{ ...cart, by: "cart" }];
    const bought = stepTriggers(rules, undefined, { customer: "ann", type: "buy", time: 10 * minute }).state;
    const late = stepTriggers(rules, bought, { customer: "ann", type: "cart", time: 5 * minute, cart: "c1" });
    expect(stepTriggers(rules, late.state, { now: day }).actions).toEqual([]);
    const after = stepTriggers(rules, bought, { customer: "ann", type: "cart", time: 11 * minute, cart: "c1" });
    expect(stepTriggers(rules, after.state, { now: day }).actions).toHaveLength(1);
  });

  it("stays small for one customer with carts without end, as a guest is", () => {
    const rules: TriggerRule[] = [
      { ...cart, by: "cart" },
      { name: "yearly", on: "signup", afterMinutes: 0, reentry: { afterMinutes: 525_600 } },
    ];
    let state: TriggerState | undefined = stepTriggers(rules, undefined, {
      customer: "guest",
      type: "signup",
      time: 0,
    }).state;
    let largest = 0;
    for (let i = 1; i <= 3000; i++) {
      const event = { customer: "guest", type: "cart", time: i * minute, cart: `c${i}` };
      state = stepTriggers(rules, state, event, { latenessMinutes: 60 }).state;
      if (i % 100 === 0) largest = Math.max(largest, JSON.stringify(state).length);
    }
    // 120 carts matter at a time: 60 that wait, and 60 that an event could come late for.
    const { customers } = JSON.parse(JSON.stringify(state)) as TriggerState;
    expect(JSON.stringify(customers).match(/4:cart/g)?.length).toBeLessThan(250);
    expect(largest).toBeLessThan(80_000);
  });

  it("outlives a change of the rules: what waits keeps its deadline, what has lost its rule goes", () => {
    const { state } = stepTriggers([cart], undefined, { customer: "ann", type: "cart", time: 0 });
    const later = { ...cart, afterMinutes: 600 };
    expect(stepTriggers([later], state, { now: hour }).actions).toHaveLength(1);
    const gone = stepTriggers([{ ...cart, name: "other" }], state, { now: day });
    expect(gone.actions).toEqual([]);
    expect(gone.state.customers).toEqual({ entries: [] });
  });

  it("is not changed by a step, nor are rules that are changed between steps mistaken for the old ones", () => {
    const rules = [{ ...cart }];
    const { state } = stepTriggers(rules, undefined, { customer: "ann", type: "cart", time: 0 });
    freezeDeep(state);
    const first = stepTriggers(rules, state, { now: day });
    expect(stepTriggers(rules, state, { now: day })).toEqual(first);
    rules[0] = { ...cart, purpose: "mail" };
    expect(stepTriggers(rules, state, { now: day }).suppressed).toHaveLength(1);
    Object.assign(rules[0], { purpose: undefined });
    expect(stepTriggers(rules, state, { now: day }).actions).toHaveLength(1);
  });
});

describe("what is refused", () => {
  const step = (rule: object, event: unknown = { now: 0 }): unknown => stepTriggers([rule as TriggerRule], undefined, event as Message); // prettier-ignore

  it.each<[string, object]>([
    ["rules[0].name", { ...cart, name: 1 }],
    ["rules[0].on", { ...cart, on: [] }],
    ["rules[0].on.type", { ...cart, on: { type: 3 } }],
    ["rules[0].on.where.any[0]", { ...cart, on: { where: { any: [{ field: "price" }] } } }],
    ["rules[0].unless.where.atLeast", { ...cart, unless: { where: { field: "price", atLeast: "9" } } }],
    ["rules[0].afterMinutes", { ...cart, afterMinutes: -1 }],
    ["rules[0].delays", { ...cart, delays: {} }],
    ["rules[0].reorder.factor", { ...cart, reorder: { factor: 0 } }],
    ["rules[0].count", { ...cart, count: { atLeast: 2 } }],
    ["rules[0].count.atLeast", { ...cart, count: { atLeast: 0, withinMinutes: 1 } }],
    ["rules[0].then", { ...cart, then: [{ on: "a", withinMinutes: 1 }], count: { atLeast: 1, withinMinutes: 1 } }],
    ["rules[0].then[0].withinMinutes", { ...cart, then: [{ on: "a" }] }],
    ["rules[0].reentry.afterMinutes", { ...cart, reentry: {} }],
    ["rules[0].quietHours.timeZone", { ...cart, quietHours: { from: 22, to: 8 } }],
    ["rules[0].quietHours.to", { ...cart, quietHours: { from: 8, to: 8, timeZone: "UTC" } }],
    ["rules[0].holdout.share", { ...cart, holdout: { share: 2 } }],
  ])("a rule, with the path %s", (path, rule) => {
    expectRefusal(() => step(rule), "invalid-option", path);
  });

  it.each<[string, object]>([
    ["rules[0].untill", { ...cart, untill: 1 }],
    ["rules[0].count.most", { ...cart, count: { atLeast: 2, withinMinutes: 1, most: 3 } }],
    ["rules[0].on.wher", { ...cart, on: { wher: {} } }],
    ["rules[0].on.where.equal", { ...cart, on: { where: { field: "a", equal: 1 } } }],
  ])("an unknown key, with the path %s", (path, rule) => {
    expectRefusal(() => step(rule), "unknown-option", path);
  });

  it.each<[string, unknown]>([
    ["event", null],
    ["event.now", {}],
    ["event.now", { now: NaN }],
    ["event.customer", { customer: "", type: "a", time: 0 }],
    ["event.type", { customer: "a", time: 0 }],
    ["event.time", { customer: "a", type: "a" }],
    ["event.segment", { customer: "a", segment: 1 }],
    ["event.timeZone", { customer: "a", timeZone: "Mars/Olympus" }],
    ["event.consents", { customer: "a", consents: {} }],
    ["event.consents[0].customer", { customer: "a", consents: [{ customer: "b", purpose: "mail", granted: 0 }] }],
    ["event", { customer: "a", tier: 1 }],
  ])("an event, with the path %s", (path, event) => {
    expectRefusal(() => step(cart, event), "invalid-value", path);
  });

  it("names that repeat, lists that are none, zones that are none, and states that are none or damaged", () => {
    expectRefusal(() => stepTriggers([cart, cart], undefined, { now: 0 }), "invalid-option", "rules[1].name");
    expectRefusal(() => stepTriggers({} as TriggerRule[], undefined, { now: 0 }), "invalid-option", "rules");
    const quiet: TriggerRule = { ...cart, afterMinutes: 0, quietHours: { from: 1, to: 2, timeZone: "UTC" } };
    expectRefusal(() => timesOf([quiet], [ann("cart", 0)], { timeZones: { ann: "nowhere" } }), "invalid-value", "options.timeZones"); // prettier-ignore
    expectRefusal(() => stepTriggers([cart], {} as TriggerState, { now: 0 }), "incompatible-model", "state");
    const damaged = { ...stepTriggers([cart], undefined, { now: 0 }).state, timers: { fresh: 3 } };
    expectRefusal(() => stepTriggers([cart], damaged, { now: 0 }), "incompatible-model", "state");
  });
});
