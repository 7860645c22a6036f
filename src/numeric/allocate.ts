import {
  type Allocation,
  chargesOf,
  dualPrices,
  dualValue,
  bestOption,
  lowerPrices,
  type Resource,
} from "./allocation-prices.ts";

/** Which option each agent gets. */
export interface Allocated {
  /** Option by agent; −1 = none. */
  readonly choice: Int32Array;
  /** What the choices gain together. */
  readonly gain: number;
  /** No allocation gains more. */
  readonly bound: number;
  /** What one more unit of each resource would gain. */
  readonly prices: Float64Array;
}

/** Up to so many agents the best allocation is searched for, not only a good one. */
const mostSearched = 500;
const mostNodes = 100_000;

/**
 * Gives each agent at most one option so that the gains add up to the most that resources allow.
 *
 * Every resource gets a price at which demand just meets its limit (the Lagrangian dual, one price at a time by bisection, then all
 * together along the subgradient): that bounds what any allocation gains. At those prices agents choose for themselves, those who
 * gain most first, and what is left is filled up. Few agents are then searched by branch and bound, so that small cases are exact.
 *
 * @returns ties go to the earlier option and the earlier agent. Cost: a few hundred passes over the gains per scarce resource.
 * @see Kellerer, Pferschy & Pisinger (2004), "Knapsack Problems", chapter 11: multiple-choice knapsacks.
 */
export function allocate(problem: Allocation): Allocated {
  const first = dualPrices(problem);
  const start = allocateAt(problem, first);
  const prices = problem.resources.length > 1 ? lowerPrices(problem, first, start.gain) : first;
  const charges = chargesOf(problem, prices);
  const bound = dualValue(problem, charges, prices);
  const later = prices === first ? start : allocateAt(problem, prices);
  const state = later.gain > start.gain ? later : start;
  if (problem.agents <= mostSearched && bound - state.gain > 1e-9 * Math.abs(bound))
    search(problem, charges, prices, state);
  const choice = settle(problem, state.choice);
  const gain = gainOf(problem, choice);
  return { choice, gain, bound: Math.max(bound, gain), prices };
}

interface State {
  readonly choice: Int32Array;
  readonly left: Float64Array;
  gain: number;
}

function startOf({ agents, resources }: Allocation): State {
  return { choice: new Int32Array(agents).fill(-1), left: Float64Array.from(resources, ({ limit }) => limit), gain: 0 };
}

const usedBy = (resource: Resource, option: number): number => (option < 0 ? 0 : resource.uses[option]);

/** Whether an agent can change to an option with what is left; limits forgive the rounding of sums. */
function canChange({ resources }: Allocation, { left }: State, from: number, to: number): boolean {
  return resources.every((resource, r) => {
    const more = usedBy(resource, to) - usedBy(resource, from);
    return more <= 0 || more <= left[r] + 1e-9 * resource.limit;
  });
}

function change(problem: Allocation, state: State, agent: number, to: number): void {
  const from = state.choice[agent];
  const first = agent * problem.options;
  problem.resources.forEach((resource, r) => {
    state.left[r] += usedBy(resource, from) - usedBy(resource, to);
  });
  state.gain += (to < 0 ? 0 : problem.gains[first + to]) - (from < 0 ? 0 : problem.gains[first + from]);
  state.choice[agent] = to;
}

/** A good allocation at given prices. */
function allocateAt(problem: Allocation, prices: Float64Array): State {
  const charges = chargesOf(problem, prices);
  const state = startOf(problem);
  takeByMargin(problem, charges, state);
  while (fillUp(problem, charges, state));
  return state;
}

interface Wish {
  readonly agent: number;
  readonly option: number;
  readonly rest: number;
}

const byRest = (a: Wish, b: Wish): number => b.rest - a.rest || a.agent - b.agent || a.option - b.option;

/** Agents take what they choose at the prices, those with the most to gain first. */
function takeByMargin(problem: Allocation, charges: Float64Array, state: State): void {
  const wishes: Wish[] = [];
  for (let agent = 0; agent < problem.agents; agent++) {
    const option = bestOption(problem.gains, agent * problem.options, charges);
    if (option >= 0)
      wishes.push({ agent, option, rest: problem.gains[agent * problem.options + option] - charges[option] });
  }
  for (const { agent, option } of wishes.sort(byRest)) {
    if (canChange(problem, state, -1, option)) change(problem, state, agent, option);
  }
}

