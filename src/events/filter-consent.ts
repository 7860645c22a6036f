import { custom, oneOf, type OptionTable, readOptions, text } from "../core/options.ts";
import { type ConsentLedger, consentLedger, type ConsentRecord } from "../tables/consent.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import { type CleanedLog, dropRows } from "./log-report.ts";

/** Options of {@link filterConsent}. */
export interface FilterConsentOptions {
  /** Every consent on file, of any purpose, in any order. */
  readonly consents: readonly ConsentRecord[];
  /** What the events are to be used for. */
  readonly purpose: string;
  /**
   * What holds for customers who said nothing: `"opt-in"` (the default) denies, as the GDPR asks where consent is the legal
   * basis; `"opt-out"` allows until the customer withdraws, as the CCPA does.
   */
  readonly policy?: "opt-in" | "opt-out" | undefined;
}

/** Option table of {@link filterConsent}. */
export const filterConsentOptions: OptionTable<FilterConsentOptions> = {
  consents: custom("a list of consent records", Array.isArray, [null, {}, "ann", 1, new Map()]),
  purpose: text(),
  policy: oneOf(["opt-in", "opt-out"], { default: "opt-in" }),
};

const reasons = ["no-consent", "before-consent", "withdrawn"];
const [noConsent, beforeConsent, withdrawn] = [1, 2, 3];

/**
 * Keeps the events that may be used for a purpose: before anything is learned from them, and for each use anew.
 *
 * The state at the time of the event governs. A customer's records of the purpose are a history of grants and withdrawals,
 * and the last of them up to the event says whether it may be used: `granted ≤ time < withdrawn`. A withdrawal holds from
 * its very instant, for every consent that was given before it, until the customer consents again. Consent to another
 * purpose does not count, and consent given later does not reach back.
 *
 * With `"opt-in"` an event needs a consent that holds; with `"opt-out"` only a withdrawal denies it.
 *
 * @param log - any log.
 * @param options - see {@link FilterConsentOptions}.
 * @returns the log of the allowed events, and why the others were dropped: `"no-consent"` = the customer has no record of
 * the purpose, `"before-consent"` = the event is older than the first one, `"withdrawn"`.
 * @throws {ClienteleError} `invalid-value` at the first broken record, for example `options.consents[3].withdrawn`;
 * `invalid-option`; `unknown-option`; `shape-mismatch` or `invalid-value` when `log` is not a log.
 * @example
 * const { log } = readEventColumns({ customer: ["ann", "ann", "bo"], type: ["view", "view", "view"], time: [10, 20, 10] });
 * const consents = [{ customer: "ann", purpose: "analytics", granted: 5, withdrawn: 20 }];
 * filterConsent(log, { consents, purpose: "analytics" }).report.dropped; // { "no-consent": 1, withdrawn: 1 }
 * filterConsent(log, { consents, purpose: "analytics", policy: "opt-out" }).report.dropped; // { withdrawn: 1 }
 * @see ADR 0037. Cost: a hash lookup per record and per customer, one pass over the rows.
 */
export function filterConsent(log: EventLog, options: FilterConsentOptions): CleanedLog {
  const caller = "filterConsent";
  const { consents, purpose, policy } = readOptions(caller, filterConsentOptions, options);
  checkLog(caller, log);
  const ledger = consentLedger(caller, consents, purpose, "options.consents");
  const marks = marksOf(log, ledger);
  if (policy === "opt-out") {
    for (let row = 0; row < marks.length; row++) if (marks[row] !== withdrawn) marks[row] = 0;
  }
  return dropRows(log, marks, reasons);
}

/** Why each event is denied without a default, 0 = it is allowed: rows and acts of a customer are merged by time. */
function marksOf(log: EventLog, { codeByCustomer, starts, time, granted }: ConsentLedger): Uint8Array {
  const marks = new Uint8Array(log.length);
  const rows = log.byCustomer.starts;
  log.customer.names.forEach((name, customer) => {
    const code = codeByCustomer.get(name);
    if (code === undefined) {
      marks.fill(noConsent, rows[customer], rows[customer + 1]);
      return;
    }
    let act = starts[code];
    let mark = beforeConsent;
    for (let row = rows[customer]; row < rows[customer + 1]; row++) {
      for (; act < starts[code + 1] && time[act] <= log.time[row]; act++) mark = granted[act] === 1 ? 0 : withdrawn;
      marks[row] = mark;
    }
  });
  return marks;
}
