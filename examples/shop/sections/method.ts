// How the segments were chosen and how clear they are.
import { chartElbow, chartSilhouette } from "clientele/charts";
import type { Section } from "clientele/report";
import type { Material } from "./material.ts";

/** The sections about the choice of segments. */
export function methodSections({ analysis: { choice, elbow, silhouette, names } }: Material): Section[] {
  return [
    {
      title: "How many segments",
      text:
        `${choice.k} segments were chosen: of the numbers tried they are separated best (the highest mean silhouette). ` +
        "The curve shows how much closer customers are to the average of their segment with every further one; " +
        "where it flattens, more segments explain little more.",
      chart: chartElbow(elbow),
      table: {
        columns: ["Segments (k)", "Mean silhouette (−1 to 1, higher is clearer)", "Within-cluster sum of squares"],
        rows: choice.curve.map(({ k, silhouette: mean, withinSquares }) => [k, mean, withinSquares]),
      },
    },
    {
      title: "How clear the segments are",
      text:
        "A band per segment, a customer per line: far right fits the segment well, near zero lies between two " +
        "segments, left of zero is nearer to another one.",
      chart: chartSilhouette(silhouette, { names }),
    },
  ];
}
