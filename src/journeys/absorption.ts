import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, textOrTexts } from "../core/options.ts";
import { takeStates, worthFrom } from "../numeric/state-elimination.ts";
import { chainOf, checkMarkov, namesOfContexts } from "./markov-chain.ts";
import { type MarkovModel, positionsOf } from "./markov.ts";

/** Options of {@link measureAbsorption}. */
export interface MeasureAbsorptionOptions {
  /** The state, or the states, to be reached. */
  readonly into: string | readonly string[];
}

/** Option table of {@link measureAbsorption}. */
export const measureAbsorptionOptions: OptionTable<MeasureAbsorptionOptions> = { into: textOrTexts() };

/** What {@link measureAbsorption} finds. */
export interface AbsorptionReport {
  /**
   * By state: the probability of ever being in one of `into`, 1 for these themselves. For an order above 1 by context, the
   * names of its states joined by `" > "`, those with a `>` or a leading quote in them quoted as by `JSON.stringify`. Without prototype.
   */
  readonly probability: Readonly<Record<string, number>>;
  /**
   * By state: the expected number of steps until one of `into` or the end is reached, 0 for these themselves; `null` where a
   * path may go on forever, so that the mean is infinite. Without prototype.
   */
  readonly expectedSteps: Readonly<Record<string, number | null>>;
  /** Probability that a path that begins now reaches `into`; `null` for a model without a path. */
  readonly fromStart: number | null;
  /** Soft problems, such as states from which a path never ends. */
  readonly notes: readonly Note[];
}

/**
 * The probability that a customer in each state will reach a goal, and how many steps it takes until the goal or the end: which
 * pages lead to a purchase, and from where it is out of reach.
 *
 * @param model - made by {@link fitMarkov}.
 * @param options - the goal: one state or several; `"(end)"` is one.
 * @returns probability and expected steps from every state, exactly up to rounding: nothing is simulated.
 * @throws {ClienteleError} `incompatible-model`; `invalid-option` for a goal that is none of the model's states. Cost: states are
 * taken out one by one, up to n³/3 for n states that all lead to all, far less where steps stay among neighbors: a moment for 10,000
 * pages of a shop, minutes for 10,000 that lead anywhere.
 * @example
 * const at = (who: string, what: string, time: number) => ({ who, what, time });
 * const rows = [at("ann", "view", 1), at("ann", "view", 2), at("ann", "buy", 3), at("bob", "view", 4)];
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * const { probability, expectedSteps } = measureAbsorption(fitMarkov(log), { into: "buy" });
 * probability["view"]; // 0.5
 * expectedSteps["view"]; // 1.5
 * @see Kemeny & Snell (1960), "Finite Markov chains", chapter 3; solved as Grassmann, Taksar & Heyman (1985) do.
 */
export function measureAbsorption(model: MarkovModel, options: MeasureAbsorptionOptions): AbsorptionReport {
  const caller = "measureAbsorption";
  checkMarkov(caller, model);
  const { into } = readOptions(caller, measureAbsorptionOptions, options);
  const goals = typeof into === "string" ? [into] : into;
  const isGoal = new Set(positionsOf(caller, "options.into", model.states, goals));
  const end = model.states.length - 1;
  const { chain, lastOf } = chainOf(model);
  const stays = lastOf.map((state) => isGoal.has(state) || state === end);
  const passing = stays.flatMap((stay, i) => (stay ? [] : [i]));
  const taken = takeStates(chain, passing);
  const hit = worthFrom(
    taken,
    Float64Array.from(lastOf, (state) => (isGoal.has(state) ? 1 : 0)),
  );
  const steps = worthFrom(
    taken,
    Float64Array.from(stays, (stay) => (stay ? 0 : 1)),
  );
  const names = namesOfContexts(model);
  const probability = Object.create(null) as Record<string, number>;
  const expectedSteps = Object.create(null) as Record<string, number | null>;
  let endless = 0;
  names.forEach((name, i) => {
    probability[name] = Math.min(1, hit[i]);
    const finite = Number.isFinite(steps[i]);
    expectedSteps[name] = finite ? steps[i] : null;
    if (!finite) endless++;
  });
  const start = lastOf.indexOf(0);
  return {
    probability,
    expectedSteps,
    fromStart: model.paths === 0 ? null : Math.min(1, hit[start]),
    notes: notesOf(endless),
  };
}

function notesOf(endless: number): Note[] {
  if (endless === 0) return [];
  const message = `States without expected steps: ${endless}. From these a path may go on forever, or nothing is known of what follows.`;
  return [{ code: "closed-class", message }];
}
