import { isRecord, lookUp } from "../core/dictionary.ts";
import { hourMs } from "../core/durations.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { custom, flag, instant, integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { hashTextsWide } from "../numeric/hash.ts";

/** How bad a finding is. */
export type AlertSeverity = "none" | "low" | "high";

/** What was found about one metric of one segment: of {@link measureSegmentHealth}, or of a check of your own. */
export interface AlertFinding {
  /** Of which segment. */
  readonly segment: string;
  /** Of which metric. */
  readonly metric: string;
  /** The value before, such as the center of the past. */
  readonly from: number;
  /** The value now. */
  readonly to: number;
  /** By how much it changed; its sign is the direction. */
  readonly change: number;
  /** `"none"` = as usual: ends what was open. */
  readonly severity: AlertSeverity;
  /** Whatever says why; passed on. */
  readonly evidence?: Readonly<Record<string, number | string | null>> | undefined;
}

/** A finding that people are to be told of. */
export interface Alert extends AlertFinding {
  /** Since when: the first of the findings that are one trouble. */
  readonly since: number;
  /** When the alert is due, epoch milliseconds. */
  readonly time: number;
  /**
   * `"new"`; `"worse"` = from low to high, also within the cool-down; `"still"` = the cool-down is over and it lasts;
   * `"recovered"`, on request.
   */
  readonly kind: "new" | "worse" | "still" | "recovered";
  /** Which way the metric went. */
  readonly direction: "up" | "down" | "same";
  /** How many findings the trouble has by now. */
  readonly findings: number;
  /** The same for the same alert: 24 hexadecimal digits. */
  readonly idempotencyKey: string;
}

/** One trouble, open or just over. */
export interface AlertMemory {
  /** Of which segment. */
  readonly segment: string;
  /** Of which metric. */
  readonly metric: string;
  /** Which way the metric went. */
  readonly direction: "up" | "down" | "same";
  /** When it was first found, epoch milliseconds. */
  readonly since: number;
  /** When people were last told, and of which severity at worst since the cool-down began. */
  readonly alerted: number;
  /** The worst severity that people were told of. */
  readonly severity: "low" | "high";
  /** When it was last found, epoch milliseconds. */
  readonly seen: number;
  /** How often it was found in a row. */
  readonly findings: number;
  /** False when it has recovered, and is kept for the cool-down only. */
  readonly open: boolean;
}

/** What {@link stepAlerts} remembers: plain and bounded; the caller stores it. */
export interface AlertState {
  /** Of this shape. */
  readonly version: 1;
  /** One entry per segment, metric and direction. */
  readonly troubles: readonly AlertMemory[];
}

/** Options of {@link stepAlerts}. */
export interface StepAlertsOptions {
  /** For so long after an alert there is no second one of the same segment, metric and direction; default 24. */
  readonly coolDownHours?: number | undefined;
  /** Whether to tell that a trouble is over; default false. */
  readonly recovery?: boolean | undefined;
  /** How many troubles are remembered at most: those not seen for longest are forgotten first; default 10,000. */
  readonly mostTroubles?: number | undefined;
}

/** What to tell and what to remember. Result of {@link stepAlerts}. */
export interface AlertStep {
  /** For the next call. */
  readonly state: AlertState;
  /** In the order of the findings. */
  readonly alerts: readonly Alert[];
  /** How many findings told nothing, by reason: `"cool-down"`, `"repeated"` (twice in one step), `"none"` (as usual). */
  readonly suppressed: Readonly<Record<"cool-down" | "repeated" | "none", number>>;
  /** How many troubles were forgotten because there were too many. */
  readonly forgotten: number;
}

const inputOptions: OptionTable<{ now: number; findings: readonly AlertFinding[] }> = {
  now: instant(),
  findings: custom("a list of findings", Array.isArray, [null, {}, "a"]),
};

/** Option table of {@link stepAlerts}. */
export const stepAlertsOptions: OptionTable<StepAlertsOptions> = {
  coolDownHours: real({ min: 0, max: 87_600, default: 24 }),
  recovery: flag({ default: false }),
  mostTroubles: integer({ min: 1, max: 1_000_000, default: 10_000 }),
};

