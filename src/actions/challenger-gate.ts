import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { custom, type OptionTable, readOptions, real } from "../core/options.ts";

/** How the groups of a new clustering stand to those in use, as `alignLabels` tells it. */
export interface ChallengerAlignment {
  /** The number in use that each new group takes over; null = none of its customers. */
  readonly mapping: readonly (number | null)[];
  /** Numbers of groups that were not there before. */
  readonly appeared: readonly number[];
  /** Numbers of groups that are no longer there. */
  readonly vanished: readonly number[];
}

/** What is known of a new clustering, the challenger, beside the one in use, the champion: both on today's customers. */
export interface Challenger {
  /** Mean silhouette of the new groups: `measureSilhouette`. */
  readonly silhouette: number;
  /** Mean silhouette of the groups in use, on the same customers. */
  readonly championSilhouette: number;
  /** How surely the new groups are found again: `measureStability(…).value`. */
  readonly stability?: number | undefined;
  /** Agreement of the new groups with those in use: `measureAdjustedRand(…).value`. */
  readonly adjustedRand?: number | undefined;
  /** Share of customers who would change their segment, after alignment. */
  readonly migrationShare?: number | undefined;
  /** Of `alignLabels`: without it campaigns would lose their segments, and the champion stays. */
  readonly alignment?: ChallengerAlignment | undefined;
}

/** From when on a challenger replaces the champion. */
export interface GateLimits {
  /** How much higher its silhouette must be; negative = how much lower it may be. Default 0. */
  readonly leastGain?: number | undefined;
  /** The least stability; default 0.6, below which groups are not to be trusted. */
  readonly leastStability?: number | undefined;
  /** The least adjusted Rand index with the groups in use; default 0. */
  readonly leastAgreement?: number | undefined;
  /** The most customers who may change their segment, as a share; default 0.3. */
  readonly mostMigration?: number | undefined;
}

/** One question about a challenger and its answer. */
export interface GateCheck {
  /** What was asked. */
  readonly criterion: "gain" | "stability" | "agreement" | "migration" | "difference" | "alignment";
  /** The figure; null where none was given. */
  readonly value: number | null;
  /** What it was held against; null for the alignment. */
  readonly limit: number | null;
  /** Whether it passed; null where no figure was given. */
  readonly passed: boolean | null;
}

/** Whether the challenger replaces the champion, and why. */
export interface GateDecision {
  /** What to use from now on. */
  readonly decision: "keep" | "replace";
  /** Why the champion stays: `"no-gain"`, `"unstable"`, `"unlike"`, `"too-many-moves"`, `"same-groups"`, `"not-aligned"`. */
  readonly reasons: readonly string[];
  /** Every check, also those that passed. */
  readonly checks: readonly GateCheck[];
  /** The alignment to use with the challenger; null when the champion stays. */
  readonly alignment: ChallengerAlignment | null;
}

const share = () => real({ min: 0, max: 1, optional: true });
const index = (optional: boolean) => real({ min: -1, max: 1, optional });

const challengerOptions: OptionTable<Challenger, "stability" | "adjustedRand" | "migrationShare" | "alignment"> = {
  silhouette: index(false),
  championSilhouette: index(false),
  stability: share(),
  adjustedRand: index(true),
  migrationShare: share(),
  alignment: custom("{ mapping, appeared, vanished } of alignLabels", isAlignment, [null, {}, []], { optional: true }),
};

/** Option table of the limits. */
export const gateLimits: OptionTable<GateLimits> = {
  leastGain: real({ min: -2, max: 2, default: 0 }),
  leastStability: real({ min: 0, max: 1, default: 0.6 }),
  leastAgreement: real({ min: -1, max: 1, default: 0 }),
  mostMigration: real({ min: 0, max: 1, default: 0.3 }),
};

const failures: Readonly<Record<GateCheck["criterion"], string>> = {
  gain: "no-gain",
  stability: "unstable",
  agreement: "unlike",
  migration: "too-many-moves",
  difference: "same-groups",
  alignment: "not-aligned",
};

/** Holds a challenger against the limits; a figure that was not given holds nothing up. */
export function passGate(
  caller: string,
  path: string,
  challenger: unknown,
  limits: Required<GateLimits>,
): GateDecision {
  if (!isRecord(challenger)) refuse(caller, "invalid-option", path, "the challenger's figures", describeValue(challenger)); // prettier-ignore
  const { silhouette, championSilhouette, stability, adjustedRand, migrationShare, alignment } = readOptions(caller, challengerOptions, challenger as unknown as Challenger, path); // prettier-ignore
  const check = (criterion: GateCheck["criterion"], value: number | undefined, limit: number, holds: (value: number) => boolean): GateCheck => // prettier-ignore
    value === undefined ? { criterion, value: null, limit, passed: null } : { criterion, value, limit, passed: holds(value) }; // prettier-ignore
  const { leastGain, leastStability, leastAgreement, mostMigration } = limits as { [K in keyof GateLimits]-?: number };
  // Two silhouettes written with few digits differ by a rounding error more or less than their difference.
  const rounding = 1e-12;
  const checks: GateCheck[] = [
    check("gain", silhouette - championSilhouette, leastGain, (gain) => gain >= leastGain - rounding),
    check("stability", stability, leastStability, (value) => value >= leastStability),
    check("agreement", adjustedRand, leastAgreement, (value) => value >= leastAgreement),
    check("migration", migrationShare, mostMigration, (value) => value <= mostMigration),
    check("difference", adjustedRand, 1, (value) => value < 1),
    { criterion: "alignment", value: null, limit: null, passed: alignment !== undefined },
  ];
  const reasons = checks.filter(({ passed }) => passed === false).map(({ criterion }) => failures[criterion]);
  const replaces = reasons.length === 0 && alignment !== undefined;
  return {
    decision: replaces ? "replace" : "keep",
    reasons,
    checks,
    alignment: replaces
      ? {
          mapping: [...alignment.mapping],
          appeared: [...alignment.appeared],
          vanished: [...alignment.vanished],
        }
      : null,
  };
}

function isAlignment(value: unknown): boolean {
  const isNumber = (item: unknown): boolean => Number.isInteger(item) && (item as number) >= 0;
  return (
    isRecord(value) &&
    Array.isArray(value.mapping) &&
    value.mapping.every((item) => item === null || isNumber(item)) &&
    Array.isArray(value.appeared) &&
    value.appeared.every(isNumber) &&
    Array.isArray(value.vanished) &&
    value.vanished.every(isNumber)
  );
}
