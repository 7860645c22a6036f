import { isRecord, lookUp, put } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { isTextList, type ReadOptions, readOptions } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import { allocate, type Allocated } from "../numeric/allocate.ts";
import { bestOption, type Resource } from "../numeric/allocation-prices.ts";
import { consentAt, consentLedger } from "../tables/consent.ts";
import { type Holds, readCondition } from "./conditions.ts";
import { contextReader } from "./context-conditions.ts";
import {
  type ActionCustomer,
  type NextAction,
  type NextActionChoice,
  nextActionConstraints,
  type NextActionConstraints,
  type NextActionReason,
  type NextActionReport,
} from "./next-action-options.ts";

type Limits = ReadOptions<NextActionConstraints, "budget" | "contacts" | "channels" | "consents" | "now">;

/**
 * Chooses what to do with each customer next: the action that gains the most after its cost, within budget, capacities, consent
 * and eligibility; or nothing, where nothing gains.
 *
 * The gain of an action is uplift · value − cost; where there is no uplift, probability · value − cost, which also pays for those
 * who would have bought anyway: measure the uplift as soon as there is an experiment. Where something is scarce it goes to those
 * with whom it gains the most, found by pricing it; `bound` says how much better any choice could be.
 *
 * With `explore`, that share of customers gets an allowed action or none by chance, and every choice comes with its propensity, so
 * that `measureOffPolicy` can say from the outcomes what another policy would have earned.
 *
 * @param customers - see {@link ActionCustomer}; an action without a chance or a value for a customer is not for that customer.
 * @param actions - see {@link NextAction}.
 * @param constraints - see {@link NextActionConstraints}.
 * @returns one choice per customer with its reason, and the totals; see {@link NextActionReport}. Equal gains go to the earlier action,
 * a scarce action to the earlier customer.
 * @throws {ClienteleError} `invalid-value` with the path of the first number that is none; `invalid-option` or `unknown-option` for
 * conditions and constraints; `shape-mismatch` for lists that are none. Cost: customers × actions, a few hundred times where something is
 * scarce.
 * @example
 * const customers = [
 *   { id: "ann", uplift: { discount: 0.2, call: 0.3 }, value: { discount: 50, call: 50 } },
 *   { id: "bob", uplift: { discount: 0.1, call: 0.4 }, value: { discount: 80, call: 80 } },
 *   { id: "cem", uplift: { discount: 0, call: 0.05 }, value: { discount: 90, call: 90 } },
 * ];
 * const actions = [{ name: "discount", cost: 5 }, { name: "call", cost: 8, capacity: 1 }];
 * const { choices } = chooseNextAction(customers, actions, { budget: 20 });
 * choices.map(({ action, reason }) => [action, reason]); // [["discount", "second-best"], ["call", "best"], [null, "no-gain"]]
 * @see Kellerer, Pferschy & Pisinger (2004), chapter 11, on choosing under budgets; Radcliffe & Surry (2011) on uplift.
 */
export function chooseNextAction(
  customers: readonly ActionCustomer[],
  actions: readonly NextAction[],
  constraints?: NextActionConstraints,
): NextActionReport {
  const caller = "chooseNextAction";
  const limits = readOptions(caller, nextActionConstraints, constraints);
  const conditions = readActions(caller, actions);
  if (!Array.isArray(customers)) refuse(caller, "shape-mismatch", "customers", "a list of customers", describeValue(customers)); // prettier-ignore
  const view = viewOf(caller, customers, actions, conditions, limits);
  const named = resourcesOf(caller, actions, limits);
  const draws = explorers(customers, actions, view, limits, named);
  const free = view.gains.slice();
  draws.forEach((_, customer) => free.fill(-Infinity, customer * actions.length, (customer + 1) * actions.length));
  const allocated = allocate({
    agents: customers.length,
    options: actions.length,
    gains: free,
    resources: named.map(({ uses, left }) => ({ uses, limit: left })),
  });
  return reportOf(customers, actions, view, allocated, draws, named, limits);
}

/** Checks actions; the condition of each, if any. */
function readActions(caller: string, actions: readonly NextAction[]): (Holds | undefined)[] {
  if (!Array.isArray(actions)) refuse(caller, "shape-mismatch", "actions", "a list of actions", describeValue(actions));
  const names = new Set<string>();
  return actions.map((action: unknown, a) => {
    const path = `actions[${a}]`;
    if (!isRecord(action)) refuse(caller, "shape-mismatch", path, "{ name, cost }", describeValue(action));
    const { name, cost, capacity, channel, purpose, when } = action;
    if (typeof name !== "string" || names.has(name)) {
      refuse(caller, "invalid-option", `${path}.name`, "a text that no other action is called", describeValue(name));
    }
    names.add(name);
    if (!(typeof cost === "number" && cost >= 0 && cost < Infinity)) {
      refuse(caller, "invalid-option", `${path}.cost`, "a finite number of at least 0", describeValue(cost));
    }
    if (capacity !== undefined && !(Number.isInteger(capacity) && Number(capacity) >= 0)) {
      refuse(caller, "invalid-option", `${path}.capacity`, "a whole number of at least 0", describeValue(capacity));
    }
    for (const [key, text] of [
      ["channel", channel],
      ["purpose", purpose],
    ] as const) {
      // prettier-ignore
      if (text === undefined || typeof text === "string") continue;
      refuse(caller, "invalid-option", `${path}.${key}`, "a text", describeValue(text));
    }
    return when === undefined ? undefined : readCondition(caller, when, `${path}.when`);
  });
}

