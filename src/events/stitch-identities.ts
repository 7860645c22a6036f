import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, isTextList, type OptionTable, readOptions, text } from "../core/options.ts";
import { encodeStrings } from "../numeric/encode-strings.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import {
  comesBefore,
  findIdentifier,
  type Identifier,
  type Identifiers,
  inOrder,
  noIdentifiers,
  plainValue,
} from "./identifiers.ts";
import {
  conflictsOf,
  type Hub,
  hubsOf,
  type Identity,
  type IdentityConflict,
  identitiesOf,
  identifierObjects,
} from "./identity-evidence.ts";
import { fate, groupIdentifiers } from "./identity-groups.ts";
import { type IdentityLink, isLinkList, pairLinks, readLinks, type ReadLinks } from "./identity-links.ts";
import { identifyCustomers, renamed, spellsOf } from "./identity-log.ts";
import { nameGroups } from "./identity-names.ts";
import type { LogReport } from "./log-report.ts";

/** Options of {@link stitchIdentities}. */
export interface StitchIdentitiesOptions {
  /** The kinds of identifiers, strongest first: `["user", "email", "cookie", "device"]`. */
  readonly kinds: readonly string[];
  /** Kinds of which one person has at most one value; default: the strongest kind. */
  readonly unique?: readonly string[] | undefined;
  /** An identifier linked with more than this many of stronger kinds is nobody's; default 10. */
  readonly maxPerHub?: number | undefined;
  /** The kind of the log's customers; without it each has the strongest kind in which links know its name. */
  readonly customerKind?: string | undefined;
  /** Values that stand for nobody, in any case, beside `"null"`, `"0"`, `"unknown"` and the like: kiosks, test accounts. */
  readonly placeholders?: readonly string[] | undefined;
  /** Pairs that must not be used, whatever links say: to undo a merge, pass the evidence that made it. */
  readonly except?:
    | readonly {
        /** One of them. */
        readonly a: Identifier;
        /** The other. */
        readonly b: Identifier;
      }[]
    | undefined;
}

/** Option table of {@link stitchIdentities}. */
export const stitchIdentitiesOptions: OptionTable<StitchIdentitiesOptions, "unique" | "customerKind"> = {
  kinds: custom("a list of distinct kinds", isKinds, [[], ["a", "a"], [""], "user", [1], null]),
  unique: custom("a list of kinds", isTextList, ["user", [1], null], { optional: true }),
  maxPerHub: integer({ min: 1, default: 10 }),
  customerKind: text({ optional: true }),
  placeholders: custom("a list of strings", isTextList, ["null", [1], null], { default: [] }),
  except: custom("a list of pairs { a, b } of identifiers", isLinkList, ["a", [1], [{ a: "x", b: "y" }], null], {
    default: [],
  }),
};

function isKinds(value: unknown): boolean {
  return isTextList(value) && value.length > 0 && new Set(value).size === value.length && !value.includes("");
}

/** An identifier that several persons used one after the other. */
export interface SharedIdentifier {
  /** The identifier. */
  readonly identifier: Identifier;
  /** Who used it from when on, in the order of time; the first also before. */
  readonly spells: readonly {
    /** Whose it was from then on. */
    readonly customer: string;
    /** Since when, epoch milliseconds. */
    readonly from: number;
  }[];
}

/** What {@link stitchIdentities} did; no row is ever dropped. */
export interface StitchReport extends LogReport {
  /** Customers of the log that came in. */
  readonly customersBefore: number;
  /** Customers of the log that goes out. */
  readonly customersAfter: number;
  /** Links: `used` and all of `refused` add up to `read`; reasons that did not occur are absent. */
  readonly links: {
    /** Links that were given. */
    readonly read: number;
    /** Those that count. */
    readonly used: number;
    /** How many were refused, by reason. */
    readonly refused: Readonly<Record<string, number>>;
  };
}

