import { isRecord } from "../core/dictionary.ts";
import { hourMs } from "../core/durations.ts";
import type { Note } from "../core/note.ts";
import { custom, instant, isTextList, type OptionTable, readOptions } from "../core/options.ts";
import { type ModelNeed, modelNeeds, type SourceKind, isSourceKind, sourceKinds } from "./model-needs.ts";
import { checkSources, type SourceDescriptor } from "./source-descriptor.ts";
import { type CatalogGap, gapsOf, type NeedMatch } from "./source-gaps.ts";

/** Options of {@link catalogSources}. */
export interface CatalogSourcesOptions {
  /** What the models need; default {@link modelNeeds}. */
  readonly needs?: readonly ModelNeed[] | undefined;
  /** The instant at which freshness is judged, epoch milliseconds, UTC; not judged when absent. */
  readonly asOf?: number | undefined;
}

/** Option table of {@link catalogSources}. */
export const catalogSourcesOptions: OptionTable<CatalogSourcesOptions, "asOf"> = {
  needs: custom(
    "a list of needs { model, kinds, fields, optional }",
    (value) => Array.isArray(value) && value.every(isNeed),
    [1, {}, [{}], [{ model: "a", fields: [] }], [{ model: "a", fields: ["time"], kinds: ["fax"] }]],
    { default: modelNeeds },
  ),
  asOf: instant({ optional: true }),
};

function isNeed(value: unknown): boolean {
  if (!isRecord(value) || typeof value["model"] !== "string") return false;
  const { kinds, fields, optional } = value;
  if (!isTextList(fields) || fields.length === 0 || (optional !== undefined && !isTextList(optional))) return false;
  return kinds === undefined || (isTextList(kinds) && kinds.length > 0 && kinds.every(isSourceKind));
}

/** One cell of the coverage matrix: a model, and a field that it reads. */
export interface CatalogCell {
  /** The model. */
  readonly model: string;
  /** Which kinds of source will do. */
  readonly kinds: readonly SourceKind[];
  /** The role of the field. */
  readonly field: string;
  /** Whether the model cannot do without. */
  readonly required: boolean;
  /** The sources of these kinds that have the field. */
  readonly sources: readonly string[];
  /** Whether there are any. */
  readonly covered: boolean;
}

/** How fresh a source is, by the rule of dbt: older than a threshold, not as old as it. */
export type FreshnessStatus = "pass" | "warn" | "error" | "unknown";

/** The age of one source. */
export interface CatalogFreshness {
  /** The source. */
  readonly source: string;
  /** Time of its newest row; null = not given. */
  readonly newest: number | null;
  /** Hours from the newest row to `asOf`; null where one of them is not given. */
  readonly ageHours: number | null;
  /** `"unknown"` without an age or without a threshold. */
  readonly status: FreshnessStatus;
}

/** Whether a model can be used. */
export interface CatalogModel {
  /** The model. */
  readonly model: string;
  /** `"complete"`: every field is there; `"ready"`: all that are required; `"blocked"`: some of these are missing. */
  readonly status: "complete" | "ready" | "blocked";
  /** The sources that it would read, in the order of its needs; fewer when it is blocked. */
  readonly sources: readonly string[];
  /** The worst freshness of these sources. */
  readonly freshness: FreshnessStatus;
}

/** Which data there are, what they are good for, and what to collect next. */
export interface CatalogReport {
  /** The coverage matrix, in the order of the needs. */
  readonly coverage: readonly CatalogCell[];
  /** One entry per model, in the order of the needs. */
  readonly models: readonly CatalogModel[];
  /** What is missing, as a roadmap: what makes most models usable comes first. */
  readonly gaps: readonly CatalogGap[];
  /** One entry per source. */
  readonly freshness: readonly CatalogFreshness[];
  /** The sources with personal data. */
  readonly pii: readonly {
    /** The source. */
    readonly source: string;
    /** The names of its fields that hold some. */
    readonly fields: readonly string[];
  }[];
  /** What a careful reader should know. */
  readonly notes: readonly Note[];
}

const caller = "catalogSources";

/**
 * Says which models can be built from which sources, and what to collect next for the others.
 *
 * A need is met when *one* source of a fitting kind has all required fields together, because a customer here and an
 * amount there make no purchase. What is missing becomes a gap with the cheapest remedy: `join-sources` where another source
 * of a fitting kind has the field, `add-field` where a source of a fitting kind exists, `add-source` where none does. Gaps
 * are sorted by the models that this gap alone holds back, then by the models that it holds back with others; fields that
 * models can do without come last.
 *
 * Freshness follows dbt: the age of the newest row is a warning when it is *more* than `warnAfterHours`, an error when it is
 * more than `errorAfterHours`.
 *
 * @param sources - what there is; any order.
 * @param options - see {@link CatalogSourcesOptions}; a list is taken as `needs`.
 * @returns coverage, models, gaps, freshness and personal data. It names sources and fields, no customer.
 * @throws {ClienteleError} `invalid-value` for a descriptor that is none, a repeated name, or thresholds upside down;
 * `invalid-option`. Cost: needs × sources.
 * @example
 * const invoices: SourceDescriptor = {
 *   name: "invoices", kind: "purchases", idFields: ["customer_no"], timeField: "invoiced_at", fields: { value: "amount" },
 *   newest: Date.UTC(2024, 2, 1), warnAfterHours: 24, pii: ["customer_no"],
 * };
 * const report = catalogSources([invoices], { asOf: Date.UTC(2024, 2, 3) });
 * report.models.find(({ model }) => model === "deriveRfm"); // { model: "deriveRfm", status: "ready", sources: ["invoices"], freshness: "warn" }
 * report.freshness; // [{ source: "invoices", newest: 1709251200000, ageHours: 48, status: "warn" }]
 * report.gaps[0].action; // "add-source"
 * @see The `freshness` of sources in dbt (warn_after, error_after).
 */
