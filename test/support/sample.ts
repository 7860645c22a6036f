import type { OptionSpec } from "../../src/core/options.ts";

/** One ordinary call of a public function, and what its options are. */
export interface Sample {
  /** Fresh arguments; the options object is the last one when `options` is given. */
  readonly args: () => readonly unknown[];
  /** The function's option table: each of its refused values is tried. */
  readonly options?: Readonly<Record<string, OptionSpec<never>>>;
  /** Why the result may hold NaN or infinity. */
  readonly oddNumbers?: string;
  /** Why the result may hold functions, or anything else that cannot be cloned. */
  readonly notPlain?: string;
}

/** By function name. */
export type Samples = Readonly<Record<string, Sample>>;

/** Erases the key types of an option table, so that tables of all functions fit one list. */
export const table = (options: object): Readonly<Record<string, OptionSpec<never>>> =>
  options as Readonly<Record<string, OptionSpec<never>>>;