/** A log of persons, and how they were found. */
export interface StitchedLog {
  /** All rows, with persons as customers. */
  readonly log: EventLog;
  /** Persons made of several identifiers, by name. */
  readonly identities: readonly Identity[];
  /** Unique values that were kept apart. */
  readonly conflicts: readonly IdentityConflict[];
  /** Identifiers whose events are divided by time. */
  readonly shared: readonly SharedIdentifier[];
  /** Identifiers that are nobody's because too many use them. */
  readonly hubs: readonly Hub[];
  /** Rows, customers and links in numbers. */
  readonly report: StitchReport;
}

/**
 * Puts together what one person did under several identifiers: the visits before the login, the telephone and the laptop.
 * Identifiers that are linked, directly or through others, are one person; never where that would be wrong:
 *
 * - **Nobody's values** (`"null"`, `"0"`, `""`, `"unknown"`, ids of zeros, your `placeholders`) link nothing.
 * - **Hubs**, such as the tablet in the shop, are linked with more than `maxPerHub` identifiers of stronger kinds: none of
 *   their links is used.
 * - **Unique kinds**: two users are never one person. An identifier linked directly with two is *shared*: it joins nothing,
 *   and if all its logins have a time, each of its events goes to the last user who logged in at or before it, events
 *   before the first login to the first user. Where two values would meet on a longer way, the weakest link on it is
 *   refused: links are taken in the order of kinds (user–e-mail before cookie–device), then time, then values. Both are
 *   reported in `conflicts` with their evidence.
 *
 * A person is called by the strongest identifier, of several the least in code-unit order, so the name outlives new links
 * of others. If that value is also one of a stronger kind, it is written `kind:value`. Times of links matter for shared
 * identifiers only: otherwise a link holds for all events, also earlier ones.
 *
 * @param log - any log; its customers are plain values of identifiers. One that no link knows keeps its name.
 * @param links - any iterable, read once; the order does not matter to a single bit.
 * @param options - see {@link StitchIdentitiesOptions}.
 * @returns the log with persons as customers, sorted anew; equal times keep to `sequence`, then `id`. To undo a merge, run
 * again with its evidence as `except`.
 * @throws {ClienteleError} `shape-mismatch` and `invalid-value` for what is no link; `invalid-option` for a unique kind or a
 * `customerKind` that is none of `kinds`.
 * @example
 * const { log } = readEventColumns({ customer: ["c1", "ann", "c2"], type: ["view", "buy", "view"], time: [0, 60000, 120000] });
 * const user = { kind: "user", value: "ann" };
 * const links = ["c1", "c2"].map((value) => ({ a: { kind: "cookie", value }, b: user, time: 60000 }));
 * const stitched = stitchIdentities(log, links, { kinds: ["user", "cookie"] });
 * stitched.log.customer.names; // ["ann"]
 * stitched.identities[0].links.length; // 2
 * stitchIdentities(log, links, { kinds: ["user", "cookie"], except: [{ a: user, b: { kind: "cookie", value: "c2" } }] })
 *   .log.customer.names; // ["ann", "c2"]
 * @see Tarjan & van Leeuwen (1984) for the union. Cost: near linear in links and rows; a sort of identities by name.
 */
