import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import {
  outcomeKindOption,
  type OutcomeNumbers,
  outcomeOption,
  treatmentOption,
  type UpliftOutcomeKind,
} from "./arms.ts";
import { bootstrapQini, type QiniBootstrap, type QiniFigures } from "./qini-bootstrap.ts";
import { blockSums, type CurveAreas, perfectAreas, sumBlocks, walkCurve } from "./qini-curve.ts";
import { rankArms, type RankedArms, sumsByPart } from "./ranked-arms.ts";
import { effectOf, type UpliftGroup } from "./uplift-at.ts";

/** What Qini and AUUC are divided by; see {@link measureQini}. */
export type QiniNormalization = "none" | "perfect" | "final";

/** Options of {@link measureQini}. */
export interface MeasureQiniOptions {
  /** Per customer 0 = control, 1, 2, … = treatments. */
  readonly treatment: Uint8Array;
  /** Per customer 0 or 1, or an amount. */
  readonly outcome: OutcomeNumbers;
  /** What the outcome is; default `"auto"`: binary where all outcomes are 0 or 1. */
  readonly outcomeKind?: UpliftOutcomeKind | "auto" | undefined;
  /** Which treatment is held against the control; the first when absent. Customers of the others are left out, and counted. */
  readonly arm?: number | undefined;
  /**
   * `"none"` (default): in outcomes. `"perfect"`: as a share of what the best ranking would have, as scikit-uplift. `"final"`: divided by
   * the size of the effect on all, as causalml.
   */
  readonly normalization?: QiniNormalization | undefined;
  /** Equal groups of customers in the table of groups; default 10. */
  readonly groups?: number | undefined;
  /** Draws of the bootstrap; default 200, 0 for none. */
  readonly replicates?: number | undefined;
  /** Seed of the bootstrap; default 42. */
  readonly seed?: number | undefined;
  /** 1 − level of the intervals; default 0.05. */
  readonly alpha?: number | undefined;
}

/** One of several equal groups, the highest scores first. */
export interface QiniGroup extends UpliftGroup {
  /** 1 = the highest scores. */
  readonly group: number;
  /** Share of the customers in this group and those before it. */
  readonly cumulativeShare: number;
}