/**
 * Turns findings into alerts that people still read: one per trouble, again when it gets worse or lasts, and not every hour.
 *
 * A trouble is one direction of one metric of one segment. After an alert the same trouble is silent for the cool-down,
 * also when it goes and comes back, unless it rises from low to high; at the very millisecond at which the cool-down ends
 * it may speak again. A finding of severity `"none"` ends the troubles of its segment and metric; a metric without a
 * finding is left as it was.
 *
 * @param state - of the step before; `undefined` at first. It is not changed.
 * @param input - the findings and their time, epoch milliseconds.
 * @param options - see {@link StepAlertsOptions}.
 * @returns the next state, the alerts, and how many findings told nothing.
 * @throws {ClienteleError} `invalid-value` at the first broken finding; `incompatible-model` for a state that is none.
 * Cost: a hash lookup per finding and trouble.
 * @example
 * const finding = { segment: "loyal", metric: "conversion", from: 0.1, to: 0.06, change: -0.04, severity: "low" } as const;
 * const first = stepAlerts(undefined, { now: 0, findings: [finding] });
 * first.alerts.map(({ kind, direction }) => [kind, direction]); // [["new", "down"]]
 * stepAlerts(first.state, { now: 3_600_000, findings: [finding] }).alerts; // []
 * stepAlerts(first.state, { now: 3_600_000, findings: [{ ...finding, severity: "high" }] }).alerts[0].kind; // "worse"
 */
export function stepAlerts(
  state: AlertState | undefined,
  input: { readonly now: number; readonly findings: readonly AlertFinding[] },
  options?: StepAlertsOptions,
): AlertStep {
  const caller = "stepAlerts";
  const { coolDownHours, recovery, mostTroubles } = readOptions(caller, stepAlertsOptions, options);
  const { now, findings } = readOptions(caller, inputOptions, input, "input");
  const coolDown = coolDownHours * hourMs;
  const troubles = new Map<string, AlertMemory>();
  for (const trouble of checkState(caller, state)) {
    // What is over is remembered for the cool-down only.
    if (trouble.open || now < trouble.alerted + coolDown) troubles.set(keyOf(trouble), { ...trouble });
  }
  const alerts: Alert[] = [];
  const suppressed = { "cool-down": 0, repeated: 0, none: 0 };
  const worst = worstOf(caller, findings);
  // Where a step finds both, trouble speaks and not what is as usual.
  const troubled = new Set(findings.filter(({ severity }) => severity !== "none").map((one) => keyOf(one, "")));
  findings.forEach((finding, i) => {
    if (worst.get(keyOf(finding)) !== i || (finding.severity === "none" && troubled.has(keyOf(finding, "")))) {
      suppressed.repeated++;
      return;
    }
    const { severity, segment, metric } = finding;
    const direction = directionOf(finding.change);
    for (const other of directions) {
      const key = keyOf({ segment, metric }, other);
      const trouble = troubles.get(key);
      if (trouble?.open !== true || (severity !== "none" && other === direction)) continue;
      troubles.set(key, { ...trouble, open: false, seen: now });
      if (recovery && severity === "none") alerts.push(alertOf(finding, { ...trouble, alerted: now }, "recovered"));
    }
    if (severity === "none") {
      suppressed.none++;
      return;
    }
    const key = keyOf(finding, direction);
    const before = troubles.get(key);
    const isSilent = before !== undefined && now < before.alerted + coolDown;
    const kind = kindOf(before, severity, isSilent);
    const worse = isSilent && before.severity === "high" ? "high" : severity;
    const next: AlertMemory = {
      segment,
      metric,
      direction,
      since: before?.open === true ? before.since : now,
      alerted: kind === null && before !== undefined ? before.alerted : now,
      severity: worse,
      seen: now,
      findings: (before?.open === true ? before.findings : 0) + 1,
      open: true,
    };
    troubles.set(key, next);
    if (kind === null) suppressed["cool-down"]++;
    else alerts.push(alertOf(finding, next, kind));
  });
  const kept = boundedTo(mostTroubles, [...troubles.values()]);
  return { state: { version: 1, troubles: kept }, alerts, suppressed, forgotten: troubles.size - kept.length };
}

const directions = ["up", "down", "same"] as const;
const ranks = { none: 0, low: 1, high: 2 } as const;

