import { dayMs } from "../core/durations.ts";
import { refuse } from "../core/errors.ts";
import type { ReadOptions } from "../core/options.ts";
import { codesColumn, type EventLog, typeMask } from "../tables/event-log.ts";
import { type Codes, missingCode } from "../tables/codes.ts";
import { stringOrder } from "../numeric/string-order.ts";
import { type PathOptions, pathsOf, type PathTable, withGoals } from "./paths.ts";

/** Paths of touches with how often each ended in conversions and how often in nothing: what attribution works on. */
export interface TouchPaths {
  /** Names of the channels, in the order of the result. */
  readonly channels: readonly string[];
  /** Position in `channels` of each touch, path after path. */
  readonly codes: Uint32Array;
  /** Where each path begins, then the number of touches; no path is empty. */
  readonly starts: Uint32Array;
  /** Conversions at the end of each path. */
  readonly conversions: Float64Array;
  /** Their value. */
  readonly values: Float64Array;
  /** How often each path ended without a conversion. */
  readonly nulls: Float64Array;
  /** Days from each touch to the conversion at the end of its path; read by `"time-decay"` only. */
  readonly ageDays: Float64Array;
}

/** Conversions that no touch came before. */
export interface Unattributed {
  /** How many. */
  readonly conversions: number;
  /** Their value. */
  readonly value: number;
}

/** Touch paths as a log has them, with everything that is not in them. */
export interface LogTouches {
  readonly paths: TouchPaths;
  readonly unattributed: Unattributed;
  /** Events that could be touches, but name no channel. */
  readonly withoutChannel: number;
  /** Touches too long before their conversion. */
  readonly outdated: number;
  /** Conversions without a value, taken as worth 0. */
  readonly withoutValue: number;
  /** Events of other types. */
  readonly ignored: number;
  /** Groups with events, but without a touch or a conversion. */
  readonly emptied: number;
}

/** Options that say what a touch and a conversion are. */
export interface TouchOptions extends PathOptions {
  /** Event type, or types, that are conversions. */
  readonly goal: string | readonly string[];
  /** Column of `log.extra` that names the channel of an event; `"type"`: each event type is a channel. */
  readonly channel: string;
  /** Column of `log.extra` with what a conversion was worth; default: the value of the event. */
  readonly value?: string | undefined;
  /** Days before a conversion from which on touches count for it; earlier ones do not. Default: all count. */
  readonly lookbackDays?: number | undefined;
}

/**
 * Reads touches and conversions off a log: a conversion ends a path, what follows begins another one, and what no conversion
 * follows is a null path.
 *
 * @param caller - the public function.
 * @param log - any log; checked here.
 * @param options - read options.
 * @returns a path per conversion with touches and per rest without conversion. Cost: three passes over the rows.
 */
