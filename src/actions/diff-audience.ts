import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";

/** Which segment one customer is in. */
export interface AudienceMember {
  /** Who: what the other system knows the customer by. */
  readonly id: string;
  /** The segment's name. */
  readonly segment: string;
}

/** Who is in which segment: every customer once. */
export type Audience = readonly AudienceMember[];

/** A customer who is in another segment than before. */
export interface ChangedMember extends AudienceMember {
  /** The segment before. */
  readonly from: string;
  /** The segment now; the same as `segment`. */
  readonly to: string;
}

/** What is to be told to another system. Result of {@link diffAudience}. */
export interface AudienceDiff {
  /** Who is new, in the order of `next`. */
  readonly added: readonly AudienceMember[];
  /** Who has left, with the last segment, in the order of `previous`. */
  readonly removed: readonly AudienceMember[];
  /** Who is in another segment, in the order of `next`. */
  readonly changed: readonly ChangedMember[];
}

const nobody = 0xffffffff;

/**
 * Compares two audiences: who joined, who left and who changed the segment since the last time another system was told.
 *
 * Ids and segments are compared character by character. A customer has one segment: an id that stands twice in an audience
 * is refused, since which of the two segments the other system should show is not for a diff to guess.
 *
 * @param previous - what the other system was told last; empty the first time.
 * @param next - who is in which segment now.
 * @returns additions and changes in the order of `next`, removals in the order of `previous`; all empty when nothing changed.
 * @throws {ClienteleError} `invalid-value` at the first member that is none, or whose id stood before; `shape-mismatch` for
 * what is no list. Cost: a hash lookup per member; a comparison where the ids of both ascend.
 * @example
 * const before = [{ id: "ann", segment: "new" }, { id: "ben", segment: "loyal" }];
 * const now = [{ id: "ann", segment: "loyal" }, { id: "cleo", segment: "new" }];
 * diffAudience(before, now);
 * // { added: [{ id: "cleo", segment: "new" }], removed: [{ id: "ben", segment: "loyal" }],
 * //   changed: [{ id: "ann", segment: "loyal", from: "new", to: "loyal" }] }
 */
export function diffAudience(previous: Audience, next: Audience): AudienceDiff {
  const caller = "diffAudience";
  checkAudience(caller, "previous", previous);
  checkAudience(caller, "next", next);
  const places = isAscending(previous) && isAscending(next) ? placesInOrder(previous, next) : placesByName(caller, previous, next); // prettier-ignore
  const stays = new Uint8Array(previous.length);
  const added: AudienceMember[] = [];
  const removed: AudienceMember[] = [];
  const changed: ChangedMember[] = [];
  for (let i = 0; i < next.length; i++) {
    const { id, segment } = next[i];
    const place = places[i];
    if (place === nobody) {
      added.push({ id, segment });
      continue;
    }
    if (stays[place] === 1) refuseRepeated(caller, "next", i);
    stays[place] = 1;
    const from = previous[place].segment;
    if (from !== segment) changed.push({ id, segment, from, to: segment });
  }
  for (let i = 0; i < previous.length; i++) {
    if (stays[i] === 0) removed.push({ id: previous[i].id, segment: previous[i].segment });
  }
  return { added, removed, changed };
}

/**
 * Refuses what is no list of members.
 *
 * @param caller - the public function.
 * @param path - what the list is called.
 * @param audience - what the user passed.
 */
export function checkAudience(caller: string, path: string, audience: unknown): asserts audience is Audience {
  if (!Array.isArray(audience)) refuse(caller, "shape-mismatch", path, "a list of members", describeValue(audience));
  for (let i = 0; i < audience.length; i++) {
    const member = audience[i] as AudienceMember | null | undefined;
    if (typeof member?.id === "string" && typeof member.segment === "string") continue;
    if (!isRecord(member)) refuse(caller, "invalid-value", `${path}[${i}]`, "{ id, segment }", describeCell(member));
    const field = typeof member.id === "string" ? "segment" : "id";
    refuse(caller, "invalid-value", `${path}[${i}].${field}`, "a string", describeCell(member[field]));
  }
}

/** Whether the ids ascend by code units: then none stands twice, and nothing need be looked up. */
function isAscending(audience: Audience): boolean {
  for (let i = 1; i < audience.length; i++) if (!(audience[i - 1].id < audience[i].id)) return false;
  return true;
}

/** Where in `previous` each member of `next` stands, both in ascending order. */
function placesInOrder(previous: Audience, next: Audience): Uint32Array {
  const places = new Uint32Array(next.length).fill(nobody);
  let place = 0;
  for (let i = 0; i < next.length; i++) {
    const { id } = next[i];
    while (place < previous.length && previous[place].id < id) place++;
    if (place < previous.length && previous[place].id === id) places[i] = place;
  }
  return places;
}

/** Where in `previous` each member of `next` stands; refuses ids that stand twice in `previous` or are new and stand twice. */
function placesByName(caller: string, previous: Audience, next: Audience): Uint32Array {
  const placeById = new Map<string, number>();
  for (let i = 0; i < previous.length; i++) {
    placeById.set(previous[i].id, i);
    if (placeById.size <= i) refuseRepeated(caller, "previous", i);
  }
  const places = new Uint32Array(next.length).fill(nobody);
  const fresh = new Set<string>();
  for (let i = 0; i < next.length; i++) {
    const { id } = next[i];
    const place = placeById.get(id);
    if (place !== undefined) places[i] = place;
    else if (fresh.has(id)) refuseRepeated(caller, "next", i);
    else fresh.add(id);
  }
  return places;
}

function refuseRepeated(caller: string, path: string, i: number): never {
  return refuse(caller, "invalid-value", `${path}[${i}].id`, "an id that did not stand before", "a repeated one");
}
