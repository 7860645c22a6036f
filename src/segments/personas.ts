import type { Note } from "../core/note.ts";
import { formatNumber, round } from "../core/numbers.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { type PersonaEvidence, readProfile, type SegmentFigures, type Trait } from "./persona-figures.ts";
import type { ProfileReport } from "./profile.ts";
import { amountText, capitalized, countsThings, percentText, readableName, shareInWords } from "./wording.ts";

/** One sentence of a persona with the figures in it. */
export interface PersonaSentence {
  /** What it tells: how many there are, what stands out, the typical stage, or what not to conclude. */
  readonly about: "size" | "feature" | "stage" | "caution";
  /** The sentence, in American English; names from the data appear as they are and are escaped by whoever draws them. */
  readonly text: string;
  /** Every figure of the sentence. */
  readonly evidence: readonly PersonaEvidence[];
}

/** A segment in words. Made by {@link describePersonas}. */
export interface Persona {
  /** Number of the segment, as in the profile. */
  readonly segment: number;
  /** Name of the segment, as in the profile. */
  readonly name: string;
  /** A name made of what stands out most: "High revenue, few days since last purchase". */
  readonly suggestedName: string;
  /** Number of customers. */
  readonly size: number;
  /** `size` as a share of all customers. */
  readonly share: number;
  /** All sentences, one after the other. */
  readonly text: string;
  /** The sentences, each with its figures. */
  readonly sentences: readonly PersonaSentence[];
  /** The figures of the features that stand out, at most three, the most distinct first. */
  readonly evidence: readonly PersonaEvidence[];
  /** Name of the typical stage; null when it is not known, or not told. */
  readonly typicalStage: string | null;
  /** `small-segment`, `suppressed-segment`, `suppressed-feature`, `suppressed-stage`. */
  readonly notes: readonly Note[];
}

/** Options of {@link describePersonas}. */
export interface DescribePersonasOptions {
  /**
   * Fewest customers of whom a figure may be told; default 5. The mean of one customer is that customer's value. Smaller
   * segments, features known of fewer and stages with fewer are left out, with a note.
   */
  readonly minimum?: number | undefined;
}

/** Option table of {@link describePersonas}. */
export const describePersonasOptions: OptionTable<DescribePersonasOptions> = {
  minimum: integer({ min: 1, default: 5 }),
};

/** Figures of fewer customers come with a warning. */
const fewCustomers = 30;
/** More features are a table, not a description. */
const mostFeatures = 3;

/**
 * Describes each segment in plain sentences, made of its figures and of nothing else: how many customers, what stands out,
 * the typical stage, and what not to conclude.
 *
 * A feature stands out when the profile lists it as over-indexed or under-indexed; its median tells what is typical. Where
 * a few large values move the mean and not the median, the mean is told, and called so. The same profile gives the same
 * text on every machine, and the order of the segments decides nothing.
 *
 * @param profile - what {@link profileSegments} returned, of features in their own units; also after JSON.
 * @param options - see {@link DescribePersonasOptions}.
 * @returns one persona per segment, in the order of the profile, segments without customers included.
 * @throws {ClienteleError} `shape-mismatch` when `profile` is no such report; `invalid-value` for a figure that is not finite.
 * @example
 * const spend = Array.from({ length: 80 }, (_, i) => [i < 40 ? 10 + (i % 3) : 90 + (i % 5)]);
 * const table = { ...fromMatrix(spend, { names: ["monthlySpend"] }), units: { monthlySpend: "EUR" } };
 * const labels = labelsOf(spend.map((_, i) => (i < 40 ? 0 : 1)));
 * const [small, big] = describePersonas(profileSegments(table, labels));
 * big.suggestedName; // "High monthly spend"
 * big.text;
 * // "Half of all customers: 40 of 80 (50.0%). High monthly spend: median 92 EUR, compared with 51 EUR for all customers; the mean is 0.99 standard deviations higher (index 179)."
 */
export function describePersonas(profile: ProfileReport, options?: DescribePersonasOptions): readonly Persona[] {
  const caller = "describePersonas";
  const { minimum } = readOptions(caller, describePersonasOptions, options);
  const segments = readProfile(caller, profile, minimum);
  const names = suggestNames(segments, minimum);
  return segments.map((segment, s) => personaOf(segment, names[s], minimum));
}

function personaOf(figures: SegmentFigures, suggestedName: string, minimum: number): Persona {
  const { segment, name, size, share } = figures;
  const isTold = size >= minimum;
  const traits = isTold ? figures.traits.slice(0, mostFeatures) : [];
  const stage = isTold ? figures.typicalStage : null;
  const sentences = [sizeSentence(figures)];
  if (isTold) {
    for (const trait of traits) sentences.push(featureSentence(trait, size));
    if (traits.length === 0 && figures.furthest !== null) sentences.push(ordinarySentence(figures.furthest));
    if (stage !== null) sentences.push(stageSentence(stage));
  }
  const notes = notesOf(figures, minimum);
  const caution = notes.find(({ code }) => code === "small-segment" || code === "suppressed-segment");
  if (caution !== undefined)
    sentences.push({ about: "caution", text: caution.message, evidence: [customersOf(figures)] });
  return {
    segment,
    name,
    suggestedName,
    size,
    share,
    text: sentences.map(({ text }) => text).join(" "),
    sentences,
    evidence: traits.map(({ figure }) => ({ ...figure })),
    typicalStage: stage?.name ?? null,
    notes,
  };
}

