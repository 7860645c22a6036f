// What to do on Monday: one playbook per customer, and how much hangs on each.
import { choosePlaybooks } from "clientele/actions";
import type { ChosenPlaybook } from "clientele/actions";
import type { Section } from "clientele/report";
import { column } from "clientele/tables";
import type { Analysis } from "../pipeline.ts";
import { count, some } from "../progress.ts";
import type { Material } from "./material.ts";
import { percent, round, sectionOr } from "./material.ts";

/** The section about actions. */
export function actionSections({ analysis }: Material): Section[] {
  return [sectionOr("Recommended actions", () => actions(analysis))];
}

interface Plan {
  readonly playbook: ChosenPlaybook;
  customers: number;
  value: number;
}

function actions(analysis: Analysis): Omit<Section, "title"> {
  const { ids, labels, names } = analysis.lifecycle;
  const worth = typeof analysis.worth === "string" ? undefined : analysis.worth;
  const orderCount = column(analysis.rfm, "orderCount");
  const rowOf = new Map(analysis.rfm.ids.map((id, row) => [id, row]));
  const worthRow = new Map((worth?.ids ?? []).map((id, row) => [id, row]));
  const power = powerLine(orderCount);
  // Customers alike in what a playbook reads get the same one; there are few such kinds, so each is asked once.
  const chosen = new Map<string, ChosenPlaybook | undefined>();
  const plans = new Map<string, Plan>();
  let idle = 0;
  ids.forEach((id, i) => {
    const row = rowOf.get(id);
    const stage = names[labels[i]];
    const orders = row === undefined ? 0 : orderCount[row];
    const isPowerUser = orders >= power;
    const kind = `${stage}|${orders}|${isPowerUser}`;
    if (!chosen.has(kind)) chosen.set(kind, choosePlaybooks({ stage, orderCount: orders, isPowerUser })[0]);
    const playbook = chosen.get(kind);
    if (playbook === undefined) {
      idle++;
      return;
    }
    const plan = plans.get(playbook.name) ?? { playbook, customers: 0, value: 0 };
    plans.set(playbook.name, plan);
    plan.customers++;
    const known = worthRow.get(id);
    if (known !== undefined) plan.value += worth!.value?.[known] ?? 0;
  });
  const list = [...plans.values()].sort((a, b) => b.value - a.value || b.customers - a.customers);
  const hasValue = worth?.value !== undefined;
  return {
    text: [
      ...list
        .slice(0, 3)
        .map(({ playbook, customers }, i) => `${i + 1}. ${sentenceOf(playbook)} (${some(customers, "customer")}).`),
      `One playbook per customer, the most urgent that fits; ${some(idle, "customer")} of ${count(ids.length)} need nothing now. ` +
        `Where customers are in their lifecycle is judged by their own rhythm; power users are those with ${count(power)} orders and more. ` +
        "The held-out share gets no message, so that the effect can be measured. Whether customers consented is not in these data: ask first.",
    ].join("\n\n"),
    table: {
      columns: [
        "Playbook",
        "For",
        "Customers",
        "Share of customers (%)",
        ...(hasValue ? ["Worth in 52 weeks"] : []),
        "Offer",
        "Largest discount (%)",
        "Not again for (days)",
        "Held out (%)",
      ],
      rows: list.map(({ playbook: { name, audience, offer, guardrails }, customers, value }) => [
        name,
        audience,
        customers,
        percent(customers, ids.length),
        ...(hasValue ? [round(value)] : []),
        offer,
        round(100 * guardrails.largestDiscount),
        guardrails.cooldownDays,
        round(100 * guardrails.holdoutShare),
      ]),
    },
  };
}

function sentenceOf({ name, audience, offer }: ChosenPlaybook): string {
  return `${name[0].toUpperCase()}${name.slice(1)} ${audience}: ${offer}`;
}

/** The tenth with most orders, but nobody with fewer than three. */
function powerLine(orders: Float64Array): number {
  const sorted = orders.slice().sort();
  return Math.max(3, sorted[Math.floor(0.9 * (sorted.length - 1))]);
}
