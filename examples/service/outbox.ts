// Messages that wait to be fetched: each once, under a number that only grows, until it is acknowledged. A consumer keeps the
// last number it has dealt with, asks for what comes after it, and delivers with the idempotency key.
import type { Action } from "clientele/actions";
import { isRecent, noRecent, type Recent, remember } from "./recent.ts";

/** A message of a trigger. */
export interface Message extends Action {
  /** Its number in the outbox; without gaps, from 1. */
  readonly seq: number;
  /** `recall`: it was sent, and would not have been had an event come in time. */
  readonly kind: "send" | "recall";
}

/** What waits, and what is known to have been here. */
export interface Outbox {
  /** Number of the last message. */
  last: number;
  /** Messages that are not acknowledged, by number. */
  messages: Message[];
  /** Kinds and idempotency keys of messages, also of acknowledged ones. */
  readonly keys: Recent;
}

/** An outbox that nothing was put into. */
export function emptyOutbox(): Outbox {
  return { last: 0, messages: [], keys: noRecent() };
}

/**
 * Puts a message into the outbox unless it was there before.
 *
 * @param outbox - written into.
 * @param kind - send or recall.
 * @param action - the message.
 * @param rememberKeys - for how many further messages its key is remembered.
 * @returns whether it was put in.
 */
export function post(outbox: Outbox, kind: Message["kind"], action: Action, rememberKeys: number): boolean {
  const key = `${kind} ${action.idempotencyKey}`;
  if (isRecent(outbox.keys, key)) return false;
  remember(outbox.keys, key, rememberKeys);
  outbox.messages.push({ seq: ++outbox.last, kind, ...action });
  return true;
}

/** Drops the messages up to a number; tells how many there were. */
export function acknowledge(outbox: Outbox, through: number): number {
  const waiting = positionAfter(outbox, through);
  outbox.messages.splice(0, waiting);
  return waiting;
}

/** The messages after a number. */
export function fetchMessages(outbox: Outbox, after: number, most: number): readonly Message[] {
  const from = positionAfter(outbox, after);
  return outbox.messages.slice(from, from + most);
}

/** Where the messages after a number begin: numbers have no gaps. */
function positionAfter({ last, messages }: Outbox, seq: number): number {
  const first = last - messages.length + 1;
  return Math.min(Math.max(seq - first + 1, 0), messages.length);
}
