// The page for people: the story first, then what changed, who, how, at what risk, what to do, and how the data were read.
import { renderReport } from "clientele/report";
import type { Figures } from "./figures.ts";
import type { Analysis, Shop } from "./pipeline.ts";
import { dateOf } from "./progress.ts";
import { actionSections } from "./sections/actions.ts";
import { alertSections } from "./sections/alerts.ts";
import { changeSections } from "./sections/changes.ts";
import { dataSections } from "./sections/data.ts";
import { experimentSections } from "./sections/experiments.ts";
import { journeySections } from "./sections/journeys.ts";
import type { Material } from "./sections/material.ts";
import { methodSections } from "./sections/method.ts";
import { riskSections } from "./sections/risk.ts";
import { segmentSections } from "./sections/segments.ts";

/**
 * Renders the report.
 *
 * @param shop - the log.
 * @param analysis - what was found.
 * @param figures - its totals.
 * @param story - the lines of `storyOf`.
 * @returns one HTML page that needs nothing else.
 */
export function reportPage(shop: Shop, analysis: Analysis, figures: Figures, story: readonly string[]): string {
  const material: Material = { shop, analysis, figures, story };
  return renderReport({
    title: `Customers of ${shop.source}, ${dateOf(shop.asOf, shop.timeZone)}`,
    sections: [
      { title: "In short", text: findingsFirst(story).join("\n\n") },
      ...[changeSections, segmentSections, journeySections, riskSections, experimentSections, alertSections, actionSections].flatMap((sections) => sections(material)), // prettier-ignore
      ...dataSections(material),
      ...methodSections(material),
    ],
  });
}

/** What a marketing lead wants to know; how the rows were read is the last section. */
function findingsFirst([rows, customers, ...findings]: readonly string[]): string[] {
  const notes = findings.pop()!;
  return [...findings, customers, rows, notes];
}
