import { mergeTriggerStates, stepTriggers, type TriggerRule, type TriggerState } from "clientele/actions";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";
import { inAnyOrder, type Message, streamTriggers } from "../support/trigger-stream.ts";

const rules: TriggerRule[] = [
  { name: "cart", on: "cart", unless: "buy", afterMinutes: 60, cooldownMinutes: 300 },
  { name: "back", on: {}, afterMinutes: 500 },
];
const messages = Array.from({ length: 400 }, (_, i): Message => ({ customer: `c${(i * 7) % 60}`, type: i % 3 === 0 ? "cart" : i % 5 === 0 ? "buy" : "view", time: i * 400_000 })); // prettier-ignore
const isEast = (message: Message): boolean => "customer" in message && message.customer < "c3";

describe("mergeTriggerStates", () => {
  it("goes on as one stream would have gone on", () => {
    const [before, after] = [messages.slice(0, 200), [...messages.slice(200), { now: 1e9 }]];
    const whole = streamTriggers(rules, [...before, ...after]);
    const clock = { now: 199 * 400_000 };
    const east = streamTriggers(rules, [...before.filter(isEast), clock]);
    const west = streamTriggers(rules, [...before.filter((message) => !isEast(message)), clock]);
    const merged = mergeTriggerStates(east.state, west.state);
    const rest = streamTriggers(rules, after, undefined, merged);
    expect(rest.actions.length).toBeGreaterThan(20);
    expect(inAnyOrder([...east.actions, ...west.actions, ...rest.actions])).toEqual(inAnyOrder(whole.actions));
    expect(inAnyOrder([...east.suppressed, ...west.suppressed, ...rest.suppressed])).toEqual(
      inAnyOrder(whole.suppressed),
    );
  });

  it("takes nothing as no state, and gives copies", () => {
    const { state } = stepTriggers(rules, undefined, messages[0]);
    expect(mergeTriggerStates(undefined, undefined)).toMatchObject({ now: null, customers: { entries: [] } });
    const merged = mergeTriggerStates(state, undefined);
    expect(merged.customers).toEqual(state.customers);
    expect(merged.customers).not.toBe(state.customers);
  });

  it("refuses a customer in both, and what is no state", () => {
    const { state } = stepTriggers(rules, undefined, messages[0]);
    expectRefusal(() => mergeTriggerStates(state, state), "invalid-value", "b.customers");
    expectRefusal(() => mergeTriggerStates(state, {} as TriggerState), "incompatible-model", "b");
    expectRefusal(() => mergeTriggerStates({ ...state, customers: { entries: 3 } }, state), "incompatible-model", "a");
  });
});
