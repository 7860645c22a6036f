import { isRecord } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import {
  custom,
  instant,
  isTextList,
  oneOf,
  type OptionSpec,
  type OptionTable,
  type ReadOptions,
  real,
} from "../core/options.ts";
import { type PathOptions, pathOptions, type PathTable } from "./paths.ts";

/** A step that any of several event types takes. */
export interface FunnelStepEvents {
  /** What the step is called in the result. */
  readonly name: string;
  /** The event types; one of them is enough. */
  readonly events: readonly string[];
}

/** Events that must not come between the first step and the last. */
export interface FunnelExclusion {
  /** The event types; none of them may be a step. */
  readonly events: readonly string[];
  /** `"remove"`: whoever does one counts at no step (PostHog); `"stop"`: they keep the steps reached before (Mixpanel). */
  readonly rule: "remove" | "stop";
}

/** What a funnel is: the steps, and when someone has taken them. */
export interface FunnelDefinition extends PathOptions {
  /** 1 to 100 steps: event types, or names with several event types. The same event may be a step more than once. */
  readonly steps: readonly (string | FunnelStepEvents)[];
  /**
   * `"sequential"` (default): one after another, with anything between. `"strict"`: each the very next event; an attempt that
   * fails may be followed by a fresh one while the window is open. `"any"`: step i is reached when the first i are all there.
   */
  readonly order?: "sequential" | "strict" | "any" | undefined;
  /** Longest time from the entry to a step, in milliseconds, that time included. Default: no limit. */
  readonly windowMs?: number | undefined;
  /** Longest time from one step to the next: one for all, or one for each step but the first; null = no limit. */
  readonly stepWindowsMs?: number | readonly (number | null)[] | undefined;
  /** Events that end an attempt. */
  readonly exclude?: FunnelExclusion | undefined;
  /**
   * Whose clock counts: that of the `"first"` entry (default; a later first step does not set it back), or that of the entry
   * that leads furthest (`"optimized"`).
   */
  readonly reentry?: "first" | "optimized" | undefined;
  /** Epoch milliseconds; later events are not read. Default: the last event of the log. */
  readonly asOf?: number | undefined;
}

/** The options of a {@link FunnelDefinition} that may be absent. */
export type AbsentOfFunnel = "per" | "states" | "windowMs" | "stepWindowsMs" | "exclude" | "asOf";

const mostSteps = 100;

/** Option row of the steps. */
const stepsOption: OptionSpec<FunnelDefinition["steps"]> = custom(
  `a list of 1 to ${mostSteps} steps: event types, or { name, events }`,
  isSteps,
  [[], [""].concat(new Array<string>(mostSteps).fill("a")), "a", [1], [null], [{ name: "a" }], [{ name: "a", events: [] }], [{ name: "a", events: ["a"], also: 1 }], {}, null], // prettier-ignore
);

/** Option table of a {@link FunnelDefinition}. */
export const funnelOptions: OptionTable<FunnelDefinition, AbsentOfFunnel> = {
  ...pathOptions,
  steps: stepsOption,
  order: oneOf(["sequential", "strict", "any"], { default: "sequential" }),
  windowMs: real({ above: 0, optional: true }),
  stepWindowsMs: custom(
    "a time in milliseconds above 0, or a list of such times and nulls",
    (value) => isWindow(value) || (Array.isArray(value) && value.every((one) => one === null || isWindow(one))),
    [0, -1, NaN, Infinity, "1", {}, null, [0], ["1"], [undefined]],
    { optional: true },
  ),
  exclude: custom("{ events, rule } with the rule \"remove\" or \"stop\"", isExclusion, [null, "a", ["a"], {}, { events: ["a"] }, { events: [], rule: "stop" }, { events: ["a"], rule: "drop" }, { events: ["a"], rule: "stop", also: 1 }], { optional: true }), // prettier-ignore
  reentry: oneOf(["first", "optimized"], { default: "first" }),
  asOf: instant({ optional: true }),
};

function isSteps(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= mostSteps && value.every(isStep);
}

function isStep(value: unknown): boolean {
  if (typeof value === "string") return true;
  return hasKeys(value, ["name", "events"]) && typeof value["name"] === "string" && isEvents(value["events"]);
}

function isExclusion(value: unknown): boolean {
  if (!hasKeys(value, ["events", "rule"])) return false;
  return isEvents(value["events"]) && (value["rule"] === "remove" || value["rule"] === "stop");
}

function hasKeys(value: unknown, keys: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && Object.keys(value).every((key) => keys.includes(key));
}

function isEvents(value: unknown): boolean {
  return isTextList(value) && value.length > 0;
}

function isWindow(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) > 0;
}

