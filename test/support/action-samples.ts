import { type Samples } from "./sample.ts";

const before = () => [
  { id: "ann", segment: "new" },
  { id: "ben", segment: "loyal" },
  { id: "dora", segment: "new" },
];
const now = () => [
  { id: "ann", segment: "loyal" },
  { id: "cleo", segment: "new" },
  { id: "dora", segment: "new" },
];

/** One ordinary call of each function of clientele/actions. */
export const actions: Samples = {
  diffAudience: { args: () => [before(), now()] },
  toCsv: { args: () => [[{ id: "ann", segment: "=1+1", balance: -5 }, { id: "ben" }]] },
};
