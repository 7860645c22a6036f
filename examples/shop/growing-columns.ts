// Columns that grow row by row: what a stream of unknown length is collected in.
import type { Codes } from "clientele/tables";
import { missingCode } from "clientele/tables";

/** One event of a file. */
export interface EventRow {
  readonly customer: string;
  readonly type: string;
  readonly time: number;
  /** NaN = none. */
  readonly value: number;
  /** Empty = none. */
  readonly order: string;
  /** Which variant of an experiment the customer had; empty = none. */
  readonly variant: string;
}

/** The extra column of a log that holds order numbers. */
export const orderColumn = "order";

/** The extra column of a log that holds variants. */
export const variantColumn = "variant";

/** Events as columns, in the order of the file. */
export interface EventColumns {
  readonly customer: Codes;
  readonly type: Codes;
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** {@link orderColumn} and {@link variantColumn}, when the file has them. */
  readonly extra: Readonly<Record<string, Codes>>;
}

/** Rows collected so far. */
interface GrowingColumns {
  add(row: EventRow): void;
  finish(has: { readonly order: boolean; readonly variant: boolean }): EventColumns;
}

/** Opens empty columns. */
export function growingColumns(): GrowingColumns {
  const customer = growingCodes();
  const type = growingCodes();
  const order = growingCodes();
  const variant = growingCodes();
  const numbers = { time: new Float64Array(1024), value: new Float64Array(1024) };
  let length = 0;
  return {
    add(row) {
      if (length === numbers.time.length) {
        numbers.time = doubled(numbers.time, new Float64Array(2 * length));
        numbers.value = doubled(numbers.value, new Float64Array(2 * length));
      }
      numbers.time[length] = row.time;
      numbers.value[length++] = row.value;
      customer.add(row.customer);
      type.add(row.type);
      order.add(row.order === "" ? undefined : row.order);
      variant.add(row.variant === "" ? undefined : row.variant);
    },
    finish: (has) => ({
      customer: customer.finish(),
      type: type.finish(),
      time: numbers.time.slice(0, length),
      value: numbers.value.slice(0, length),
      extra: {
        ...(has.order && { [orderColumn]: order.finish() }),
        ...(has.variant && { [variantColumn]: variant.finish() }),
      },
    }),
  };
}

/** A dictionary column that grows row by row: a name is kept once, a row costs four bytes. */
function growingCodes(): { add(name: string | undefined): void; finish(): Codes } {
  const codeOf = new Map<string, number>();
  let codes = new Uint32Array(1024);
  let length = 0;
  return {
    add(name) {
      let code = name === undefined ? missingCode : codeOf.get(name);
      if (code === undefined) codeOf.set(name!, (code = codeOf.size));
      if (length === codes.length) codes = doubled(codes, new Uint32Array(2 * length));
      codes[length++] = code;
    },
    finish: () => ({ codes: codes.slice(0, length), names: [...codeOf.keys()] }),
  };
}

function doubled<T extends Float64Array | Uint32Array>(full: T, empty: T): T {
  empty.set(full);
  return empty;
}
