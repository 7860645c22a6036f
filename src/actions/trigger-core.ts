import { refuse } from "../core/errors.ts";
import { hashTexts } from "../numeric/hash.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";
import { compareNames } from "../tables/ties.ts";
import { type Cell, cellOf } from "./conditions.ts";
import { quietUntil } from "./quiet-hours.ts";
import type { Action, Desk, Happening, Outbox, SuppressionReason, Timer } from "./trigger-desk.ts";
import type { Slot } from "./trigger-memory.ts";
import { withCancel } from "./trigger-memory.ts";
import { calendarIn } from "./trigger-plan.ts";
import { countedUp, delayOf, restartCounts, steppedUp } from "./trigger-progress.ts";
import type { Match, ReadRule } from "./trigger-rules.ts";

/** An empty outbox; with a number of rules, one that counts. */
export function newOutbox(rules?: number): Outbox {
  const tally = rules === undefined ? null : { armed: new Float64Array(rules), held: new Float64Array(rules) };
  return { actions: [], suppressed: [], cancelled: [], lateCancellations: [], unkeyed: [], tally };
}

/** The order in which messages of one customer that are due at one instant go out. */
export function inFiringOrder(a: Timer, b: Timer): number {
  return a.rule.rank - b.rule.rank || compareNames(a.key ?? "", b.key ?? "");
}

/** Takes in an event of the open customer, whose clock and timers have come up to it. */
export function receive(desk: Desk, event: Happening): void {
  notice(desk, event);
  for (const rule of desk.book.rulesFor(event.type)) apply(desk, rule, event);
  if (desk.ready.length === 0) return;
  const due = desk.ready.splice(0).sort(inFiringOrder);
  for (const { rule, key } of due) ring(desk, rule, key);
}

/** Looks at a slot of the open customer at the desk's clock: fires what is due. */
export function ring(desk: Desk, rule: ReadRule, key: string | null): void {
  const slot = desk.find(rule, key);
  if (slot === undefined || slot.anchor === null || slot.due > desk.clock) return;
  fire(desk, rule, key, desk.edit(rule, key), slot.anchor);
}

/** Keeps what rules ask of a customer's history and whereabouts. */
function notice(desk: Desk, { time, field }: Happening): void {
  const { book } = desk;
  if (book.pauses.length > 0) noticeSession(desk, time);
  const segment = book.usesSegments ? field("segment") : undefined;
  if (typeof segment === "string" && segment !== desk.profile().segment) desk.editProfile().segment = segment;
  const zone = book.usesZones ? field("timeZone") : undefined;
  if (typeof zone === "string" && zone !== desk.profile().timeZone) desk.editProfile().timeZone = zone;
}

function noticeSession(desk: Desk, time: number): void {
  const { last, sessions } = desk.profile();
  if (last !== null && time < last) return;
  const { pauses } = desk.book;
  const profile = desk.editProfile();
  profile.last = time;
  if (last !== null && sessions.length === pauses.length && time - last <= desk.book.shortestPause) return;
  profile.sessions = pauses.map((pause) => {
    const open = last === null || time - last > pause ? undefined : sessions.find(([other]) => other === pause);
    return open ?? [pause, time];
  });
}

function apply(desk: Desk, rule: ReadRule, event: Happening): void {
  const cancels = rule.unless !== null && matches(rule.unless, event);
  let step = rule.steps.length - 1;
  while (step >= 0 && !matches(rule.steps[step], event)) step--;
  if (step < 0 && !cancels) return;
  const key = rule.by === null ? null : keyOf(event.field(rule.by));
  if (key === undefined) {
    if (step >= 0) desk.outbox.unkeyed.push(rule.index);
    if (cancels) {
      for (const other of desk.keysOf(rule)) if (other !== null) cancel(desk, rule, other, event.time);
      // For keys whose first event is of the same time, or comes late.
      cancel(desk, rule, null, event.time);
    }
    return;
  }
  // An event that both cancels and starts ends the wait before it, not its own.
  const before = step >= 0 ? cancelsOf(desk, rule, key) : none;
  if (cancels) cancel(desk, rule, key, event.time);
  if (step < 0) return;
  if (rule.count !== null) {
    if (!countedUp(desk, rule, key, event)) return;
  } else if (rule.steps.length > 1 && !steppedUp(desk, rule, key, event, (i) => matches(rule.steps[i], event))) {
    return;
  }
  arm(desk, rule, key, event.time, before);
}

const none: readonly number[] = [];

/** Times of cancelling events that a key's wait must be held against: its own, and those that are for all keys. */
function cancelsOf(desk: Desk, rule: ReadRule, key: string | null): readonly number[] {
  const own = desk.find(rule, key)?.unless ?? none;
  const all = key === null ? none : (desk.find(rule, null)?.unless ?? none);
  return all.length === 0 ? own : [...own, ...all];
}

function matches({ types, holds }: Match, { type, field }: Happening): boolean {
  return (types === null || types.has(type)) && (holds === null || holds(field));
}

function keyOf(cell: Cell | undefined): string | undefined {
  const known = cellOf(cell);
  return known === undefined || typeof known === "string" ? known : String(known);
}