/** What each customer can gain, and why not. */
interface View {
  /** customers × actions; −∞ where the action is not for the customer. */
  readonly gains: Float64Array;
  /** 1 where an action is for the customer but for a consent. */
  readonly wantsConsent: Uint8Array;
  /** 1 where an action is for the customer, whether it gains or not. */
  readonly isAllowed: Uint8Array;
}

function viewOf(
  caller: string,
  customers: readonly ActionCustomer[],
  actions: readonly NextAction[],
  conditions: readonly (Holds | undefined)[],
  { consents = [], now, leastGain }: Limits,
): View {
  if (consents.length > 0 && now === undefined) {
    refuse(caller, "invalid-option", "options.now", "the instant at which consents must hold", "undefined");
  }
  const ledgers = new Map(actions.flatMap(({ purpose }) => (purpose === undefined ? [] : [purpose])).map((purpose) => [purpose, consentLedger(caller, consents, purpose, "options.consents")] as const)); // prettier-ignore
  const width = actions.length;
  const gains = new Float64Array(customers.length * width).fill(-Infinity);
  const wantsConsent = new Uint8Array(customers.length);
  const isAllowed = new Uint8Array(customers.length);
  const ids = new Set<string>();
  customers.forEach((customer: unknown, c) => {
    const path = `customers[${c}]`;
    const { id, except, fields } = checkCustomer(caller, customer, path);
    if (ids.has(id))
      refuse(caller, "invalid-value", `${path}.id`, "an id that no other customer has", "a repeated one");
    ids.add(id);
    const read = contextReader(fields ?? {});
    for (let a = 0; a < width; a++) {
      const { name, cost, purpose } = actions[a];
      const gain = gainOf(caller, customer as ActionCustomer, name, cost, path);
      if (gain === undefined || except?.includes(name) === true || conditions[a]?.(read) === false) continue;
      const ledger = purpose === undefined ? undefined : ledgers.get(purpose);
      if (ledger !== undefined && consentAt(ledger, id, now ?? 0) !== "granted") {
        wantsConsent[c] = 1;
        continue;
      }
      isAllowed[c] = 1;
      gains[c * width + a] = gain > 0 && gain >= leastGain ? gain : -Infinity;
    }
  });
  return { gains, wantsConsent, isAllowed };
}

function checkCustomer(caller: string, customer: unknown, path: string): ActionCustomer {
  if (!isRecord(customer)) refuse(caller, "shape-mismatch", path, "{ id, uplift, value }", describeValue(customer));
  const { id, except, fields, value } = customer;
  if (typeof id !== "string") refuse(caller, "invalid-value", `${path}.id`, "a text", describeValue(id));
  if (!isRecord(value)) refuse(caller, "shape-mismatch", `${path}.value`, "values by action", describeValue(value));
  if (except !== undefined && !isTextList(except)) {
    refuse(caller, "shape-mismatch", `${path}.except`, "a list of names of actions", describeValue(except));
  }
  if (fields !== undefined && !isRecord(fields)) {
    refuse(caller, "shape-mismatch", `${path}.fields`, "fields by name", describeValue(fields));
  }
  return customer as unknown as ActionCustomer;
}

/** Uplift or probability times value, less cost; undefined where the customer has no such numbers. */
function gainOf(
  caller: string,
  { uplift, probability, value }: ActionCustomer,
  action: string,
  cost: number,
  path: string,
): number | undefined {
  // prettier-ignore
  const [kind, chances, least] = uplift === undefined ? (["probability", probability, 0] as const) : (["uplift", uplift, -1] as const); // prettier-ignore
  if (chances !== undefined && !isRecord(chances)) {
    refuse(caller, "shape-mismatch", `${path}.${kind}`, "numbers by action", describeValue(chances));
  }
  const chance = chances === undefined ? undefined : lookUp(chances, action);
  const worth = lookUp(value, action);
  if (chance === undefined || worth === undefined) return undefined;
  // Names of actions are options, not customer data.
  if (!(typeof chance === "number" && chance >= least && chance <= 1)) {
    refuse(caller, "invalid-value", `${path}.${kind}.${action}`, `a number in [${least}, 1]`, describeCell(chance));
  }
  if (!Number.isFinite(worth))
    refuse(caller, "invalid-value", `${path}.value.${action}`, "finite", describeCell(worth));
  return chance * worth - cost;
}

interface NamedResource extends Pick<Resource, "uses"> {
  readonly name: string;
  /** What exploration has not used. */
  left: number;
}

