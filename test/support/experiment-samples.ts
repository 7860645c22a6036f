import type { Samples } from "./sample.ts";

/** One ordinary call of each function of clientele/experiments. */
export const experiments: Samples = {};