function cancel(desk: Desk, rule: ReadRule, key: string | null, time: number): void {
  const slot = desk.edit(rule, key);
  const { anchor, firedAnchor } = slot;
  if (anchor !== null && anchor <= time && time < slot.due) {
    desk.outbox.cancelled.push({ rule: rule.name, customer: desk.customer, key, since: anchor, time });
    slot.anchor = null;
  } else if (firedAnchor !== null && !slot.reported && firedAnchor <= time && time < slot.firedAt) {
    desk.outbox.lateCancellations.push(actionOf(desk, rule, key, firedAnchor, slot.firedAt, false));
    slot.reported = true;
  }
  // Waits of one rule differ in length where they depend on the key or the customer: then no time can be spared.
  const wait = rule.delays === null && rule.reorder === null ? rule.after : 0;
  slot.unless = withCancel(slot.unless, time, wait, desk.clock - desk.surroundings.lateness);
  restartCounts(slot, rule, time);
  desk.setTimer(rule, key, slot);
}

function arm(desk: Desk, rule: ReadRule, key: string | null, time: number, cancels: readonly number[]): void {
  const slot = desk.edit(rule, key);
  const wait = delayOf(slot, rule, key, time);
  const { anchor, firedAnchor } = slot;
  const entered = firedAnchor !== null && (time <= firedAnchor || time < slot.firedAt + rule.reentry);
  const waitsAlready = anchor !== null && (rule.keepsFirst ? time >= anchor : time <= anchor);
  const isOver = cancels.some((cancelled) => cancelled >= time && cancelled < time + wait);
  if (!entered && !waitsAlready && !isOver) {
    if (anchor === null && desk.outbox.tally !== null) desk.outbox.tally.armed[rule.index]++;
    slot.anchor = time;
    slot.due = time + wait;
    slot.held = false;
    if (slot.due <= desk.clock) desk.ready.push({ rule, key });
  }
  desk.setTimer(rule, key, slot);
}

function fire(desk: Desk, rule: ReadRule, key: string | null, slot: Slot, anchor: number): void {
  const time = Math.max(slot.due, desk.clock);
  const open = rule.quiet === null ? time : quietUntil(calendarFor(desk, rule.quiet.timeZone), rule.quiet, time);
  if (open > time) {
    if (!slot.held && desk.outbox.tally !== null) desk.outbox.tally.held[rule.index]++;
    slot.held = true;
    slot.due = open;
    desk.setTimer(rule, key, slot);
    return;
  }
  const reason = reasonAgainst(desk, rule, time);
  const { customer, outbox, surroundings } = desk;
  const idempotencyKey = keyOfMessage(surroundings.salt, rule.name, customer, key, anchor);
  const { held } = slot;
  if (reason === undefined)
    outbox.actions.push({ rule: rule.name, customer, key, since: anchor, time, held, idempotencyKey }); // prettier-ignore
  else outbox.suppressed.push({ rule: rule.name, customer, key, since: anchor, time, held, idempotencyKey, reason });
  // Who is held out goes on as if the message had come, so that the groups differ in nothing else.
  if (reason === undefined || reason === "holdout") count(desk, rule, time);
  slot.anchor = null;
  slot.held = false;
  slot.firedAnchor = anchor;
  slot.firedAt = time;
  slot.reported = false;
  desk.setTimer(rule, key, slot);
}

function reasonAgainst(desk: Desk, rule: ReadRule, time: number): SuppressionReason | undefined {
  const { customer, surroundings } = desk;
  const { segments, exceptSegments, purpose, cooldown, holdout } = rule;
  const profile = desk.profile();
  if (segments !== null || exceptSegments !== null) {
    const segment = profile.segment ?? surroundings.segmentOf(customer);
    const isIn = (set: ReadonlySet<string>): boolean => segment !== undefined && set.has(segment);
    if ((segments !== null && !isIn(segments)) || (exceptSegments !== null && isIn(exceptSegments))) return "segment";
  }
  if (purpose !== null) {
    const state = surroundings.consentAt(purpose, customer, time, profile.consents);
    if (state !== "granted") return state;
  }
  if (cooldown > 0) {
    const last = profile.cooling.find(([name]) => name === rule.name);
    if (last !== undefined && time - last[1] < cooldown) return "cooldown";
  }
  const { cap } = surroundings;
  if (cap !== null && rule.capped && profile.sent.length >= cap.messages) {
    if (time - profile.sent[profile.sent.length - cap.messages] < cap.window) return "cap";
  }
  const isOut = holdout !== null && hashTexts([surroundings.salt, holdout.group, customer]) < holdout.below;
  return isOut ? "holdout" : undefined;
}

/** Counts a message towards the cap and its rule's cooldown. */
function count(desk: Desk, rule: ReadRule, time: number): void {
  const { cap } = desk.surroundings;
  if (cap !== null && rule.capped) {
    const profile = desk.editProfile();
    profile.sent = [...profile.sent, time].slice(-cap.messages);
  }
  if (rule.cooldown > 0) {
    const profile = desk.editProfile();
    profile.cooling = [...profile.cooling.filter(([name]) => name !== rule.name), [rule.name, time]];
  }
}

function calendarFor(desk: Desk, otherwise: string): NonNullable<ReturnType<typeof calendarIn>> {
  const own = desk.profile().timeZone ?? desk.surroundings.zoneOf(desk.customer);
  const calendar = calendarIn(own ?? otherwise);
  if (calendar !== undefined) return calendar;
  return refuse(desk.caller, "invalid-value", "options.timeZones", "IANA time zones by customer", "another value");
}

function actionOf(
  { customer, surroundings: { salt } }: Desk,
  { name }: ReadRule,
  key: string | null,
  since: number,
  time: number,
  held: boolean,
): Action {
  const idempotencyKey = keyOfMessage(salt, name, customer, key, since);
  return { rule: name, customer, key, since, time, held, idempotencyKey };
}

function keyOfMessage(salt: string, rule: string, customer: string, key: string | null, since: number): string {
  return idempotencyKeyOf(salt, rule, customer, key === null ? "" : `/${key}`, since);
}