/** How well a score ranks customers by what a treatment does to them. Result of {@link measureQini}. */
export interface QiniReport extends QiniFigures {
  /** By what the areas were divided. */
  readonly normalization: QiniNormalization;
  /** What the outcome is. */
  readonly outcomeKind: UpliftOutcomeKind;
  /** Which treatment. */
  readonly arm: number;
  /** Customers in the control and in the treatment. */
  readonly control: number;
  /** Customers in the treatment. */
  readonly treated: number;
  /** Customers of other treatments, left out. */
  readonly otherArms: number;
  /** From the bootstrap; null without it. */
  readonly standardError: number | null;
  /** Of `qini`. A score that says nothing has 0 in it. */
  readonly interval: readonly [number, number] | null;
  /** Of `auuc`, from the bootstrap; null without it. */
  readonly auucStandardError: number | null;
  /** Of `auuc`; null without a bootstrap. */
  readonly auucInterval: readonly [number, number] | null;
  /** Draws that counted. */
  readonly replicates: number;
  /**
   * Both curves from 0 on, with a point after each distinct score: what has been gained when the customers up to there are treated. Qini
   * in outcomes of the treated, uplift in outcomes of all customers.
   */
  readonly curve: {
    /** Share of customers treated, from 0 to 1. */
    readonly share: Float64Array;
    /** The Qini curve. */
    readonly qini: Float64Array;
    /** The uplift curve. */
    readonly uplift: Float64Array;
  };
  /** Where the curves end; a score that says nothing goes straight there. */
  readonly end: {
    /** Of the Qini curve. */
    readonly qini: number;
    /** Of the uplift curve. */
    readonly uplift: number;
  };
  /** The parts of every normalization: areas over the share of customers, of the model, of the straight line, of the best ranking. */
  readonly areas: {
    /** Under Qini curves. */
    readonly qini: {
      /** Of the score. */
      readonly model: number;
      /** Of the straight line. */
      readonly random: number;
      /** Of the best ranking in hindsight. */
      readonly perfect: number;
    };
    /** Under uplift curves. */
    readonly uplift: {
      /** Of the score. */
      readonly model: number;
      /** Of the straight line. */
      readonly random: number;
      /** Of the best ranking in hindsight. */
      readonly perfect: number;
    };
  };
  /** Interval of the Qini curve, pointwise; null without a bootstrap. */
  readonly band: QiniBootstrap["band"] | null;
  /** Customers in groups of equal size, the highest scores first. */
  readonly groups: readonly QiniGroup[];
  /** One minus the level of the intervals. */
  readonly alpha: number;
  /** What to know before the figures are used. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureQini}. */
export const measureQiniOptions: OptionTable<MeasureQiniOptions, "arm"> = {
  treatment: treatmentOption(),
  outcome: outcomeOption(),
  outcomeKind: outcomeKindOption(),
  arm: integer({ min: 1, max: 255, optional: true }),
  normalization: oneOf(["none", "perfect", "final"], { default: "none" }),
  groups: integer({ min: 1, max: 1000, default: 10 }),
  replicates: integer({ min: 0, max: 100_000, default: 200 }),
  seed: seed(),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/**
 * Measures whether a score finds the customers on whom a treatment works: what is gained when the best are treated first.
 *
 * Judge a model on customers it has not seen. The Qini curve shows, for each share of customers treated, the outcomes that the treatment
 * brought: outcomes of the treated so far − outcomes of the controls so far · treated / controls. `qini` is the area between it and the
 * straight line of a score that says nothing, over the share from 0 to 1: the mean number of outcomes won by ranking. `auuc` is the area
 * below the uplift curve, (mean of the treated − mean of the controls so far) · customers so far. With `normalization`:
 *
 * - `"none"`: these areas. The straight line is not taken off `auuc`: see `areas`.
 * - `"perfect"`: (area − line) / (area of the best ranking − line), both: scikit-uplift's `qini_auc_score` and `uplift_auc_score`.
 * - `"final"`: divided by |end of the curve|: causalml's `qini_score` and `auuc_score`, up to its sums in place of trapezoids.
 *
 * Customers with equal scores are one step, so that no figure depends on the order of rows.
 *
 * @param score - per customer, higher = treat first: of {@link predictUplift}, or any other.
 * @param options - see {@link MeasureQiniOptions}.
 * @returns figures with bootstrap intervals, both curves, groups. Notes: `constant-score`; `no-normalization` (both figures are then 0)
 * where what to divide by is 0; `few-draws` where an arm is too small for a bootstrap; `small-groups` counts groups without an effect.
 * @throws {ClienteleError} `shape-mismatch`; `invalid-value` at the first score or outcome that is not finite; `degenerate-data` without
 * customers in the control or in a treatment; `invalid-option`. Cost: one sort, and a pass per draw.
 * @example
 * const treatment = Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0);
 * const outcome = [1, 0, 1, 0, 0, 0, 0, 1];
 * const report = measureQini([8, 7, 6, 5, 4, 3, 2, 1], { treatment, outcome, groups: 2, replicates: 0 });
 * report.curve.qini; // Float64Array [0, 1, 1, 2, 2, 2, 2, 2, 1]
 * report.qini; // 1.063
 * report.groups.map(({ uplift }) => uplift); // [1, -0.5]
 * @see Radcliffe (2007), "Using control groups to target on predicted lift"; Gutierrez & Gérardy (2017), "Causal inference and uplift
 * modelling".
 */
export function measureQini(score: ArrayLike<number>, options: MeasureQiniOptions): QiniReport {
  const caller = "measureQini";
  const read = readOptions(caller, measureQiniOptions, options);
  const { normalization, alpha, replicates } = read;
  const ranked = rankArms(caller, score, read);
  const count = ranked.treated.length;
  const blocks = blockSums(ranked.ends.length);
  sumBlocks(ranked, undefined, blocks);
  const [share, qini, uplift] = Array.from({ length: 3 }, () => new Float64Array(ranked.ends.length + 1));
  const areas = walkCurve(blocks, count, { share, qini, uplift });
  const perfect = perfectAreas(ranked);
  const best = perfect(undefined, count);
  const figuresOf = (own: CurveAreas, ideal: CurveAreas | undefined): QiniFigures => figures(own, ideal, normalization);
  const draws = { ranked, perfect: normalization === "perfect" ? perfect : undefined, figuresOf, alpha, replicates, seed: read.seed }; // prettier-ignore
  const drawn = replicates === 0 ? null : bootstrapQini(draws);
  const parts = (which: "qini" | "uplift"): QiniReport["areas"]["qini"] => ({
    model: areas[which].area,
    random: areas[which].end / 2,
    perfect: best[which].area,
  });
  const groups = groupsOf(ranked, read.groups, alpha);
  return {
    ...figuresOf(areas, best),
    normalization,
    outcomeKind: ranked.kind,
    arm: ranked.arm,
    control: ranked.sizes[0],
    treated: ranked.sizes[1],
    otherArms: ranked.otherArms,
    standardError: drawn?.standardError ?? null,
    interval: drawn?.interval ?? null,
    auucStandardError: drawn?.auucStandardError ?? null,
    auucInterval: drawn?.auucInterval ?? null,
    replicates: drawn?.replicates ?? 0,
    curve: { share, qini, uplift },
    end: { qini: areas.qini.end + 0, uplift: areas.uplift.end + 0 },
    areas: { qini: parts("qini"), uplift: parts("uplift") },
    band: drawn?.band ?? null,
    groups,
    alpha,
    notes: notesOf({ ranked, groups, isDivisible: divisors(areas, best, normalization).every((value) => value > 0), isDrawn: replicates === 0 || drawn !== null }), // prettier-ignore
  };
}

/** What the Qini and the uplift area are divided by. */
function divisors(own: CurveAreas, ideal: CurveAreas | undefined, normalization: QiniNormalization): [number, number] {
  if (normalization === "none") return [1, 1];
  if (normalization === "final") return [Math.abs(own.qini.end), Math.abs(own.uplift.end)];
  if (ideal === undefined) throw new Error("the best ranking is known where it is divided by");
  return [ideal.qini.area - own.qini.end / 2, ideal.uplift.area - own.uplift.end / 2];
}

function figures(own: CurveAreas, ideal: CurveAreas | undefined, normalization: QiniNormalization): QiniFigures {
  const [byQini, byUplift] = divisors(own, ideal, normalization);
  const random = normalization === "perfect" ? own.uplift.end / 2 : 0;
  return {
    qini: byQini > 0 ? (own.qini.area - own.qini.end / 2) / byQini + 0 : 0,
    auuc: byUplift > 0 ? (own.uplift.area - random) / byUplift + 0 : 0,
  };
}

function groupsOf(ranked: RankedArms, wanted: number, alpha: number): QiniGroup[] {
  const n = ranked.treated.length;
  const count = Math.min(wanted, n);
  const bounds = Array.from({ length: count }, (_, g) => Math.floor((n * (g + 1)) / count + 0.5));
  return sumsByPart(ranked, bounds).map((sums, g) => ({
    group: g + 1,
    cumulativeShare: bounds[g] / n,
    ...effectOf(sums, ranked.kind, alpha),
  }));
}

function notesOf(found: {
  readonly ranked: RankedArms;
  readonly groups: readonly QiniGroup[];
  readonly isDivisible: boolean;
  readonly isDrawn: boolean;
}): Note[] {
  const { ranked, groups, isDivisible, isDrawn } = found;
  const notes: Note[] = [];
  if (ranked.ends.length === 1) {
    notes.push({ code: "constant-score", message: "All customers have the same score: it ranks nobody." });
  }
  if (!isDivisible) {
    const message =
      "What to divide by is 0: the outcomes leave nothing to rank, or nothing was gained. Use normalization none.";
    notes.push({ code: "no-normalization", message });
  }
  if (!isDrawn) {
    notes.push({ code: "few-draws", message: "Hardly any draw of the bootstrap had customers in both arms: there are no intervals." }); // prettier-ignore
  }
  const small = groups.filter(({ uplift }) => uplift === null).length;
  if (small > 0) {
    notes.push({
      code: "small-groups",
      message: `${small} groups have too few customers in an arm to tell an effect.`,
    });
  }
  return notes;
}
