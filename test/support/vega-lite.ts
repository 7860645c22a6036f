import { compile } from "vega-lite";
import type { TopLevelSpec } from "vega-lite";

type Logger = NonNullable<NonNullable<Parameters<typeof compile>[1]>["logger"]>;

/**
 * Compiles a Vega-Lite spec as its users would.
 *
 * @param spec - a chart.
 * @returns the compiled Vega spec, and everything that Vega-Lite complained about on the way.
 */
export function compiled(spec: object): { warnings: string[]; vega: object } {
  const warnings: string[] = [];
  const note = (...parts: readonly unknown[]): Logger => {
    warnings.push(parts.map(String).join(" "));
    return logger;
  };
  const quiet = (): Logger => logger;
  const logger: Logger = { level: () => 0, warn: note, error: note, info: quiet, debug: quiet };
  const plain = JSON.parse(JSON.stringify(spec)) as TopLevelSpec;
  return { vega: compile(plain, { logger }).spec, warnings };
}
