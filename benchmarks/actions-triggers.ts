import { replayTriggers, stepTriggers, type TriggerRule, type TriggerState } from "clientele/actions";
import { randomOf } from "clientele/core";
import { type EventLog, codesOf } from "clientele/tables";
import { readEventColumns } from "clientele/events";
import { budget, type Lap, type Race, timed } from "./race.ts";

const minute = 60_000;
const types = ["view", "search", "cart", "buy", "signup", "address", "payment", "review"] as const;
const weights = [0.55, 0.2, 0.1, 0.03, 0.02, 0.04, 0.03, 0.03];

/** Twenty rules of every kind, as a shop might have them. */
const shopRules: readonly TriggerRule[] = [
  { name: "cart", on: "cart", unless: "buy", afterMinutes: 60, by: "cart", cooldownMinutes: 1440 },
  { name: "cart-day", on: "cart", unless: "buy", afterMinutes: 1440, by: "cart", reentry: "once" },
  { name: "cart-week", on: "cart", unless: "buy", afterMinutes: 10_080 },
  { name: "welcome", on: {}, afterMinutes: 0, reentry: "once" },
  { name: "signup", on: "signup", afterMinutes: 1440, unless: "buy" },
  { name: "back", on: {}, afterMinutes: 30 * 1440 },
  { name: "back-more", on: {}, afterMinutes: 60 * 1440, segments: ["gold"] },
  { name: "offer", on: { type: "view", where: { field: "value", atLeast: 100 } }, afterMinutes: 0, count: { atLeast: 3, sessionMinutes: 30 } },
  { name: "keen", on: "view", unless: "buy", afterMinutes: 30, count: { atLeast: 5, withinMinutes: 60 } },
  { name: "search", on: "search", unless: ["cart", "buy"], afterMinutes: 120, count: { atLeast: 3, withinMinutes: 1440 } },
  { name: "checkout", on: "address", then: [{ on: "payment", withinMinutes: 30 }], unless: "buy", afterMinutes: 30 },
  { name: "payment", on: "payment", unless: "buy", afterMinutes: 15 },
  { name: "thanks", on: "buy", afterMinutes: 60 },
  { name: "review", on: "buy", unless: "review", afterMinutes: 14 * 1440 },
  { name: "refill", on: "buy", afterMinutes: 30 * 1440, reorder: { factor: 1.2 } },
  { name: "big", on: { type: "buy", where: { field: "value", atLeast: 200 } }, afterMinutes: 1440 },
  { name: "second", on: "buy", unless: "buy", afterMinutes: 45 * 1440 },
  { name: "night", on: "cart", unless: "buy", afterMinutes: 180, quietHours: { from: 21, to: 8, timeZone: "Europe/Berlin" } },
  { name: "mail", on: "cart", unless: "buy", afterMinutes: 240, purpose: "mail" },
  { name: "test", on: "view", unless: "cart", afterMinutes: 90, holdout: { share: 0.1 }, cooldownMinutes: 10_080 },
]; // prettier-ignore

/** Twenty reminders after rarer events, which a purchase cancels. */
const reminders: readonly TriggerRule[] = Array.from({ length: 20 }, (_, i) => ({
  name: `reminder-${i}`,
  on: types[2 + (i % 6)],
  unless: "buy",
  afterMinutes: 30 + 10 * i,
  ...(i % 3 === 0 ? {} : { cooldownMinutes: 1440 }),
}));

const options = { frequencyCap: { messages: 3, days: 7 }, segments: {} };

/** A shop's events over 90 days in the order of time. */
function shopEvents(
  events: number,
  customers: number,
): { rows: number; customer: string[]; type: string[]; time: Float64Array; value: Float64Array; cart: string[] } {
  // prettier-ignore
  const random = randomOf(11);
  const span = 90 * 1440 * minute;
  const time = Float64Array.from({ length: events }, () => Math.floor(random.next() * span)).sort();
  const draw = (): string => {
    let ticket = random.next();
    let t = 0;
    while (t < types.length - 1 && ticket > weights[t]) ticket -= weights[t++];
    return types[t];
  };
  const customer = Array.from({ length: events }, () => `customer-${random.integer(customers)}`);
  const type = Array.from({ length: events }, draw);
  const value = Float64Array.from({ length: events }, () => 10 + random.integer(240));
  const cart = customer.map((name) => `${name}-${random.integer(3)}`);
  return { rows: events, customer, type, time, value, cart };
}

function logOf(events: ReturnType<typeof shopEvents>): EventLog {
  const { customer, type, time, value, cart } = events;
  return readEventColumns({ customer, type, time, value, extra: { cart: codesOf(cart) } }).log;
}

/** A replay of many events under twenty rules. No package of npm does this: the peer is the goal. */
export function replayRace(
  events: number,
  customers: number,
  rules: "reminders" | "of every kind",
  seconds: number,
): Race {
  const chosen = rules === "reminders" ? reminders : shopRules;
  const log = logOf(shopEvents(events, customers));
  const until = 120 * 1440 * minute;
  return {
    kernel: "triggers: replay",
    size: `${events} events × ${chosen.length} rules ${rules}`,
    ours: () =>
      timed(
        () => replayTriggers(chosen, log, { ...options, until }),
        ({ actions, suppressed }) => ({ actions: actions.length, suppressed: suppressed.length }),
      ),
    peers: [budget(seconds)],
  };
}

/** Live steps with many customers in the state; the time is that of one step, in seconds. */
export function stepRace(
  events: number,
  customers: number,
  rules: "reminders" | "of every kind",
  count: number,
  microseconds: number,
): Race {
  const chosen = (rules === "reminders" ? reminders : shopRules).slice(0, count);
  const all = shopEvents(events, customers);
  const messages = Array.from({ length: all.rows }, (_, i) => {
    return { customer: all.customer[i], type: all.type[i], time: all.time[i], value: all.value[i], cart: all.cart[i] };
  });
  // The state of the first half is the one that the second half is timed with.
  const half = messages.length >> 1;
  let warm: TriggerState | undefined;
  for (let i = 0; i < half; i++) warm = stepTriggers(chosen, warm, messages[i], options).state;
  const lap = (): Lap => {
    let state = warm;
    let actions = 0;
    const { seconds } = timed(
      () => {
        for (let i = half; i < messages.length; i++) {
          const step = stepTriggers(chosen, state, messages[i], options);
          state = step.state;
          actions += step.actions.length;
        }
      },
      () => ({}),
    );
    const bytes = JSON.stringify(state).length;
    return { seconds: seconds / (messages.length - half), quality: { actions, megabytesOfJson: Math.round(bytes / 1e5) / 10 } }; // prettier-ignore
  };
  return {
    kernel: "triggers: live step",
    size: `${customers} customers × ${chosen.length} rules ${rules}`,
    ours: lap,
    peers: [budget(microseconds / 1e6)],
  };
}
