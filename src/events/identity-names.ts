import { comesBefore, type Identifiers, kindsWith } from "./identifiers.ts";

/** Groups of identifiers as persons with a name. */
export interface NamedGroups {
  /** The customer's name of each group. */
  readonly names: readonly string[];
  /** How many groups could not have the plain value of their strongest identifier, because a stronger kind has it too. */
  readonly prefixed: number;
}

/**
 * Names each group by its strongest identifier, of several the least in code-unit order. So a name does not change when
 * weaker or later identifiers join, nor with what happens to others.
 *
 * @param known - all identifiers.
 * @param groupOf - the group of each.
 * @param kinds - the names of the kinds.
 * @returns distinct names.
 */
export function nameGroups(known: Identifiers, groupOf: Int32Array, kinds: readonly string[]): NamedGroups {
  const groups = groupOf.reduce((most, group) => Math.max(most, group + 1), 0);
  const least = new Int32Array(groups).fill(-1);
  for (let identifier = 0; identifier < groupOf.length; identifier++) {
    const group = groupOf[identifier];
    if (least[group] < 0 || comesBefore(known, identifier, least[group])) least[group] = identifier;
  }
  const names: string[] = [];
  const taken: number[] = [];
  for (let group = 0; group < groups; group++) {
    const identifier = least[group];
    names.push(known.values[identifier]);
    if (kindsWith(known, known.codeOf[identifier], known.kindOf[identifier]).count > 0) taken.push(group);
  }
  // Two persons must not become one because a device is called as a user is.
  const used = new Set(taken.length === 0 ? [] : known.values);
  taken.sort((one, other) => (comesBefore(known, least[one], least[other]) ? -1 : 1));
  for (const group of taken) {
    const prefix = `${kinds[known.kindOf[least[group]]]}:`;
    do names[group] = prefix + names[group];
    while (used.has(names[group]));
    used.add(names[group]);
  }
  return { names, prefixed: taken.length };
}
