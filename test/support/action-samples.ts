import type { Samples } from "./sample.ts";

/** One ordinary call of each function of clientele/actions. */
export const actions: Samples = {};
