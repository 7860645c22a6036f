/** What a signal of {@link controlChart} follows from. */
export type ControlRule = "limits" | `western-electric-${1 | 2 | 3 | 4}` | `nelson-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`;

/** The rules of {@link controlChart} by name: `"limits"`, and patterns that are unlikely by chance. */
export const controlRules: readonly ControlRule[] = [
  "limits",
  ...([1, 2, 3, 4] as const).map((rule) => `western-electric-${rule}` as const),
  ...([1, 2, 3, 4, 5, 6, 7, 8] as const).map((rule) => `nelson-${rule}` as const),
];

/** A point at which a chart says that something has changed. */
export interface ControlSignal {
  /** The point, from 0: where the pattern was complete. */
  readonly index: number;
  /** The rule that it breaks. */
  readonly rule: ControlRule;
  /** On which side of the center; null for patterns without a side. */
  readonly side: "above" | "below" | null;
  /** Where the pattern began; of a CUSUM the point after the sum last was 0, which is where the change is likely to have come. */
  readonly since: number;
}

/** Points of a chart as the rules see them. */
export interface RulePoints {
  /** What is drawn; NaN = gap. */
  readonly statistic: Float64Array;
  /** The same as a distance from the center in standard deviations; infinite where that is 0. */
  readonly z: Float64Array;
}

type Pattern =
  | { readonly shape: "beyond"; readonly needed: number; readonly of: number; readonly sigmas: number }
  | { readonly shape: "run"; readonly length: number; readonly state: "side" | "trend" | "within" | "outside" }
  | { readonly shape: "alternating"; readonly length: number };

const patterns: Readonly<Record<Exclude<ControlRule, "limits">, Pattern>> = {
  "western-electric-1": { shape: "beyond", needed: 1, of: 1, sigmas: 3 },
  "western-electric-2": { shape: "beyond", needed: 2, of: 3, sigmas: 2 },
  "western-electric-3": { shape: "beyond", needed: 4, of: 5, sigmas: 1 },
  "western-electric-4": { shape: "run", length: 8, state: "side" },
  "nelson-1": { shape: "beyond", needed: 1, of: 1, sigmas: 3 },
  "nelson-2": { shape: "run", length: 9, state: "side" },
  "nelson-3": { shape: "run", length: 6, state: "trend" },
  "nelson-4": { shape: "alternating", length: 14 },
  "nelson-5": { shape: "beyond", needed: 2, of: 3, sigmas: 2 },
  "nelson-6": { shape: "beyond", needed: 4, of: 5, sigmas: 1 },
  "nelson-7": { shape: "run", length: 15, state: "within" },
  "nelson-8": { shape: "run", length: 8, state: "outside" },
};

/**
 * Finds the points at which the rules are broken. A gap ends every pattern.
 *
 * @param rules - which, in any order.
 * @param points - what is judged.
 * @param width - the standard deviations of the rule `"limits"`.
 * @returns signals in the order of points, at one point in the order of {@link controlRules}. Cost: one pass per rule.
 * @see Western Electric Company (1956), "Statistical quality control handbook"; Nelson (1984), "The Shewhart control chart
 * — tests for special causes".
 */
export function findSignals(rules: readonly ControlRule[], points: RulePoints, width: number): ControlSignal[] {
  const ordered = controlRules.filter((rule) => rules.includes(rule));
  const found = ordered.map((rule) => {
    if (rule === "limits") return beyond(points.z, { needed: 1, of: 1, sigmas: width }, rule);
    const pattern = patterns[rule];
    if (pattern.shape === "beyond") return beyond(points.z, pattern, rule);
    if (pattern.shape === "alternating") return alternating(points.statistic, pattern.length, rule);
    return runs(points, pattern.length, pattern.state, rule);
  });
  return found.flat().sort((a, b) => a.index - b.index || ordered.indexOf(a.rule) - ordered.indexOf(b.rule));
}

/** So many of the last few points beyond a distance on one side, the last one among them. */
function beyond(
  z: Float64Array,
  pattern: { needed: number; of: number; sigmas: number },
  rule: ControlRule,
): ControlSignal[] {
  const { needed, of, sigmas } = pattern;
  const signals: ControlSignal[] = [];
  for (let index = 0; index < z.length; index++) {
    if (!(Math.abs(z[index]) > sigmas)) continue;
    const sign = z[index] > 0 ? 1 : -1;
    let count = 0;
    let since = index;
    for (let i = index; i > index - of && i >= 0 && !Number.isNaN(z[i]) && count < needed; i--) {
      if (sign * z[i] > sigmas) {
        count++;
        since = i;
      }
    }
    if (count === needed) signals.push({ index, rule, side: sideOf(sign), since });
  }
  return signals;
}

/** So many points in a row in one state; a run that goes on signals at every further point. */
function runs(
  { statistic, z }: RulePoints,
  length: number,
  state: "side" | "trend" | "within" | "outside",
  rule: ControlRule,
): ControlSignal[] {
  const signals: ControlSignal[] = [];
  let since = 0;
  let last = 0;
  for (let index = 0; index < z.length; index++) {
    const now = stateAt(statistic, z, index, state);
    // A trend of so many points has one step less, and its first point is the one before the first step.
    if (now === 0) since = index + 1;
    else if (now !== last) since = state === "trend" ? index - 1 : index;
    last = now;
    if (now === 0 || index - since + 1 < length) continue;
    const side = state === "side" || state === "trend" ? sideOf(now) : null;
    signals.push({ index, rule, side, since });
  }
  return signals;
}

/** 0 where the state does not hold; else 1, or −1 for the lower side and for a fall. */
function stateAt(
  statistic: Float64Array,
  z: Float64Array,
  i: number,
  state: "side" | "trend" | "within" | "outside",
): number {
  if (state === "within") return Math.abs(z[i]) <= 1 ? 1 : 0;
  if (state === "outside") return Math.abs(z[i]) > 1 ? 1 : 0;
  const rise = state === "side" ? z[i] : i === 0 ? 0 : statistic[i] - statistic[i - 1];
  return rise > 0 ? 1 : rise < 0 ? -1 : 0;
}

/** So many points of which each lies on the other side of the one before than that of the one before it. */
function alternating(statistic: Float64Array, length: number, rule: ControlRule): ControlSignal[] {
  const signals: ControlSignal[] = [];
  let points = 1;
  let last = 0;
  for (let index = 1; index < statistic.length; index++) {
    const step = statistic[index] - statistic[index - 1];
    const sign = step > 0 ? 1 : step < 0 ? -1 : 0;
    points = sign === 0 ? 1 : sign === -last ? points + 1 : 2;
    last = sign;
    if (points >= length) signals.push({ index, rule, side: null, since: index - points + 1 });
  }
  return signals;
}

function sideOf(sign: number): "above" | "below" {
  return sign > 0 ? "above" : "below";
}
