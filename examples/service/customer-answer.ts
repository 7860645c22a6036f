// What the service knows of one customer at an instant: read from the state, which stays as it is.
import { stepSession, type ClosedSession } from "clientele/events";
import { scoreRfm } from "clientele/features";
import { ClienteleError } from "clientele/core";
import { type Models, probabilityOf } from "./models.ts";
import { rfmFeatures, viewTotals } from "./settings.ts";
import type { State } from "./state.ts";

/** The answer of `GET /customers/:id`; `null` stands for what is not known. */
export interface CustomerAnswer {
  readonly customer: string;
  readonly asOf: number;
  /** The session that goes on. */
  readonly session: ClosedSession | null;
  /** The last session that ended. */
  readonly lastSession: ClosedSession | null;
  /** The columns of the customer view. */
  readonly view: Readonly<Record<string, number | null>>;
  /** The scores of recency, frequency and revenue; `null` for who never bought. */
  readonly rfm: { readonly recency: number; readonly frequency: number; readonly monetary: number } | null;
  /** By the name of a stored model: how likely what it foresees is, or why it cannot say. */
  readonly models: Readonly<Record<string, ModelAnswer>>;
}

type ModelAnswer =
  | { readonly target: string; readonly probability: number }
  | { readonly error: { readonly code: string; readonly path: string } };

/**
 * Describes a customer.
 *
 * @param state - read only.
 * @param models - all that are stored are applied.
 * @param id - the customer.
 * @param asOf - not before the customer's last event.
 * @returns `undefined` when no event of the customer has come.
 */
export function describeCustomer(
  state: Readonly<State>,
  models: Models,
  id: string,
  asOf: number,
): CustomerAnswer | undefined {
  const record = state.customers.get(id);
  if (record === undefined) return undefined;
  const { settings } = state;
  const rules = { timeoutMinutes: settings.timeoutMinutes };
  // A session ends by itself; nobody has to write that down.
  const over = stepSession(record.session, { now: asOf }, rules);
  const [ended = record.closed] = over.expired;
  const [open = null] = stepSession(over.state, { now: Infinity }, rules).expired;
  const view = viewTotals(settings, asOf).finish(record.view);
  const cells = Object.fromEntries(
    view.names.map((name, j): [string, number | null] => [name, finite(view.values[j])]),
  );
  const hasBought = cells[rfmFeatures[0]] !== null;
  const scores =
    settings.rfmCuts === null || !hasBought ? null : scoreRfm(view, { cuts: settings.rfmCuts }).scores.values;
  const answers = models.all().map(([name, model]): [string, ModelAnswer] => {
    try {
      return [name, { target: model.target, probability: probabilityOf(model, view) }];
    } catch (error) {
      if (!(error instanceof ClienteleError)) throw error;
      return [name, { error: { code: error.code, path: error.path } }];
    }
  });
  return {
    customer: id,
    asOf,
    session: open,
    lastSession: ended,
    view: cells,
    rfm: scores === null ? null : { recency: scores[0], frequency: scores[1], monetary: scores[2] },
    models: Object.fromEntries(answers),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
