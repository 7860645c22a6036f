import { encodeStrings } from "../numeric/encode-strings.ts";
import { hasRepeatedString } from "../numeric/repeated-strings.ts";
import { type Codes, missingCode, sortNames } from "../tables/codes.ts";
import { type EventLog, type ExtraColumn, sortedLog, withoutUnusedNames } from "../tables/event-log.ts";

/** A column of names with a new name for each of its names. */
export interface Renaming {
  /** The column as it is. */
  readonly column: Codes;
  /** The new name by code; equal ones become one. */
  readonly names: readonly string[];
}

/**
 * Gives the names of some columns of a log other names, and sorts the log by them: neither the order of rows nor that of a
 * dictionary tells anything about the old names.
 *
 * @param log - a checked log.
 * @param renamings - by column; `customer` is the log's own.
 * @returns a log that shares nothing with the input. Customers who became one have their events merged by time. Cost: a sort.
 */
export function renameLog(log: EventLog, renamings: ReadonlyMap<string, Renaming>): EventLog {
  const customer = renamings.get("customer");
  const extra = Object.entries(log.extra).map(([name, column]): [string, ExtraColumn] => {
    const renaming = name === "customer" ? undefined : renamings.get(name);
    return [name, renaming === undefined ? column : renamed(renaming)];
  });
  return withoutUnusedNames(
    sortedLog({
      customer: customer === undefined ? log.customer : renamed(customer),
      type: log.type,
      time: log.time,
      value: log.value,
      extra: Object.fromEntries(extra),
    }),
  );
}

function renamed({ column, names }: Renaming): Codes {
  if (!hasRepeatedString(names)) return sortNames({ codes: column.codes.slice(), names });
  const { codes: codeOf, names: distinct } = encodeStrings(names);
  const codes = column.codes.map((code) => (code === missingCode ? missingCode : codeOf[code]));
  return sortNames({ codes, names: distinct });
}
