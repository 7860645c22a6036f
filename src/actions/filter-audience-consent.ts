import { put } from "../core/dictionary.ts";
import type { Note } from "../core/note.ts";
import { custom, instant, oneOf, type OptionTable, readOptions, text } from "../core/options.ts";
import { consentAt, consentLedger, type ConsentRecord } from "../tables/consent.ts";
import { type Audience, checkAudience } from "./diff-audience.ts";

/** Options of {@link filterAudienceConsent}. */
export interface FilterAudienceConsentOptions {
  /** Every consent on file, of any purpose, in any order. */
  readonly consents: readonly ConsentRecord[];
  /** What the other system is to use the segment for. */
  readonly purpose: string;
  /** When the audience is sent, epoch milliseconds: the consents of this very instant count. */
  readonly now: number;
  /**
   * What holds for customers who said nothing: `"opt-in"` (the default) keeps them out, `"opt-out"` keeps them in until they
   * withdraw.
   */
  readonly policy?: "opt-in" | "opt-out" | undefined;
}

/** An audience of those who agreed. Result of {@link filterAudienceConsent}. */
export interface ConsentedAudience {
  /** The members who may be told of, in their order. */
  readonly audience: Audience;
  /** What became of every member: `kept` and all of `dropped` add up to `read`. */
  readonly report: {
    /** Members who came in. */
    readonly read: number;
    /** Members who stay. */
    readonly kept: number;
    /** How many were left out as `"no-consent"`, `"before-consent"` or `"withdrawn"`; what did not occur is absent. */
    readonly dropped: Readonly<Record<string, number>>;
    /** What a careful reader should know. */
    readonly notes: readonly Note[];
  };
}

/** Option table of {@link filterAudienceConsent}. */
export const filterAudienceConsentOptions: OptionTable<FilterAudienceConsentOptions> = {
  consents: custom("a list of consent records", Array.isArray, [null, {}, "ann", 1, new Map()]),
  purpose: text(),
  now: instant(),
  policy: oneOf(["opt-in", "opt-out"], { default: "opt-in" }),
};

/**
 * Leaves out of an audience who has not agreed that another system is told, as of now.
 *
 * Filter every audience before it is compared with the last one that was sent: then whoever withdrew since is among the
 * removed, and the other system is told to forget the segment. A filter of the changes alone would leave it there.
 *
 * @param audience - who is in which segment.
 * @param options - see {@link FilterAudienceConsentOptions}.
 * @returns the members who may be told of, and how many were left out for which reason.
 * @throws {ClienteleError} `invalid-value` at the first broken member or record. Cost: a hash lookup per member and record.
 * @example
 * const audience = [{ id: "ann", segment: "loyal" }, { id: "ben", segment: "new" }];
 * const consents = [{ customer: "ann", purpose: "ads", granted: 5 }, { customer: "ben", purpose: "ads", granted: 5, withdrawn: 9 }];
 * filterAudienceConsent(audience, { consents, purpose: "ads", now: 9 });
 * // { audience: [{ id: "ann", segment: "loyal" }], report: { read: 2, kept: 1, dropped: { withdrawn: 1 }, notes: [] } }
 * @see ADR 0183.
 */
export function filterAudienceConsent(audience: Audience, options: FilterAudienceConsentOptions): ConsentedAudience {
  const caller = "filterAudienceConsent";
  const { consents, purpose, now, policy } = readOptions(caller, filterAudienceConsentOptions, options);
  checkAudience(caller, "audience", audience);
  const ledger = consentLedger(caller, consents, purpose, "options.consents");
  const kept = [];
  const dropped: Record<string, number> = {};
  for (const { id, segment } of audience) {
    const state = consentAt(ledger, id, now);
    if (state === "granted" || (policy === "opt-out" && state !== "withdrawn")) kept.push({ id, segment });
    else put(dropped, state, (dropped[state] ?? 0) + 1);
  }
  return { audience: kept, report: { read: audience.length, kept: kept.length, dropped, notes: [] } };
}