/** A funnel ready to be walked: names as codes, absent limits as infinity. */
export interface FunnelPlan {
  /** Name of each step. */
  readonly names: readonly string[];
  /** For each step, which states take it: one byte per state of the paths. */
  readonly takes: readonly Uint8Array[];
  /** States that take any step. */
  readonly isStep: Uint8Array;
  /** States that end an attempt. */
  readonly ends: Uint8Array;
  /** Whether such an attempt counts for nothing. */
  readonly removes: boolean;
  readonly order: "sequential" | "strict" | "any";
  readonly optimized: boolean;
  /** From the entry to a step. */
  readonly windowMs: number;
  /** From the step before to step k; the first is not used. */
  readonly stepWindowsMs: Float64Array;
  /** Steps and excluded events that the paths do not have, perhaps misspelled. */
  readonly notes: readonly Note[];
}

/**
 * Translates a definition for the paths that it is to be held against.
 *
 * @param caller - the public function.
 * @param definition - read options.
 * @param paths - the paths.
 * @throws {ClienteleError} `invalid-option` for a step that `options.states` leaves out, an excluded event that is a step, step
 * windows that do not fit the steps, the order, or the exclusion.
 */
export function planOf(
  caller: string,
  definition: ReadOptions<FunnelDefinition, AbsentOfFunnel>,
  { states }: Pick<PathTable, "states">,
): FunnelPlan {
  const { steps, order, windowMs, exclude, reentry } = definition;
  const eventsOf = steps.map((step) => (typeof step === "string" ? [step] : step.events));
  const listed = definition.states === undefined ? null : new Set(definition.states);
  const codeOf = new Map(states.map((name, code) => [name, code]));
  const maskOf = (events: readonly string[], path: string): Uint8Array => {
    const mask = new Uint8Array(states.length);
    for (const event of events) {
      if (listed?.has(event) === false)
        refuse(caller, "invalid-option", path, "events of options.states", "another event");
      const code = codeOf.get(event);
      if (code !== undefined) mask[code] = 1;
    }
    return mask;
  };
  const takes = eventsOf.map((events, i) => maskOf(events, `options.steps[${i}]`));
  const takesAny = new Uint8Array(states.length);
  for (const mask of takes) for (let code = 0; code < mask.length; code++) takesAny[code] |= mask[code];
  const stepEvents = new Set(eventsOf.flat());
  const excluded = exclude?.events ?? [];
  if (excluded.some((event) => stepEvents.has(event))) {
    refuse(caller, "invalid-option", "options.exclude.events", "events that are no step", "a step");
  }
  if (reentry === "optimized" && exclude?.rule === "remove" && definition.stepWindowsMs !== undefined) {
    const expected = "absent where exclusions remove and entries are optimized: use windowMs";
    refuse(caller, "invalid-option", "options.stepWindowsMs", expected, "given");
  }
  return {
    names: steps.map((step) => (typeof step === "string" ? step : step.name)),
    takes,
    isStep: takesAny,
    ends: maskOf(excluded, "options.exclude.events"),
    removes: exclude?.rule === "remove",
    order,
    optimized: reentry === "optimized",
    windowMs: windowMs ?? Infinity,
    stepWindowsMs: stepWindowsOf(caller, definition),
    notes: [
      ...takes.flatMap((mask, step) => (mask.includes(1) ? [] : [absentNote("absent-step", `options.steps[${step}]`)])),
      ...excluded.flatMap((event, i) => (codeOf.has(event) ? [] : [absentNote("absent-exclusion", `options.exclude.events[${i}]`)])), // prettier-ignore
    ],
  };
}

function absentNote(code: string, path: string): Note {
  return { code, message: `${path}: the log has no such event.` };
}

function stepWindowsOf(
  caller: string,
  { steps, order, stepWindowsMs }: Pick<FunnelDefinition, "steps" | "order" | "stepWindowsMs">,
): Float64Array {
  const windows = new Float64Array(steps.length).fill(Infinity);
  if (stepWindowsMs === undefined) return windows;
  if (order === "any") {
    refuse(caller, "invalid-option", "options.stepWindowsMs", "absent when steps come in any order", "given");
  }
  if (typeof stepWindowsMs === "number") return windows.fill(stepWindowsMs, 1);
  if (stepWindowsMs.length !== steps.length - 1) {
    const expected = `a list of ${steps.length - 1}, one for each step but the first`;
    refuse(caller, "invalid-option", "options.stepWindowsMs", expected, `a list of ${stepWindowsMs.length}`);
  }
  stepWindowsMs.forEach((window, i) => (windows[i + 1] = window ?? Infinity));
  return windows;
}