export function touchPathsOf(
  caller: string,
  log: EventLog,
  options: ReadOptions<TouchOptions, "per" | "states" | "value" | "lookbackDays">,
): LogTouches {
  const { goal, channel, value, lookbackDays = Infinity, per, states, selfLoops } = options;
  const goals = typeof goal === "string" ? [goal] : goal;
  const steps = pathsOf(caller, log, { per, states: withGoals(states, goals), selfLoops: "keep" });
  const isGoal = typeMask(log, goals);
  const { channels, channelOf } = channelsOf(caller, log, steps, { channel, states, isGoal });
  const valueOf = valuesOf(caller, log, value);
  const groups = steps.starts.length - 1;
  const most = steps.codes.length + groups;
  const paths = {
    channels,
    codes: new Uint32Array(steps.codes.length),
    starts: new Uint32Array(most + 1),
    conversions: new Float64Array(most),
    values: new Float64Array(most),
    nulls: new Float64Array(most),
    ageDays: new Float64Array(steps.codes.length),
  };
  const unattributed = { conversions: 0, value: 0 };
  let [touches, count, withoutChannel, withoutValue, outdated] = [0, 0, 0, 0, 0];
  // Ends the path of the touches from `first` on: leaves out what is too old, then what repeats the touch before it.
  const close = (first: number, end: number): void => {
    let kept = first;
    for (let i = first; i < touches; i++) {
      const age = (end - paths.ageDays[i]) / dayMs;
      if (age > lookbackDays) {
        outdated++;
      } else if (selfLoops === "keep" || kept === first || paths.codes[kept - 1] !== paths.codes[i]) {
        paths.codes[kept] = paths.codes[i];
        paths.ageDays[kept++] = age;
      }
    }
    touches = kept;
  };
  for (let group = 0; group < groups; group++) {
    let first = touches;
    for (let step = steps.starts[group]; step < steps.starts[group + 1]; step++) {
      const row = steps.rows[step];
      if (isGoal[log.type.codes[row]] === 0) {
        if (channelOf[step] === missingCode) withoutChannel++;
        else {
          paths.codes[touches] = channelOf[step];
          paths.ageDays[touches++] = log.time[row];
        }
        continue;
      }
      let worth = valueOf[row];
      if (Number.isNaN(worth)) {
        withoutValue++;
        worth = 0;
      }
      close(first, log.time[row]);
      if (touches === first) {
        unattributed.conversions++;
        unattributed.value += worth;
        continue;
      }
      paths.conversions[count] = 1;
      paths.values[count] = worth;
      paths.starts[++count] = touches;
      first = touches;
    }
    if (touches > first) {
      // There is no conversion to be too old for.
      close(first, -Infinity);
      paths.nulls[count] = 1;
      paths.starts[++count] = touches;
    }
  }
  return {
    paths: {
      channels,
      codes: paths.codes.subarray(0, touches),
      starts: paths.starts.subarray(0, count + 1),
      conversions: paths.conversions.subarray(0, count),
      values: paths.values.subarray(0, count),
      nulls: paths.nulls.subarray(0, count),
      ageDays: paths.ageDays.subarray(0, touches),
    },
    unattributed,
    withoutChannel,
    outdated,
    withoutValue,
    ignored: steps.ignored,
    emptied: steps.emptied,
  };
}

/** The channels, and that of each step. */
function channelsOf(
  caller: string,
  log: EventLog,
  steps: PathTable,
  { channel, states, isGoal }: { channel: string; states: readonly string[] | undefined; isGoal: Uint8Array },
): { channels: readonly string[]; channelOf: Uint32Array } {
  const column: Codes = channel === "type" ? log.type : codesColumn(caller, log, "options.channel", channel);
  const isUsed = new Uint8Array(column.names.length);
  for (const row of steps.rows) {
    const code = column.codes[row];
    if (code !== missingCode && isGoal[log.type.codes[row]] === 0) isUsed[code] = 1;
  }
  const codes = Array.from(isUsed.keys()).filter((code) => isUsed[code] === 1);
  const names = codes.map((code) => column.names[code]);
  const goals = new Set(log.type.names.filter((_, code) => isGoal[code] === 1));
  const channels =
    channel === "type" && states !== undefined
      ? states.filter((name) => !goals.has(name))
      : Array.from(stringOrder(names), (at) => names[at]);
  const positions = new Map(channels.map((name, position) => [name, position]));
  const positionOf = new Uint32Array(column.names.length).fill(missingCode);
  for (const code of codes) positionOf[code] = positions.get(column.names[code]) ?? missingCode;
  const channelOf = steps.rows.map((row) => positionOf[column.codes[row]] ?? missingCode);
  return { channels, channelOf };
}

function valuesOf(caller: string, log: EventLog, name: string | undefined): Float64Array {
  if (name === undefined) return log.value;
  const column = Object.hasOwn(log.extra, name) ? log.extra[name] : undefined;
  if (column instanceof Float64Array && column.length === log.length) return column;
  refuse(caller, "invalid-option", "options.value", "a column of numbers in log.extra", "another name");
}
