import { sortNames, usedNames } from "../tables/codes.ts";
import { type EventLog, namesByAppearance, sortedLog } from "../tables/event-log.ts";
import { breakTies } from "../tables/ties.ts";
import { fate, type IdentityGroups } from "./identity-groups.ts";
import { comesBefore, identifierOf, type Identifiers, type ReadLinks } from "./identity-links.ts";

/** The identifier of each customer of the log. */
export function identifyCustomers(
  { customer }: EventLog,
  known: Identifiers,
  customerKind: number,
  nobody: ReadonlySet<string>,
): { customers: Uint32Array; ambiguous: number } {
  let ambiguous = 0;
  const unlinked = known.byKind.length - 1;
  const customers = new Uint32Array(customer.names.length);
  for (let code = 0; code < customers.length; code++) {
    const name = customer.names[code];
    let number = customerKind >= 0 ? identifierOf(known, customerKind, name, nobody) : undefined;
    for (let kind = 0, meanings = 0; customerKind < 0 && kind < unlinked; kind++) {
      const meaning = known.byKind[kind].get(name);
      if (meaning === undefined) continue;
      number ??= meaning;
      if (++meanings === 2) ambiguous++;
    }
    customers[code] = number ?? identifierOf(known, unlinked, name, nobody);
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
