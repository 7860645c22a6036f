// One line per step: what it did, with how many rows, in how many seconds.

/** Runs one step and reports it. */
export type Step = <T>(name: string, work: () => T, say: (result: T) => string) => T;

/**
 * Makes the reporter of steps.
 *
 * @param print - takes one line.
 * @returns the function that runs steps.
 */
export function stepsTo(print: (line: string) => void): Step {
  return (name, work, say) => {
    const start = performance.now();
    const result = work();
    print(progressLine(name, say(result), start));
    return result;
  };
}

/** `sessionize          406,829 events → 19,969 sessions     0.05 s` */
export function progressLine(name: string, said: string, start: number): string {
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  return `${name.padEnd(18)}${said.padEnd(58)}${seconds.padStart(6)} s`;
}

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 0 });

/** 1,234 */
export const count = (value: number): string => whole.format(value);
/** 1,234.50 */
export const money = (value: number): string => cents.format(value);
/** 12%, and "under 1%" for what would read as nothing */
export const share = (value: number): string => (value > 0 && value < 0.005 ? "under 1%" : percent.format(value));

/** "1 order", "3 orders" */
export function some(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? "" : "s"}`;
}

/** The calendar date of an instant in a zone: 2011-12-09. */
export function dateOf(time: number, timeZone: string): string {
  // Swedish dates are ISO dates.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(time);
}