function kindOf(before: AlertMemory | undefined, severity: "low" | "high", isSilent: boolean): Alert["kind"] | null {
  if (before === undefined) return "new";
  if (ranks[severity] > ranks[before.severity]) return before.open ? "worse" : "new";
  if (isSilent) return null;
  return before.open ? "still" : "new";
}

function alertOf(finding: AlertFinding, trouble: AlertMemory, kind: Alert["kind"]): Alert {
  const { segment, metric, from, to, change, severity, evidence } = finding;
  const { direction, since, findings, alerted: time } = trouble;
  const parts = [segment, metric, direction, kind, severity, String(time)];
  const hash = new Uint32Array(3);
  hashTextsWide(parts, hash);
  const idempotencyKey = Array.from(hash, (word) => word.toString(16).padStart(8, "0")).join("");
  const told = { segment, metric, from, to, change, severity, since, time, kind, direction, findings, idempotencyKey };
  return evidence === undefined ? told : { ...told, evidence: { ...evidence } };
}

function directionOf(change: number): AlertMemory["direction"] {
  return change > 0 ? "up" : change < 0 ? "down" : "same";
}

/** Which finding speaks for each trouble: the first of the worst. */
function worstOf(caller: string, findings: readonly AlertFinding[]): Map<string, number> {
  const worst = new Map<string, number>();
  findings.forEach((finding, i) => {
    checkFinding(caller, finding, i);
    const key = keyOf(finding);
    const best = worst.get(key);
    if (best === undefined || ranks[finding.severity] > ranks[findings[best].severity]) worst.set(key, i);
  });
  return worst;
}

function checkFinding(caller: string, finding: unknown, i: number): void {
  const at = `input.findings[${i}]`;
  if (!isRecord(finding)) refuse(caller, "invalid-value", at, "{ segment, metric, from, to, change, severity }", describeCell(finding)); // prettier-ignore
  for (const key of ["segment", "metric"]) {
    if (typeof finding[key] !== "string") refuse(caller, "invalid-value", `${at}.${key}`, "a string", describeCell(finding[key])); // prettier-ignore
  }
  for (const key of ["from", "to", "change"]) {
    if (!Number.isFinite(finding[key])) refuse(caller, "invalid-value", `${at}.${key}`, "finite", describeCell(finding[key])); // prettier-ignore
  }
  if (typeof finding.severity !== "string" || lookUp(ranks, finding.severity) === undefined) {
    refuse(caller, "invalid-value", `${at}.severity`, '"none", "low" or "high"', describeCell(finding.severity));
  }
  if (finding.evidence !== undefined && !isRecord(finding.evidence)) refuse(caller, "invalid-value", `${at}.evidence`, "figures by name, or absent", describeCell(finding.evidence)); // prettier-ignore
}

function checkState(caller: string, state: unknown): readonly AlertMemory[] {
  if (state === undefined) return [];
  if (!isRecord(state) || state.version !== 1 || !Array.isArray(state.troubles) || !state.troubles.every(isMemory)) {
    refuse(caller, "incompatible-model", "state", "a state of stepAlerts", describeValue(state));
  }
  return state.troubles as AlertMemory[];
}

function isMemory(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.segment === "string" &&
    typeof value.metric === "string" &&
    directions.includes(value.direction as "up") &&
    (value.severity === "low" || value.severity === "high") &&
    typeof value.open === "boolean" &&
    ["since", "alerted", "seen", "findings"].every((key) => Number.isFinite(value[key]))
  );
}

function keyOf(
  of: { segment: string; metric: string; direction?: string; change?: number },
  direction?: string,
): string {
  const way = direction ?? of.direction ?? directionOf(of.change ?? 0);
  return JSON.stringify([of.segment, of.metric, way]);
}

/** The troubles in their order, without those not seen for longest. */
function boundedTo(most: number, troubles: AlertMemory[]): AlertMemory[] {
  if (troubles.length <= most) return troubles;
  const places = troubles.map((_, i) => i).sort((a, b) => troubles[b].seen - troubles[a].seen || a - b);
  const kept = new Set(places.slice(0, most));
  return troubles.filter((_, i) => kept.has(i));
}
