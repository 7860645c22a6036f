import { isRecord, lookUp } from "../core/dictionary.ts";
import { describeValue, isList, refuse } from "../core/errors.ts";
import { custom, type OptionSpec, type OptionTable, readOptions, real, text } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { hashTexts } from "../numeric/hash.ts";

/** Numbers per arm: in the order of the arms, or by name. */
export type ArmWeights = readonly number[] | Readonly<Record<string, number>>;

/** Options of {@link assignVariant}. */
export interface AssignVariantOptions {
  /** The experiment; another name shuffles anew, so that experiments do not depend on each other. */
  readonly experiment: string;
  /** Names of the variants; their order does not matter. */
  readonly variants: readonly string[];
  /** How many customers each gets, as shares of any sum, in the order of the variants or by name. Default alike. */
  readonly weights?: ArmWeights | undefined;
  /** Kept by one team or product, so that others with an experiment of the same name shuffle differently. Default "". */
  readonly salt?: string | undefined;
  /** Share of customers who are in no experiment at all, the same in every one with this `holdoutSalt`. Default 0. */
  readonly holdout?: number | undefined;
  /** Names the hold-out; a new one, say per quarter, draws new customers. Default "holdout". */
  readonly holdoutSalt?: string | undefined;
}

/** Option table of {@link assignVariant}. */
export const assignVariantOptions: OptionTable<AssignVariantOptions, "weights"> = {
  experiment: text(),
  variants: custom('different names, none of them "holdout"', areVariants, [[], ["a", "a"], ["holdout"], "a", null, [1], {}]), // prettier-ignore
  weights: weightsOption(),
  salt: text({ default: "" }),
  holdout: real({ min: 0, max: 1, default: 0 }),
  holdoutSalt: text({ default: "holdout" }),
};

/** What a customer of the hold-out gets. */
const holdoutName = "holdout";

const range = 4294967296;

/**
 * Tells which variant of an experiment a customer gets: always the same, on every machine, without a list of who got what.
 *
 * Each variant draws a number by hashing experiment, variant and customer, and the least one in units of its weight wins. So a change
 * of one weight moves customers only to or from that variant, no more than the new shares ask for; a new variant takes customers
 * from the others and moves nobody between them; and the order of variants does not matter.
 *
 * @param id - the customer, any string; the unit that is assigned is the unit to analyze.
 * @param options - see {@link AssignVariantOptions}.
 * @returns the name of a variant, or `"holdout"`.
 * @throws {ClienteleError} `invalid-value` for an id that is not a string; `invalid-option` for weights that do not fit the variants.
 * Cost: a hash per variant.
 * @example
 * assignVariant("customer 3", { experiment: "spring mail", variants: ["control", "offer"] }); // "control"
 * assignVariant("customer 8", { experiment: "spring mail", variants: ["control", "offer"], holdout: 0.05 }); // "holdout"
 * @see Thaler & Ravishankar (1998), "Using name-based mappings to increase hit rates": rendezvous hashing; MurmurHash3.
 */
export function assignVariant(id: string, options: AssignVariantOptions): string {
  const caller = "assignVariant";
  const { experiment, variants, weights, salt, holdout, holdoutSalt } = readOptions(
    caller,
    assignVariantOptions,
    options,
  );
  if (typeof id !== "string") refuse(caller, "invalid-value", "id", "a string", describeValue(id));
  const shares = readWeights(caller, weights, variants);
  if (holdout > 0 && hashTexts(["holdout", salt, holdoutSalt, id]) < holdout * range) return holdoutName;
  let best = 0;
  let least = Infinity;
  for (let v = 0; v < variants.length; v++) {
    if (shares[v] === 0) continue;
    // The least of exponential draws with rates w is the v-th with probability w / Σw. Their ties are broken by name, not by order.
    const draw = -log((hashTexts(["variant", salt, experiment, variants[v], id]) + 0.5) / range) / shares[v];
    if (draw < least || (draw === least && variants[v] < variants[best])) [best, least] = [v, draw];
  }
  return variants[best];
}

function areVariants(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > 1000) return false;
  return (
    value.every((name) => typeof name === "string" && name !== holdoutName) && new Set(value).size === value.length
  );
}

/** An option that takes a weight per arm; {@link readWeights} checks that they fit the arms. */
export function weightsOption(): OptionSpec<ArmWeights> {
  const isWeight = (weight: unknown): boolean => Number.isFinite(weight) && (weight as number) >= 0;
  const accepts = (value: unknown): boolean => {
    const weights = isList(value) ? Array.from(value) : isRecord(value) ? Object.values(value) : [];
    return weights.every(isWeight) && weights.some((weight) => (weight as number) > 0);
  };
  const refused = [[0, 0], [1, -1], [NaN, 1], ["1"], [], {}, { a: -1 }, null, 1, "1"] as const;
  return custom("a number of at least 0 per arm, not all 0", accepts, refused, { optional: true });
}

/**
 * Weights in the order of the arms, divided by the largest; 1 each when none are given.
 *
 * @throws {ClienteleError} `invalid-option` at `options.weights` when an arm has no weight or a weight has no arm.
 */
export function readWeights(caller: string, weights: ArmWeights | undefined, arms: readonly string[]): number[] {
  if (weights === undefined) return arms.map(() => 1);
  const refuseOther = (received: string): never => refuse(caller, "invalid-option", "options.weights", `one number for each of ${arms.length} arms`, received); // prettier-ignore
  const isOrdered = isList(weights);
  const size = isOrdered ? weights.length : Object.keys(weights).length;
  if (size !== arms.length) return refuseOther(`${size} numbers`);
  const read = arms.map((arm, a) => {
    const weight = isOrdered ? weights[a] : lookUp(weights, arm);
    return weight ?? refuseOther("another name");
  });
  const largest = read.reduce((most, weight) => Math.max(most, weight), 0);
  return read.map((weight) => weight / largest);
}
