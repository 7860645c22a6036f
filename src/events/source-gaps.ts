import type { ModelNeed, SourceKind } from "./model-needs.ts";

/** How well the sources meet one need. */
export interface NeedMatch {
  readonly need: ModelNeed;
  readonly kinds: readonly SourceKind[];
  /** The sources of these kinds, by position. */
  readonly fitting: readonly number[];
  /** The fitting source with most of the fields. */
  readonly best: number | undefined;
  /** The required fields that it lacks. */
  readonly missing: readonly string[];
  /** The other fields that it lacks. */
  readonly missingOptional: readonly string[];
}

/** Something to collect or to join before some models can be built. */
export interface CatalogGap {
  /** The cheapest remedy. */
  readonly action: "join-sources" | "add-field" | "add-source";
  /** Which kinds of source will do. */
  readonly kinds: readonly SourceKind[];
  /** The roles of the missing fields: one, or all that a new source must have. */
  readonly fields: readonly string[];
  /** The source to extend, then those that have the field already; none for `"add-source"`. */
  readonly sources: readonly string[];
  /** Whether models are blocked by it; otherwise they only work better without it. */
  readonly required: boolean;
  /** The models that miss it. */
  readonly models: readonly string[];
  /** The models for which nothing else is missing. */
  readonly unlocks: readonly string[];
}

/** A gap while models are added to it. */
interface OpenGap {
  readonly action: CatalogGap["action"];
  readonly kinds: readonly SourceKind[];
  readonly fields: Set<string>;
  readonly sources: readonly string[];
  readonly required: boolean;
  readonly models: Set<string>;
}

/**
 * Turns what needs miss into a roadmap.
 *
 * @param matches - the needs, and how well they are met.
 * @param names - the names of the sources.
 * @param roles - the roles that each source has.
 * @returns gaps, each once; those that unlock most models first, then those that most models miss.
 */
export function gapsOf(
  matches: readonly NeedMatch[],
  names: readonly string[],
  roles: readonly ReadonlySet<string>[],
): CatalogGap[] {
  const gaps = new Map<string, OpenGap>();
  const add = (match: NeedMatch, fields: readonly string[], required: boolean): void => {
    const { fitting, best, kinds, need } = match;
    // A source that does not exist lacks everything at once, and has no use for what is optional.
    if (fields.length === 0 || (best === undefined && !required)) return;
    for (const field of best === undefined ? [""] : fields) {
      const having = fitting.filter((s) => roles[s].has(field)).map((s) => names[s]);
      const action = best === undefined ? "add-source" : having.length > 0 ? "join-sources" : "add-field";
      const sources = best === undefined ? [] : [names[best], ...having];
      const key = JSON.stringify([required, action, best === undefined ? kinds : best, field, having]);
      const gap = gaps.get(key) ?? { action, kinds, fields: new Set(), sources, required, models: new Set() };
      for (const name of best === undefined ? fields : [field]) gap.fields.add(name);
      gap.models.add(need.model);
      gaps.set(key, gap);
    }
  };
  for (const match of matches) add(match, match.missing, true);
  for (const match of matches) add(match, match.missingOptional, false);

  const open = [...gaps.values()];
  const obstacles = new Map<string, number>();
  for (const { required, models } of open) {
    if (required) for (const model of models) obstacles.set(model, (obstacles.get(model) ?? 0) + 1);
  }
  return open
    .map(({ action, kinds, fields, sources, required, models }) => ({
      action,
      kinds: [...kinds],
      fields: [...fields],
      sources: [...sources],
      required,
      models: [...models],
      unlocks: required ? [...models].filter((model) => obstacles.get(model) === 1) : [],
    }))
    .toSorted(
      (a, b) =>
        Number(b.required) - Number(a.required) ||
        b.unlocks.length - a.unlocks.length ||
        b.models.length - a.models.length,
    );
}
