import type { Samples } from "./sample.ts";

/** One ordinary call of each function of clientele/trends. */
export const trends: Samples = {};