function customersOf({ size, everyone }: SegmentFigures): PersonaEvidence {
  const figure = { value: size, overall: everyone, standardizedDifference: null, index: null };
  return { measure: "customers", feature: null, ...figure };
}

function sizeSentence(figures: SegmentFigures): PersonaSentence {
  const { size, share, everyone } = figures;
  const words = capitalized(shareInWords(share));
  const text = `${words} customers: ${formatNumber(size)} of ${formatNumber(everyone)} (${percentText(share)}).`;
  return { about: "size", text, evidence: [customersOf(figures)] };
}

function featureSentence(
  { feature, standardizedDifference, unit, known, figure }: Trait,
  size: number,
): PersonaSentence {
  const { measure, value, overall, index } = figure;
  const ending = index === null ? "" : ` (index ${formatNumber(Math.round(index))})`;
  const ofWhom = known < size ? ` Known of ${formatNumber(known)} of ${formatNumber(size)} customers.` : "";
  const text =
    `${capitalized(phraseOf(feature, standardizedDifference))}: ${measure} ${amountText(value, unit)}, ` +
    `compared with ${amountText(overall, unit)} for all customers; the mean is ${deviationsOf(standardizedDifference)} ` +
    `${standardizedDifference > 0 ? "higher" : "lower"}${ending}.${ofWhom}`;
  return { about: "feature", text, evidence: [{ ...figure }] };
}

/** What is told where nothing stands out: how far the furthest feature is. */
function ordinarySentence({ feature, standardizedDifference, figure, unit }: Trait): PersonaSentence {
  const side = standardizedDifference > 0 ? "above" : "below";
  const text =
    standardizedDifference === 0
      ? "Nothing stands out: every mean is that of all customers."
      : `Nothing stands out: furthest from all customers is ${readableName(feature)}, its mean ` +
        `${deviationsOf(standardizedDifference)} ${side} (${figure.measure} ${amountText(figure.value, unit)}, compared ` +
        `with ${amountText(figure.overall, unit)}).`;
  return { about: "feature", text, evidence: [{ ...figure }] };
}

function stageSentence({ name, share, overallShare }: NonNullable<SegmentFigures["typicalStage"]>): PersonaSentence {
  const text =
    `Typical stage: ${readableName(name)}, ${percentText(share)} of the segment, ` +
    `compared with ${percentText(overallShare)} of all customers.`;
  const figure = { value: share, overall: overallShare, standardizedDifference: null, index: null };
  return { about: "stage", text, evidence: [{ measure: "stage", feature: null, ...figure }] };
}

function deviationsOf(difference: number): string {
  const size = Math.max(0.01, round(Math.abs(difference), 100));
  return `${formatNumber(size)} standard ${size === 1 ? "deviation" : "deviations"}`;
}

function phraseOf(feature: string, difference: number): string {
  const name = readableName(feature);
  const [more, less] = countsThings(name) ? ["many", "few"] : ["high", "low"];
  return `${difference > 0 ? more : less} ${name}`;
}

function notesOf({ size, hiddenFeatures, isStageHidden }: SegmentFigures, minimum: number): Note[] {
  if (size === 0) return [];
  if (size < minimum) {
    const message = `Fewer than ${formatNumber(minimum)} customers: not described further, because figures of so few would describe persons.`;
    return [{ code: "suppressed-segment", message }];
  }
  const notes: Note[] = [];
  if (size < fewCustomers) {
    const message = `Only ${formatNumber(size)} customers: a few of them can move these figures; do not conclude much from them.`;
    notes.push({ code: "small-segment", message });
  }
  const few = `known of fewer than ${formatNumber(minimum)} customers`;
  if (hiddenFeatures > 0) {
    const message = `Features left out because they are ${few}: ${formatNumber(hiddenFeatures)}.`;
    notes.push({ code: "suppressed-feature", message });
  }
  if (isStageHidden) notes.push({ code: "suppressed-stage", message: `The typical stage is left out: it is ${few}.` });
  return notes;
}

/**
 * Two features make a name; segments that share it get the third, then their size, then their number. Nothing here depends
 * on the order of the segments in the profile.
 */
function suggestNames(segments: readonly SegmentFigures[], minimum: number): string[] {
  const named = (features: number) => (segment: SegmentFigures) => nameOf(segment, features, minimum);
  // How many nobody is goes without saying.
  const sized = (name: string, s: number): string =>
    segments[s].size === 0 ? name : `${name} (${formatNumber(segments[s].size)})`;
  const numbered = (name: string, s: number): string => `${name}, segment ${segments[s].segment + 1}`;
  const short = segments.map(named(2));
  const long = segments.map(named(mostFeatures));
  const longer = replaceShared(short, (_, s) => long[s]);
  return replaceShared(replaceShared(longer, sized), numbered);
}

function replaceShared(names: readonly string[], replacement: (name: string, s: number) => string): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return names.map((name, s) => ((counts.get(name) ?? 0) > 1 ? replacement(name, s) : name));
}

function nameOf({ size, traits }: SegmentFigures, features: number, minimum: number): string {
  if (size === 0) return "Nobody";
  if (size < minimum) return "Too few to describe";
  const phrases = traits.slice(0, features).map(({ feature, standardizedDifference: d }) => phraseOf(feature, d));
  return phrases.length === 0 ? "Close to the average" : capitalized(phrases.join(", "));
}
