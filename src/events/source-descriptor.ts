import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { isTextList } from "../core/options.ts";
import { isSourceKind, type SourceKind, sourceKinds } from "./model-needs.ts";

/** A source of customer data, described. */
export interface SourceDescriptor {
  /** What it is called; names are distinct. */
  readonly name: string;
  /** What it is about. */
  readonly kind: SourceKind;
  /** The fields that say who; with any, the source has the role `customer`. */
  readonly idFields: readonly string[];
  /** The field that says when; with one, the source has the role `time`. */
  readonly timeField?: string | null | undefined;
  /** Its fields: role → name, as in `{ value: "amount", order: "invoice_no" }`, or a list of names that are the roles. */
  readonly fields: readonly string[] | Readonly<Record<string, string>>;
  /** What one row is: `"one invoice line"`. */
  readonly grain?: string | undefined;
  /** Who answers for it. */
  readonly owner?: string | undefined;
  /** Time of the newest row, epoch milliseconds, UTC. */
  readonly newest?: number | undefined;
  /** Rows older than this are late, in hours. */
  readonly warnAfterHours?: number | undefined;
  /** Rows older than this are too old to use, in hours. */
  readonly errorAfterHours?: number | undefined;
  /** Names of fields with personal data. */
  readonly pii?: readonly string[] | undefined;
}

/** Refuses a list that does not describe sources. */
export function checkSources(caller: string, sources: readonly SourceDescriptor[]): void {
  if (!Array.isArray(sources)) refuse(caller, "shape-mismatch", "sources", "a list of sources", describeValue(sources));
  const names = new Set<string>();
  sources.forEach((source: unknown, s) => {
    const path = `sources[${s}]`;
    if (!isRecord(source)) refuse(caller, "invalid-value", path, "a source descriptor", describeValue(source));
    for (const [key, expected, accepts] of descriptorFields) {
      if (accepts(source[key])) continue;
      refuse(caller, "invalid-value", `${path}.${key}`, expected, describeValue(source[key]));
    }
    const { name, warnAfterHours, errorAfterHours } = source as unknown as SourceDescriptor;
    if (names.has(name)) refuse(caller, "invalid-value", `${path}.name`, "a name of its own", "a repeated name");
    names.add(name);
    if ((warnAfterHours ?? 0) > (errorAfterHours ?? Infinity)) {
      refuse(caller, "invalid-value", `${path}.warnAfterHours`, "at most errorAfterHours", "more");
    }
  });
}

const isAbsent = (value: unknown): boolean => value === undefined;
const isName = (value: unknown): boolean => typeof value === "string" && value !== "";
const isHours = (value: unknown): boolean => isAbsent(value) || (Number.isFinite(value) && (value as number) >= 0);

/** What a descriptor must look like, field by field. */
const descriptorFields: readonly (readonly [
  key: keyof SourceDescriptor,
  expected: string,
  accepts: (value: unknown) => boolean,
])[] = [
  ["name", "a text", isName],
  ["kind", sourceKinds.map((kind) => `"${kind}"`).join(" or "), isSourceKind],
  ["idFields", "a list of texts", isTextList],
  ["timeField", "a text or absent", (value) => isAbsent(value) || value === null || isName(value)],
  [
    "fields",
    "a list of texts, or names by role",
    (value) => isTextList(value) || (isRecord(value) && Object.values(value).every(isName)),
  ],
  ["grain", "a text or absent", (value) => isAbsent(value) || typeof value === "string"],
  ["owner", "a text or absent", (value) => isAbsent(value) || typeof value === "string"],
  ["newest", "epoch milliseconds or absent", (value) => isAbsent(value) || Number.isFinite(value)],
  ["warnAfterHours", "hours or absent", isHours],
  ["errorAfterHours", "hours or absent", isHours],
  ["pii", "a list of texts or absent", (value) => isAbsent(value) || isTextList(value)],
];
