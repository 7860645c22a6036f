import type { LeveledColumn } from "../numeric/levels.ts";
import type { PurchaseRows } from "./purchase-rows.ts";

/** Histories of customers who share their covariates, by the numbers that repeat. */
export interface Profile {
  /** Number of customers. */
  readonly customers: number;
  /** Sum of repeat purchases. */
  readonly purchases: number;
  /** Distinct frequencies, ascending; how many customers have each; and where their rows start, with an end behind the last. */
  readonly frequencies: Float64Array;
  readonly frequencyWeights: Float64Array;
  readonly frequencyStarts: Uint32Array;
  /** Distinct recencies. */
  readonly recencies: Float64Array;
  /** Distinct ages, and of the customers with that age the number and the sum of repeat purchases. */
  readonly ages: Float64Array;
  readonly ageWeights: Float64Array;
  readonly agePurchases: Float64Array;
  /** Of each row the positions of recency and age in the lists above, and the weight. */
  readonly recencyAt: Uint32Array;
  readonly ageAt: Uint32Array;
  readonly weight: Float64Array;
}

/**
 * Finds what repeats in some histories, so that logarithms are taken once per distinct time and frequency.
 *
 * @param rows - all histories.
 * @param chosen - numbers of rows that share their covariates, ascending: so are their frequencies.
 * @param unit - times are divided by it.
 */
export function profileOf(rows: PurchaseRows, chosen: Uint32Array, unit: number): Profile {
  const recency = levelsAmong(rows.recencyLevels, chosen, unit);
  const age = levelsAmong(rows.ageLevels, chosen, unit);
  const ageWeights = new Float64Array(age.levels.length);
  const agePurchases = new Float64Array(age.levels.length);
  const weight = new Float64Array(chosen.length);
  const frequencies: number[] = [];
  const frequencyWeights: number[] = [];
  const frequencyStarts: number[] = [];
  let customers = 0;
  let purchases = 0;
  for (let i = 0; i < chosen.length; i++) {
    const frequency = rows.frequency[chosen[i]];
    weight[i] = rows.weight[chosen[i]];
    if (frequency !== frequencies[frequencies.length - 1]) {
      frequencies.push(frequency);
      frequencyWeights.push(0);
      frequencyStarts.push(i);
    }
    frequencyWeights[frequencies.length - 1] += weight[i];
    ageWeights[age.at[i]] += weight[i];
    agePurchases[age.at[i]] += weight[i] * frequency;
    customers += weight[i];
    purchases += weight[i] * frequency;
  }
  return {
    ...{ customers, purchases, ageWeights, agePurchases, weight },
    frequencies: Float64Array.from(frequencies),
    frequencyWeights: Float64Array.from(frequencyWeights),
    frequencyStarts: Uint32Array.from([...frequencyStarts, chosen.length]),
    recencies: recency.levels,
    ages: age.levels,
    recencyAt: recency.at,
    ageAt: age.at,
  };
}

/** The distinct times of some rows. */
function levelsAmong({ levels, at }: LeveledColumn, chosen: Uint32Array, unit: number): LeveledColumn {
  const used: number[] = [];
  const places = new Uint32Array(chosen.length);
  // Few rows do not pay for a list of all times.
  const placeOf = chosen.length * 8 < levels.length ? new Map<number, number>() : new Places(levels.length);
  for (let i = 0; i < chosen.length; i++) {
    const level = at[chosen[i]];
    let place = placeOf.get(level);
    if (place === undefined) {
      place = used.length;
      placeOf.set(level, place);
      used.push(levels[level] / unit);
    }
    places[i] = place;
  }
  return { levels: Float64Array.from(used), at: places };
}

/** A map from small integers. */
class Places {
  private readonly next: Uint32Array;

  constructor(size: number) {
    this.next = new Uint32Array(size);
  }

  get(key: number): number | undefined {
    return this.next[key] === 0 ? undefined : this.next[key] - 1;
  }

  set(key: number, place: number): void {
    this.next[key] = place + 1;
  }
}