function resourcesOf(
  caller: string,
  actions: readonly NextAction[],
  { budget, contacts, channels }: Limits,
): NamedResource[] {
  const named: NamedResource[] = [];
  if (budget !== undefined) named.push({ name: "budget", uses: actions.map(({ cost }) => cost), left: budget });
  if (contacts !== undefined) named.push({ name: "contacts", uses: actions.map(() => 1), left: contacts });
  actions.forEach(({ name, capacity }, a) => {
    if (capacity === undefined) return;
    named.push({ name: `action ${name}`, uses: actions.map((_, other) => (other === a ? 1 : 0)), left: capacity });
  });
  for (const [channel, limit] of Object.entries(channels ?? {})) {
    const uses = actions.map((action) => (action.channel === channel ? 1 : 0));
    if (!uses.includes(1)) {
      refuse(caller, "invalid-option", `options.channels.${channel}`, "the channel of an action", "another channel");
    }
    named.push({ name: `channel ${channel}`, uses, left: limit });
  }
  return named;
}

/** What chance gave to a customer. */
interface Draw {
  /** −1 = none. */
  readonly action: number;
  /** How many actions, none among them, could have been drawn. */
  readonly among: number;
}

/** Draws of its own: who explores must not depend on what else was drawn by customer with the same seed. */
const ownStream = -8;

/** Draws who explores and with what; what no resource is left for is not done, and leaves the customer alone. */
function explorers(
  customers: readonly ActionCustomer[],
  actions: readonly NextAction[],
  { gains }: View,
  { explore, seed }: Limits,
  resources: readonly NamedResource[],
): Map<number, Draw> {
  const draws = new Map<number, Draw>();
  if (explore === 0) return draws;
  customers.forEach((_, c) => {
    const random = randomOf(seed, ownStream, c);
    if (random.next() >= explore) return;
    const allowed = [-1, ...actions.keys()].filter((a) => a < 0 || gains[c * actions.length + a] > -Infinity);
    const drawn = allowed[random.integer(allowed.length)];
    const fits = drawn < 0 || resources.every(({ uses, left }) => uses[drawn] <= left);
    if (fits && drawn >= 0) for (const resource of resources) resource.left -= resource.uses[drawn];
    draws.set(c, { action: fits ? drawn : -1, among: allowed.length });
  });
  return draws;
}

function reportOf(
  customers: readonly ActionCustomer[],
  actions: readonly NextAction[],
  { gains, wantsConsent, isAllowed }: View,
  { choice, bound, prices }: Allocated,
  draws: ReadonlyMap<number, Draw>,
  resources: readonly NamedResource[],
  { explore }: Limits,
): NextActionReport {
  const width = actions.length;
  const free = new Float64Array(width);
  const charges = free.map((_, a) => resources.reduce((sum, { uses }, r) => sum + prices[r] * uses[a], 0));
  const totals = actions.map(({ name }) => ({ action: name, customers: 0, cost: 0, gain: 0 }));
  const reasons: Record<NextActionReason, number> = { best: 0, "second-best": 0, scarce: 0, "no-gain": 0, "not-allowed": 0, "no-consent": 0, explored: 0 }; // prettier-ignore
  let [gain, cost, exploredGain] = [0, 0, 0];
  const choices = customers.map(({ id }, c): NextActionChoice => {
    const draw = draws.get(c);
    const a = draw === undefined ? choice[c] : draw.action;
    const best = bestOption(gains, c * width, free);
    const why = (): NextActionReason => {
      if (draw !== undefined) return "explored";
      if (a >= 0) return gains[c * width + a] >= gains[c * width + best] ? "best" : "second-best";
      if (best >= 0) return "scarce";
      return isAllowed[c] === 1 ? "no-gain" : wantsConsent[c] === 1 ? "no-consent" : "not-allowed";
    };
    const reason = why();
    reasons[reason]++;
    const own = a < 0 ? 0 : gains[c * width + a];
    const spent = a < 0 ? 0 : actions[a].cost;
    gain += own;
    cost += spent;
    if (draw !== undefined) exploredGain += own;
    if (a >= 0) {
      totals[a].customers++;
      totals[a].cost += spent;
      totals[a].gain += own;
    }
    // Who explores would otherwise have got what is best at the prices; whoever does not might have drawn the same.
    const usual = draw === undefined ? a : bestOption(gains, c * width, charges);
    const among = draw?.among ?? amongOf(gains, c, width);
    const propensity = (a === usual ? 1 - explore : 0) + explore / among;
    return { id, action: a < 0 ? null : actions[a].name, reason, gain: own, cost: spent, propensity };
  });
  const priced: Record<string, number> = {};
  resources.forEach(({ name }, r) => {
    if (prices[r] > 0) put(priced, name, prices[r]);
  });
  return { choices, actions: totals, gain, bound: bound + exploredGain, cost, prices: priced, reasons };
}

function amongOf(gains: Float64Array, customer: number, width: number): number {
  let among = 1;
  for (let a = 0; a < width; a++) if (gains[customer * width + a] > -Infinity) among++;
  return among;
}
