import { compile } from "vega-lite";
import type { TopLevelSpec } from "vega-lite";

// The only importer of vega-lite: it turns a short spec into the long one that vega draws.

const quiet: { [level in "warn" | "info" | "debug" | "error"]: () => typeof quiet } & { level: () => never } = {
  level: (() => 0) as () => never,
  warn: () => quiet,
  info: () => quiet,
  debug: () => quiet,
  error: () => quiet,
};

/**
 * Compiles a Vega-Lite spec.
 *
 * @param spec - a plain Vega-Lite spec.
 * @param config - colors and fonts, overruled by the spec's own `config`.
 * @returns a new Vega spec.
 * @throws {Error} whatever Vega-Lite reports about the spec.
 */
export function compileSpec(spec: object, config: object): object {
  return compile(spec as TopLevelSpec, { config, logger: quiet }).spec;
}