/** Changes to better options as far as resources go, the best at the prices first; whether anything changed. */
function fillUp(problem: Allocation, charges: Float64Array, state: State): boolean {
  const { agents, options, gains } = problem;
  const wishes: Wish[] = [];
  for (let agent = 0; agent < agents; agent++) {
    const from = state.choice[agent];
    const first = agent * options;
    const [now, charge] = from < 0 ? [0, 0] : [gains[first + from], charges[from]];
    for (let option = 0; option < options; option++) {
      if (gains[first + option] <= now || !canChange(problem, state, from, option)) continue;
      wishes.push({ agent, option, rest: gains[first + option] - now - charges[option] + charge });
    }
  }
  let changed = false;
  for (const { agent, option } of wishes.sort(byRest)) {
    const from = state.choice[agent];
    const now = from < 0 ? 0 : gains[agent * options + from];
    if (gains[agent * options + option] <= now || !canChange(problem, state, from, option)) continue;
    change(problem, state, agent, option);
    changed = true;
  }
  return changed;
}

/** Depth-first branch and bound over agents, the least certain first; keeps the best choice in `state`. */
function search(problem: Allocation, charges: Float64Array, prices: Float64Array, state: State): void {
  const { agents, options, gains, resources } = problem;
  const rest = (agent: number, option: number): number =>
    option < 0 ? 0 : gains[agent * options + option] - charges[option];
  const ranked = Array.from({ length: agents }, (_, agent) => {
    const choices = [-1, ...Array.from({ length: options }, (__, option) => option)]
      .filter((option) => option < 0 || gains[agent * options + option] > 0)
      .sort((a, b) => rest(agent, b) - rest(agent, a) || a - b);
    const second = choices.length > 1 ? rest(agent, choices[1]) : -Infinity;
    return { agent, choices, best: rest(agent, choices[0]), margin: rest(agent, choices[0]) - second };
  }).sort((a, b) => a.margin - b.margin || a.agent - b.agent);
  // What those from a place on leave at most at the prices.
  const ahead = new Float64Array(agents + 1);
  for (let at = agents - 1; at >= 0; at--) ahead[at] = ahead[at + 1] + ranked[at].best;
  const trial = startOf(problem);
  let nodes = 0;
  const visit = (at: number): void => {
    if (at === agents) {
      if (trial.gain <= state.gain + 1e-12 * Math.abs(state.gain)) return;
      state.choice.set(trial.choice);
      state.gain = trial.gain;
      return;
    }
    const stock = resources.reduce((sum, _, r) => sum + (prices[r] > 0 ? prices[r] * trial.left[r] : 0), 0);
    const { agent, choices } = ranked[at];
    for (const option of choices) {
      if (++nodes > mostNodes) return;
      // Spent so far at prices plus what is left of the stock is the stock: the bound counts charges of what was taken.
      const taken = option < 0 ? 0 : gains[agent * options + option] - charges[option];
      if (trial.gain + taken + stock + ahead[at + 1] <= state.gain + 1e-12 * Math.abs(state.gain)) return;
      if (!canChange(problem, trial, -1, option)) continue;
      change(problem, trial, agent, option);
      visit(at + 1);
      change(problem, trial, agent, -1);
    }
  };
  visit(0);
}

/** Prefers the earlier of options that gain the same, agent by agent, as far as resources go: prices are not exact. */
function settle(problem: Allocation, choice: Int32Array): Int32Array {
  const state = startOf(problem);
  choice.forEach((option, agent) => change(problem, state, agent, option));
  for (let agent = 0; agent < problem.agents; agent++) {
    const first = agent * problem.options;
    for (let option = 0; option < state.choice[agent]; option++) {
      const isEqual = problem.gains[first + option] === problem.gains[first + state.choice[agent]];
      if (isEqual && canChange(problem, state, state.choice[agent], option)) change(problem, state, agent, option);
    }
  }
  return state.choice;
}

/** The gains added up in the order of agents, so that the sum does not depend on how the choice was found. */
function gainOf({ agents, options, gains }: Allocation, choice: Int32Array): number {
  let sum = 0;
  for (let agent = 0; agent < agents; agent++) if (choice[agent] >= 0) sum += gains[agent * options + choice[agent]];
  return sum;
}
