import { sortNames, usedNames } from "../tables/codes.ts";
import { type EventLog, namesByAppearance, sortedLog } from "../tables/event-log.ts";
import { breakTies } from "../tables/ties.ts";
import { comesBefore, identifierOf, type Identifiers, kindsWith } from "./identifiers.ts";
import { fate, type IdentityGroups } from "./identity-groups.ts";
import type { ReadLinks } from "./identity-links.ts";

/**
 * The identifier of each customer of the log.
 *
 * @param names - the customers.
 * @param codes - the code of each one's value.
 * @param known - the register, to which customers of no known kind are added, as of a kind behind all.
 * @param kinds - how many kinds there are.
 * @param customerKind - the number of the customers' kind, −1 = the strongest that knows the value.
 */
export function identifyCustomers(
  names: readonly string[],
  codes: Uint32Array,
  known: Identifiers,
  kinds: number,
  customerKind: number,
): { customers: Uint32Array; ambiguous: number } {
  let ambiguous = 0;
  const customers = new Uint32Array(names.length);
  for (let customer = 0; customer < customers.length; customer++) {
    const code = codes[customer];
    const { count, strongest } = customerKind >= 0 ? { count: 0, strongest: -1 } : kindsWith(known, code, kinds);
    if (count > 1) ambiguous++;
    customers[customer] =
      strongest >= 0 ? strongest : identifierOf(known, customerKind >= 0 ? customerKind : kinds, code, names[customer]);
  }
  return { customers, ambiguous };
}

/** A user of a shared identifier, and since when. */
export interface Spell {
  readonly owner: number;
  readonly from: number;
}

/** Who used each shared identifier, in the order of time. */
export function spellsOf(
  known: Identifiers,
  { pairs, pairOf, time }: ReadLinks,
  { fates }: IdentityGroups,
): Map<number, Spell[]> {
  const logins = new Map<number, Spell[]>();
  for (let link = 0; link < pairOf.length; link++) {
    const pair = pairOf[link];
    if (fates[pair] !== fate.byTime) continue;
    const login = { owner: pairs.a[pair], from: time[link] };
    const list = logins.get(pairs.b[pair]);
    if (list === undefined) logins.set(pairs.b[pair], [login]);
    else list.push(login);
  }
  for (const [identifier, list] of logins) {
    list.sort((one, other) => one.from - other.from || (comesBefore(known, one.owner, other.owner) ? -1 : 1));
    logins.set(identifier, list.filter(({ owner }, i) => i === 0 || list[i - 1].owner !== owner)); // prettier-ignore
  }
  return logins;
}

/** The log with persons as customers; the rows of a shared identifier go to the person of their time. */
export function renamed(
  log: EventLog,
  customers: Uint32Array,
  groupOf: Int32Array,
  names: readonly string[],
  spells: ReadonlyMap<number, readonly Spell[]>,
): EventLog {
  const codes = new Uint32Array(log.length);
  const { starts } = log.byCustomer;
  for (let customer = 0; customer < customers.length; customer++) {
    const turns = spells.get(customers[customer]);
    const [from, to] = [starts[customer], starts[customer + 1]];
    if (turns === undefined) {
      codes.fill(groupOf[customers[customer]], from, to);
      continue;
    }
    let turn = 0;
    for (let row = from; row < to; row++) {
      while (turn + 1 < turns.length && turns[turn + 1].from <= log.time[row]) turn++;
      codes[row] = groupOf[turns[turn].owner];
    }
  }
  const sorted = sortedLog({ ...log, customer: sortNames(usedNames({ codes, names })) });
  const { sequence, id } = sorted.extra;
  return namesByAppearance(
    breakTies(
      sorted,
      sequence instanceof Float64Array ? sequence : undefined,
      id instanceof Float64Array ? undefined : id,
    ),
  );
}