export function catalogSources(
  sources: readonly SourceDescriptor[],
  options?: CatalogSourcesOptions | readonly ModelNeed[],
): CatalogReport {
  const given = Array.isArray(options)
    ? { needs: options as readonly ModelNeed[] }
    : (options as CatalogSourcesOptions);
  const { needs, asOf } = readOptions(caller, catalogSourcesOptions, given);
  checkSources(caller, sources);
  const notes: Note[] = [];
  const freshness = sources.map((source) => freshnessOf(source, asOf));
  const early = freshness.filter(({ ageHours }) => ageHours !== null && ageHours < 0).length;
  if (early > 0) notes.push({ code: "newest-after-as-of", message: `${early} sources have rows later than asOf.` });
  if (asOf === undefined) notes.push({ code: "no-as-of", message: "Without asOf no freshness is judged." });
  const roles = sources.map(rolesOf);
  const matches = needs.map((need) => matchOf(need, sources, roles));
  return {
    coverage: matches.flatMap((match) => cellsOf(match, sources, roles)),
    models: modelsOf(matches, sources, freshness),
    gaps: gapsOf(
      matches,
      sources.map(({ name }) => name),
      roles,
    ),
    freshness,
    pii: sources
      .filter(({ pii = [] }) => pii.length > 0)
      .map(({ name, pii = [] }) => ({ source: name, fields: [...pii] })),
    notes,
  };
}

/** The roles that a source can play a part in: those that are named, and the names of its ids and its time. */
function rolesOf({ idFields, timeField, fields }: SourceDescriptor): Set<string> {
  const roles = new Set(isTextList(fields) ? fields : Object.keys(fields));
  for (const field of idFields) roles.add(field);
  if (idFields.length > 0) roles.add("customer");
  if (typeof timeField === "string") roles.add(timeField).add("time");
  return roles;
}

/** Finds the source that has most of the required fields of a need, and of equal ones most of the others. */
function matchOf(
  need: ModelNeed,
  sources: readonly SourceDescriptor[],
  roles: readonly ReadonlySet<string>[],
): NeedMatch {
  const kinds = need.kinds ?? sourceKinds;
  const fitting = Array.from(sources.keys()).filter((s) => kinds.includes(sources[s].kind));
  const count = (fields: readonly string[], s: number): number => fields.filter((field) => roles[s].has(field)).length;
  let best: number | undefined;
  for (const s of fitting) {
    const gain = best === undefined ? 1 : count(need.fields, s) - count(need.fields, best);
    const more = best === undefined ? 0 : count(need.optional ?? [], s) - count(need.optional ?? [], best);
    if (gain > 0 || (gain === 0 && more > 0)) best = s;
  }
  const missing = (fields: readonly string[]): string[] =>
    fields.filter((field) => best === undefined || !roles[best].has(field));
  return { need, kinds, fitting, best, missing: missing(need.fields), missingOptional: missing(need.optional ?? []) };
}

function cellsOf(
  { need, kinds, fitting }: NeedMatch,
  sources: readonly SourceDescriptor[],
  roles: readonly ReadonlySet<string>[],
): CatalogCell[] {
  const cell = (field: string, required: boolean): CatalogCell => {
    const names = fitting.filter((s) => roles[s].has(field)).map((s) => sources[s].name);
    return { model: need.model, kinds: [...kinds], field, required, sources: names, covered: names.length > 0 };
  };
  return [
    ...need.fields.map((field) => cell(field, true)),
    ...(need.optional ?? []).map((field) => cell(field, false)),
  ];
}

function modelsOf(
  matches: readonly NeedMatch[],
  sources: readonly SourceDescriptor[],
  freshness: readonly CatalogFreshness[],
): CatalogModel[] {
  const byModel = new Map<string, NeedMatch[]>();
  for (const match of matches) {
    const list = byModel.get(match.need.model);
    if (list === undefined) byModel.set(match.need.model, [match]);
    else list.push(match);
  }
  return Array.from(byModel, ([model, needs]) => {
    const used = new Set<number>();
    for (const { best, missing } of needs) if (best !== undefined && missing.length === 0) used.add(best);
    const status = needs.some(({ missing }) => missing.length > 0)
      ? "blocked"
      : needs.some(({ missingOptional }) => missingOptional.length > 0)
        ? "ready"
        : "complete";
    const worst = Array.from(used, (s) => statuses.indexOf(freshness[s].status)).reduce((a, b) => Math.max(a, b), -1);
    const names = Array.from(used, (s) => sources[s].name);
    return { model, status, sources: names, freshness: worst < 0 ? "unknown" : statuses[worst] };
  });
}

/** From the best to the worst. */
const statuses: readonly FreshnessStatus[] = ["pass", "unknown", "warn", "error"];

function freshnessOf(source: SourceDescriptor, asOf: number | undefined): CatalogFreshness {
  const { name, newest, warnAfterHours, errorAfterHours } = source;
  if (newest === undefined || asOf === undefined) {
    return { source: name, newest: newest ?? null, ageHours: null, status: "unknown" };
  }
  const ageHours = (asOf - newest) / hourMs;
  const known = warnAfterHours !== undefined || errorAfterHours !== undefined;
  const late = ageHours > (warnAfterHours ?? Infinity) ? "warn" : known ? "pass" : "unknown";
  return { source: name, newest, ageHours, status: ageHours > (errorAfterHours ?? Infinity) ? "error" : late };
}
