import { isRecord, lookUp } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import type { DistinctFeature } from "./distinct-features.ts";
import type { PerFeature, ProfileReport, SegmentProfile } from "./profile.ts";
import type { StageShare } from "./stage-mix.ts";

/** A figure that a sentence is made of. */
export interface PersonaEvidence {
  /** What the figure is: customers of the segment, the median or the mean of a feature, the share of a stage. */
  readonly measure: "customers" | "median" | "mean" | "stage";
  /** The feature, under its name in the profile; null where the figure is of no feature. */
  readonly feature: string | null;
  /** The figure of the segment. */
  readonly value: number;
  /** The same figure of all customers. */
  readonly overall: number;
  /** The segment's mean minus that of all customers, in standard deviations of all customers; null without a feature. */
  readonly standardizedDifference: number | null;
  /** 100 · mean of the segment / mean of all customers; null where the profile has none. */
  readonly index: number | null;
}

/** A feature of a segment: its figure, and what is needed to tell it. */
export interface Trait {
  readonly feature: string;
  readonly standardizedDifference: number;
  readonly unit: string | undefined;
  /** Customers of the segment whose value is known. */
  readonly known: number;
  readonly figure: PersonaEvidence;
}

/** What may be told of one segment. */
export interface SegmentFigures {
  readonly segment: number;
  readonly name: string;
  readonly size: number;
  readonly share: number;
  /** Customers of all segments and of none. */
  readonly everyone: number;
  /** The features that stand out, the most distinct first. */
  readonly traits: readonly Trait[];
  /** The feature with the largest difference, whether it stands out or not. */
  readonly furthest: Trait | null;
  /** Features that stand out, but are known of too few customers. */
  readonly hiddenFeatures: number;
  readonly typicalStage: StageShare | null;
  /** The typical stage has too few customers. */
  readonly isStageHidden: boolean;
}

/**
 * Reads a profile, checks what is read of it, and leaves out what is known of too few customers.
 *
 * @param caller - the public function.
 * @param profile - a report, perhaps out of JSON.
 * @param minimum - fewest customers of whom a figure may be told.
 * @returns one entry per segment, in the order of the profile.
 * @throws {ClienteleError} `shape-mismatch` at the first part that is missing; `invalid-value` at the first figure that is
 * not finite.
 */
export function readProfile(caller: string, profile: ProfileReport, minimum: number): SegmentFigures[] {
  const whole = isRecord(profile) && isRecord(profile.overall) && Array.isArray(profile.features);
  if (!whole || !Array.isArray(profile.segments) || !isCount(profile.overall.size)) {
    refuse(caller, "shape-mismatch", "profile", "features, segments and overall figures", describeValue(profile));
  }
  return profile.segments.map((given, s) => {
    const path = `profile.segments[${s}]`;
    if (!isSegment(given)) refuse(caller, "shape-mismatch", path, "the fields of a profile", describeValue(given));
    const { segment, name, size, share, typicalStage } = given;
    const traitOf = (feature: string, index: number | null): Trait =>
      readTrait(caller, path, profile, given, { feature, index });
    const isKnown = ({ known }: Trait): boolean => known >= minimum;
    // Features come in the order of the profile, so that equal differences keep it.
    const order = new Map(profile.features.map((feature, f) => [feature, f]));
    const distinct = [...given.overIndexed, ...given.underIndexed]
      .map(({ feature, index }) => traitOf(feature, index))
      .sort((a, b) => sizeOf(b) - sizeOf(a) || (order.get(a.feature) ?? 0) - (order.get(b.feature) ?? 0));
    const measured = profile.features.filter(
      (feature) => typeof lookUp(given.standardizedDifference, feature) === "number",
    );
    const all = distinct.length > 0 ? [] : measured.map((feature) => traitOf(feature, null)).filter(isKnown);
    const isStageHidden = typicalStage !== null && typicalStage.size < minimum;
    return {
      segment,
      name,
      size,
      share,
      everyone: profile.overall.size,
      traits: distinct.filter(isKnown),
      furthest: all.reduce<Trait | null>(
        (best, one) => (best === null || sizeOf(one) > sizeOf(best) ? one : best),
        null,
      ),
      hiddenFeatures: distinct.filter((trait) => !isKnown(trait)).length,
      typicalStage: isStageHidden ? null : typicalStage,
      isStageHidden,
    };
  });
}

function sizeOf({ standardizedDifference }: Trait): number {
  return Math.abs(standardizedDifference);
}

function readTrait(
  caller: string,
  path: string,
  { features, units, overall }: ProfileReport,
  { size, means, medians, missing, standardizedDifference }: SegmentProfile,
  { feature, index }: { readonly feature: string; readonly index: number | null },
): Trait {
  const read = (of: PerFeature, name: string): number => {
    const value: unknown = isRecord(of) ? lookUp(of, feature) : undefined;
    if (Number.isFinite(value)) return value as number;
    return refuse(
      caller,
      "invalid-value",
      `${name}[${features.indexOf(feature)}]`,
      "a finite number",
      describeValue(value),
    );
  };
  const difference = read(standardizedDifference, `${path}.standardizedDifference`);
  const median = { value: read(medians, `${path}.medians`), overall: read(overall.medians, "profile.overall.medians") };
  const mean = { value: read(means, `${path}.means`), overall: read(overall.means, "profile.overall.means") };
  // A few large values move a mean and leave the median where it was, or on the other side: then the median is no evidence.
  const agrees = Math.sign(median.value - median.overall) === Math.sign(difference);
  return {
    feature,
    standardizedDifference: difference,
    unit: isRecord(units) ? lookUp(units, feature) : undefined,
    known: size - read(missing, `${path}.missing`),
    figure: {
      measure: agrees ? "median" : "mean",
      feature,
      ...(agrees ? median : mean),
      standardizedDifference: difference,
      index: Number.isFinite(index) ? index : null,
    },
  };
}

function isSegment(given: unknown): given is SegmentProfile {
  return (
    isRecord(given) &&
    typeof given["name"] === "string" &&
    isCount(given["segment"]) &&
    isCount(given["size"]) &&
    isShare(given["share"]) &&
    isRecord(given["standardizedDifference"]) &&
    isFeatureList(given["overIndexed"]) &&
    isFeatureList(given["underIndexed"]) &&
    (given["typicalStage"] === null || isStage(given["typicalStage"]))
  );
}

function isFeatureList(value: unknown): value is readonly DistinctFeature[] {
  return Array.isArray(value) && value.every((one: unknown) => isRecord(one) && typeof one["feature"] === "string");
}

function isStage(value: unknown): value is StageShare {
  if (!isRecord(value)) return false;
  return (
    typeof value["name"] === "string" &&
    isCount(value["size"]) &&
    isShare(value["share"]) &&
    isShare(value["overallShare"])
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isShare(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}
