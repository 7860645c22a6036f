// How the data were read, what is odd in them, and who is counted where.
import { auditEvents } from "clientele/events";
import type { Section } from "clientele/report";
import type { Figures } from "../figures.ts";
import type { Shop } from "../pipeline.ts";
import { notesOf } from "../story.ts";
import type { Material } from "./material.ts";
import { percent, sectionOr } from "./material.ts";

/** The sections about the data. */
export function dataSections({ shop, analysis, figures }: Material): Section[] {
  const seen = `A session ends after 30 minutes without an event. Engagement looks at the last 90 days.`;
  return [
    {
      title: "How the data were read",
      text: [`Every row was either accepted or rejected for a reason. ${seen}`, ...notesOf(shop, analysis)].join(
        "\n\n",
      ),
      table: intakeTable(shop, figures),
    },
    sectionOr("Data quality", () => quality(shop)),
    {
      title: "Who is counted",
      text: "What each share in this report is a share of.",
      table: {
        columns: ["Counted", "Number", "Share of customers (%)"],
        rows: [
          ["Customers: anyone with an accepted event", figures.customers, 100],
          ["Buyers: customers with a purchase", figures.buyers, percent(figures.buyers, figures.customers)],
          ["Customers without a purchase", figures.customers - figures.buyers, percent(figures.customers - figures.buyers, figures.customers)], // prettier-ignore
          ["Visits: sessions of all customers", figures.sessions, null],
          ["Orders", figures.orders, null],
        ],
      },
    },
  ];
}

function intakeTable({ intake }: Shop, { kinds }: Figures): NonNullable<Section["table"]> {
  return {
    columns: ["Rows", "Number"],
    rows: [
      ["read", intake.read],
      ...Object.entries(intake.rejected).map(([reason, rows]): [string, number] => [`rejected: ${reason}`, rows]),
      ["accepted", intake.accepted],
      ...[...kinds].map(([kind, { events }]): [string, number] => [`accepted as ${kind}`, events]),
    ],
  };
}

/** Lines of one order come at one instant, and look alike without the article: no fault, nor the work of a bot. */
const notOfLines = ["bot", "duplicate"];

function quality({ log, asOf, timeZone, order }: Shop): Omit<Section, "title"> {
  const all = auditEvents(log, { asOf, timeZone }).findings;
  const findings = order === undefined ? all : all.filter(({ check }) => !notOfLines.includes(check));
  return {
    text:
      (findings.length === 0
        ? "No check of the accepted rows found anything odd."
        : "What checks of the accepted rows found. Nothing was removed for it; an error means that figures above may be wrong.") +
      (order === undefined ? "" : " Rows are lines of orders, so nobody looked for bots and repeated rows."),
    table: {
      columns: ["Check", "Severity", "Number", "Share (%)", "What it means"],
      rows: findings.map(({ check, severity, count, share, message }) => [
        check,
        severity,
        count,
        percent(share, 1),
        message,
      ]),
    },
  };
}
