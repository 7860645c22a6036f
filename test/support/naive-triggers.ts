import type { TriggerRule } from "clientele/actions";

// The rules of triggers once more, written from the guide and from the comments of `TriggerRule`, and with nothing of the library: no timers,
// no memory that is dropped, no index. For each instant at which something may happen, everything is looked at.

/** An event of one customer. */
export interface NaiveEvent {
  readonly type: string;
  readonly time: number;
  readonly cart: string | null;
}

/** A rule of those kinds that this interpreter knows; types are lists. */
export type NaiveRule = Pick<
  TriggerRule,
  "name" | "afterMinutes" | "restart" | "reentry" | "cooldownMinutes" | "priority" | "capped" | "count"
> & {
  readonly on: readonly string[];
  readonly unless?: readonly string[] | undefined;
  readonly by?: "cart" | undefined;
  readonly then?: readonly { readonly on: readonly string[]; readonly withinMinutes: number }[] | undefined;
  /** Whole hours, UTC. */
  readonly quietHours?: { readonly from: number; readonly to: number; readonly timeZone: "UTC" } | undefined;
};

/** What becomes of a message. */
export interface NaiveMessage {
  readonly rule: string;
  readonly key: string | null;
  readonly since: number;
  readonly time: number;
  readonly reason: "sent" | "cooldown" | "cap";
}

interface Wait {
  rule: NaiveRule;
  key: string | null;
  since: number;
  due: number;
}

const minute = 60_000;
const hour = 60 * minute;

/** All messages that were due to one customer up to an instant, in the order in which they were. */
export function naiveMessages(
  rules: readonly NaiveRule[],
  events: readonly NaiveEvent[],
  until: number,
  cap: { readonly messages: number; readonly days: number } | undefined,
): NaiveMessage[] {
  const messages: NaiveMessage[] = [];
  let waits: Wait[] = [];
  const order = (a: Wait, b: Wait): number =>
    (b.rule.priority ?? 0) - (a.rule.priority ?? 0) ||
    rules.indexOf(a.rule) - rules.indexOf(b.rule) ||
    ((a.key ?? "") < (b.key ?? "") ? -1 : 1);

  /** Lets everything go out that is due up to an instant. */
  const goOut = (to: number): void => {
    for (;;) {
      const earliest = Math.min(...waits.map(({ due }) => due));
      if (!(earliest <= to)) return;
      for (const wait of waits.filter(({ due }) => due === earliest).sort(order)) {
        const open = endOfQuiet(wait.rule, earliest);
        if (open > earliest) {
          wait.due = open;
          continue;
        }
        waits = waits.filter((other) => other !== wait);
        messages.push({
          rule: wait.rule.name,
          key: wait.key,
          since: wait.since,
          time: earliest,
          reason: reasonOf(wait.rule, earliest),
        });
      }
    }
  };

  const reasonOf = ({ name, cooldownMinutes = 0, capped = true }: NaiveRule, time: number): NaiveMessage["reason"] => {
    const sent = messages.filter(({ reason }) => reason === "sent");
    if (sent.some((message) => message.rule === name && time - message.time < cooldownMinutes * minute))
      return "cooldown";
    if (cap === undefined || !capped) return "sent";
    const isCounted = (message: NaiveMessage): boolean =>
      rules.find((rule) => rule.name === message.rule)?.capped ?? true;
    const recent = sent.filter((message) => isCounted(message) && time - message.time < cap.days * 24 * hour);
    return recent.length >= cap.messages ? "cap" : "sent";
  };

  // Per rule and key, the places of events that were counted, or of steps that were taken.
  const counted = new Map<string, number[]>();
  const taken = new Map<string, (number | null)[]>();

  events.forEach((event, place) => {
    if (event.time > until) return;
    goOut(event.time);
    for (const rule of [...rules].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))) {
      const isUnless = rule.unless?.includes(event.type) === true;
      const key = rule.by === "cart" ? event.cart : null;
      const isForAll = rule.by === "cart" && event.cart === null;
      const concerns = (other: string | null): boolean => isForAll || other === key;
      if (isUnless) {
        waits = waits.filter((wait) => wait.rule !== rule || !concerns(wait.key) || !(wait.since <= event.time && event.time < wait.due)); // prettier-ignore
        for (const memory of [counted, taken]) {
          for (const id of memory.keys()) {
            const [name, other] = JSON.parse(id) as [string, string | null];
            if (name === rule.name && concerns(other)) memory.delete(id);
          }
        }
      }
      if (isForAll) continue;
      const id = JSON.stringify([rule.name, key]);
      if (!isLast(rule, event, id)) continue;
      const own = waits.find((wait) => wait.rule === rule && wait.key === key);
      if (own !== undefined && rule.restart === "first") continue;
      if (own !== undefined && own.since >= event.time) continue;
      const last = messages.findLast((message) => message.rule === rule.name && message.key === key);
      if (last !== undefined && (rule.reentry === "once" || event.time <= last.since)) continue;
      if (
        last !== undefined &&
        typeof rule.reentry === "object" &&
        event.time < last.time + rule.reentry.afterMinutes * minute
      )
        continue;
      // An earlier event of this very instant may cancel what starts now, but not the event itself.
      const wait = rule.afterMinutes * minute;
      const isCancelled = events.slice(0, place).some((before) => {
        const isFor = rule.by !== "cart" || before.cart === null || before.cart === key;
        return wait > 0 && before.time === event.time && isFor && rule.unless?.includes(before.type) === true;
      });
      if (isCancelled) continue;
      waits = [...waits.filter((other) => other !== own), { rule, key, since: event.time, due: event.time + wait }];
    }
    goOut(event.time);
  });
  goOut(until);
  return messages;

  /** Whether an event is the one that the wait counts from. */
  function isLast(rule: NaiveRule, { type, time }: NaiveEvent, id: string): boolean {
    const { count, then } = rule;
    if (then !== undefined) {
      const steps = [rule.on, ...then.map(({ on }) => on)];
      const times = taken.get(id) ?? steps.map(() => null);
      // One event is one step: the furthest that it can be.
      for (let step = steps.length - 1; step >= 0; step--) {
        if (!steps[step].includes(type)) continue;
        const before = step === 0 ? time : times[step - 1];
        if (before === null || time - before > (step === 0 ? 0 : then[step - 1].withinMinutes * minute)) continue;
        if (step === steps.length - 1) {
          taken.delete(id);
          return true;
        }
        times[step] = time;
        taken.set(id, times);
      }
      return false;
    }
    if (!rule.on.includes(type)) return false;
    if (count === undefined) return true;
    const times = [...(counted.get(id) ?? []), time];
    const first = times.at(-count.atLeast);
    const isReached = first !== undefined && time - first <= (count.withinMinutes ?? 0) * minute;
    counted.set(id, isReached ? [] : times);
    return isReached;
  }
}

/** When quiet hours end; the same instant outside of them. */
function endOfQuiet({ quietHours }: NaiveRule, time: number): number {
  if (quietHours === undefined) return time;
  const { from, to } = quietHours;
  const isQuiet = (at: number): boolean => {
    const now = (at / hour) % 24;
    return from < to ? now >= from && now < to : now >= from || now < to;
  };
  if (!isQuiet(time)) return time;
  let at = Math.floor(time / hour) * hour;
  while (at <= time || isQuiet(at)) at += hour;
  return at;
}
