import { stepTriggers, type TriggerContext, type TriggerRule, type TriggerState, type TriggerStep } from "clientele/actions"; // prettier-ignore
import { freezeDeep } from "./inspect.ts";

/** What live steps are given: events, ticks and news. */
export type Message = Parameters<typeof stepTriggers>[2];

/** All that live steps gave, in their order. */
export interface Streamed extends Omit<TriggerStep, "state" | "notes"> {
  readonly state: TriggerState | undefined;
}

/** Sends messages through live steps; the state passes through JSON now and then as if it had been stored. */
export function streamTriggers(
  rules: readonly TriggerRule[],
  messages: readonly Message[],
  options?: TriggerContext,
  from?: TriggerState,
): Streamed {
  let state = from;
  const steps = messages.map((message, i) => {
    const step = stepTriggers(rules, state, message, options);
    state = i % 5 === 0 ? (JSON.parse(JSON.stringify(step.state)) as TriggerState) : freezeDeep(step.state);
    return step;
  });
  return {
    state,
    actions: steps.flatMap(({ actions }) => actions),
    suppressed: steps.flatMap(({ suppressed }) => suppressed),
    cancelled: steps.flatMap(({ cancelled }) => cancelled),
    lateCancellations: steps.flatMap(({ lateCancellations }) => lateCancellations),
  };
}

/** Messages as texts in an order of their own, to compare lists that break ties differently. */
export function inAnyOrder(messages: readonly object[]): string[] {
  return messages.map((message) => JSON.stringify(message)).sort();
}