export function stitchIdentities(
  log: EventLog,
  links: Iterable<IdentityLink>,
  options: StitchIdentitiesOptions,
): StitchedLog {
  const caller = "stitchIdentities";
  const read = readOptions(caller, stitchIdentitiesOptions, options);
  checkLog(caller, log);
  const kinds = [...read.kinds];
  const kindNumber = (kind: string, path: string): number => {
    const number = kinds.indexOf(kind);
    return number >= 0 ? number : refuse(caller, "invalid-option", path, "one of options.kinds", "another kind");
  };
  const unique = (read.unique ?? [kinds[0]]).map((kind, i) => kindNumber(kind, `options.unique[${i}]`));
  unique.sort((one, other) => one - other);
  const customerKind = read.customerKind === undefined ? -1 : kindNumber(read.customerKind, "options.customerKind");
  const nobody = new Set(read.placeholders.map(plainValue));

  const ends = readLinks(caller, links, kinds);
  // One dictionary for every value, whoever mentions it.
  const [linked, mentioned] = [ends.values.length, ends.values.length + log.customer.names.length];
  const exceptions = read.except.flatMap(({ a, b }) => [a.value, b.value]);
  const { codes, names: values } = encodeStrings(ends.values.concat(log.customer.names, exceptions));
  const known = noIdentifiers(values.length);
  const given = pairLinks(known, ends, codes, nobody);
  const excepted = exceptedPairs(known, given, read.except, codes.subarray(mentioned), kindNumber);
  const { customers, ambiguous } = identifyCustomers(log.customer.names, codes.subarray(linked, mentioned), known, kinds.length, customerKind); // prettier-ignore
  const groups = groupIdentifiers(known, given, { unique, maxPerHub: read.maxPerHub, excepted });
  const { names, prefixed } = nameGroups(known, groups.groupOf, kinds);

  const objectOf = identifierObjects(known, kinds);
  const spells = spellsOf(known, given, groups);
  const stitched = renamed(log, customers, groups.groupOf, names, spells);
  const result = { identities: identitiesOf(known, given, groups, names, objectOf), conflicts: conflictsOf(known, given, groups, kinds, objectOf) }; // prettier-ignore
  return {
    log: stitched,
    ...result,
    shared: Array.from(inOrder(known, [...spells.keys()]), (identifier) => ({
      identifier: objectOf(identifier),
      spells: (spells.get(identifier) ?? []).map(({ owner, from }) => ({
        customer: names[groups.groupOf[owner]],
        from,
      })),
    })),
    hubs: hubsOf(known, groups, read.maxPerHub, objectOf),
    report: {
      read: log.length,
      kept: stitched.length,
      dropped: {},
      notes: notesOf(ambiguous, prefixed),
      customersBefore: countCustomers(log),
      customersAfter: stitched.customer.names.length,
      links: countLinks(given, groups.fates),
    },
  };
}

function exceptedPairs(
  known: Identifiers,
  { pairs }: ReadLinks,
  except: readonly { readonly a: Identifier; readonly b: Identifier }[],
  codes: Uint32Array,
  kindNumber: (kind: string, path: string) => number,
): Uint8Array {
  const excepted = new Uint8Array(pairs.a.length);
  except.forEach(({ a, b }, i) => {
    const one = findIdentifier(known, kindNumber(a.kind, `options.except[${i}].a.kind`), codes[2 * i]);
    const other = findIdentifier(known, kindNumber(b.kind, `options.except[${i}].b.kind`), codes[2 * i + 1]);
    if (one < 0 || other < 0) return;
    const pair = comesBefore(known, one, other) ? pairs.find(one, other) : pairs.find(other, one);
    if (pair >= 0) excepted[pair] = fate.excepted;
  });
  return excepted;
}

function countCustomers({ byCustomer: { starts } }: EventLog): number {
  return starts.reduce((count, start, group) => count + (group > 0 && start > starts[group - 1] ? 1 : 0), 0);
}

const refusals = [
  [fate.excepted, "excepted"],
  [fate.hub, "hub"],
  [fate.shared, "shared-identifier"],
  [fate.conflict, "conflict"],
] as const;

function countLinks({ pairs, read, self, placeholder }: ReadLinks, fates: Uint8Array): StitchReport["links"] {
  const counts = new Float64Array(6);
  for (let pair = 0; pair < fates.length; pair++) counts[fates[pair]] += pairs.count[pair];
  const refused: Record<string, number> = {};
  if (self > 0) refused["self"] = self;
  if (placeholder > 0) refused["placeholder"] = placeholder;
  for (const [number, reason] of refusals) if (counts[number] > 0) refused[reason] = counts[number];
  return { read, used: counts[fate.joined] + counts[fate.byTime], refused };
}

function notesOf(ambiguous: number, prefixed: number): Note[] {
  const notes: Note[] = [];
  if (ambiguous > 0) {
    notes.push({
      code: "ambiguous-customers",
      message: `${ambiguous} customers are known as identifiers of several kinds and were taken for the strongest; see customerKind.`,
    });
  }
  if (prefixed > 0) {
    notes.push({
      code: "prefixed-names",
      message: `${prefixed} persons are called kind:value, because an identifier of a stronger kind has the plain value.`,
    });
  }
  return notes;
}
