// Who is at risk and what they are worth.
import { chartLift } from "clientele/charts";
import { customerView } from "clientele/features";
import { fitChurnModel, labelOutcomes } from "clientele/predictions";
import type { Section } from "clientele/report";
import type { Analysis, Shop } from "../pipeline.ts";
import { count, dateOf, money, share } from "../progress.ts";
import type { ValueForecast } from "../worth.ts";
import type { Material } from "./material.ts";
import { dayMs, round, sectionOr } from "./material.ts";

/** The sections about risk and worth. */
export function riskSections({ shop, analysis, figures }: Material): Section[] {
  return [
    { title: "Who is at risk and what they are worth", ...riskBySegment(analysis) },
    sectionOr("How well departures can be told", () => departures(shop, figures.first)),
  ];
}

interface Group {
  readonly name: string;
  buyers: number;
  atRisk: number;
  left: number;
  orders: number;
  value: number;
  valueAtRisk: number;
}

function riskBySegment({ rfm, labels, names, lifecycle, worth }: Analysis): Omit<Section, "title"> {
  const stageOf = new Map(lifecycle.ids.map((id, row) => [id, lifecycle.names[lifecycle.labels[row]]]));
  const known = typeof worth === "string" ? undefined : worth;
  const worthRow = new Map((known?.ids ?? []).map((id, row) => [id, row]));
  const group = (name: string): Group => ({ name, buyers: 0, atRisk: 0, left: 0, orders: 0, value: 0, valueAtRisk: 0 });
  const all = group("All buyers");
  const groups = names.map(group);
  rfm.ids.forEach((id, i) => {
    const stage = stageOf.get(id);
    const row = worthRow.get(id) ?? -1;
    const value = known?.value?.[row] ?? 0;
    for (const one of [groups[labels[i]], all]) {
      one.buyers++;
      one.atRisk += Number(stage === "atRisk");
      one.left += Number(stage === "churned");
      one.orders += known?.orders[row] ?? 0;
      one.value += value;
      one.valueAtRisk += stage === "atRisk" ? value : 0;
    }
  });
  const hasValue = known?.value !== undefined;
  const outlook = typeof worth === "string" ? worth : outlookOf(worth, all);
  return {
    text:
      `${count(all.atRisk)} of ${count(all.buyers)} buyers are at risk (${share(all.atRisk / all.buyers)}): they have been silent ` +
      `for longer than their own rhythm lets expect. ${count(all.left)} have left by the same measure.` +
      (hasValue ? ` Those at risk stand for ${money(all.valueAtRisk)} of the revenue expected in 52 weeks.` : "") +
      `\n\n${outlook}`,
    table: {
      columns: [
        "Segment",
        "Buyers",
        "At risk",
        "Left",
        ...(known === undefined ? [] : ["Orders in 52 weeks (expected)"]),
        ...(hasValue ? ["Worth in 52 weeks", "Worth per buyer", "Worth of those at risk"] : []),
      ],
      rows: [...groups, all].map((one) => [
        one.name,
        one.buyers,
        one.atRisk,
        one.left,
        ...(known === undefined ? [] : [round(one.orders)]),
        ...(hasValue ? [round(one.value), round(one.value / one.buyers), round(one.valueAtRisk)] : []),
      ]),
    },
  };
}

function outlookOf({ value, repeatBuyers, converged }: ValueForecast, { orders, value: worth }: Group): string {
  return (
    `In the next 52 weeks ${count(orders)} orders are expected${value === undefined ? "" : `, worth ${money(worth)}`}. ` +
    `This is learned from when buyers came back: ${count(repeatBuyers)} of them did (BG/NBD` +
    `${value === undefined ? "" : "; gamma-gamma for the worth of an order"}). Values are revenue without discount and before costs; ` +
    "buyers yet to come are not in them. Each customer's figures are in customers.csv." +
    (converged ? "" : " The fit did not settle: take the figures as rough.")
  );
}

const horizonDays = 60;

/** Learns from three dates of the past who then stayed away, and is judged on the last one. */
function departures({ log, purchase, asOf, timeZone }: Shop, first: number): Omit<Section, "title"> | string {
  const cutoffs = [3, 2, 1].map((spans) => asOf - spans * horizonDays * dayMs);
  if (cutoffs[0] - horizonDays * dayMs < first) {
    return `The data cover fewer than ${4 * horizonDays} days: too short to learn from three dates and to check on a fourth.`;
  }
  const population = { events: [purchase], withinDays: 2 * horizonDays };
  const outcomes = labelOutcomes(log, {
    cutoff: cutoffs,
    horizonDays,
    event: purchase,
    population,
    positive: "no-event",
  });
  const views = cutoffs.map((cutoff) => customerView(log, { asOf: cutoff - 1, purchase }));
  const model = fitChurnModel(views, outcomes);
  const { auc, brier, baseline } = model.evaluation;
  return {
    text:
      `Who bought in the ${2 * horizonDays} days before a date and stays away for ${horizonDays} days after it? A model that learned ` +
      `from earlier dates was asked on ${dateOf(cutoffs[2], timeZone)} and held against what came: ` +
      `${auc === null ? "" : `it puts a departing customer before a staying one ${share(auc)} of the time (AUC ${auc.toFixed(2)}), and `}` +
      `its probabilities are off by ${brier.toFixed(3)} (Brier score; always saying the average: ${baseline.brier.toFixed(3)}). ` +
      `${count(model.rows.heldOut)} customers were held out.`,
    chart: chartLift(model.lift, { title: "Departures among those the model names first" }),
  };
}
