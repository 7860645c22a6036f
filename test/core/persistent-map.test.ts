import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  emptyMap,
  type MapBranch,
  mapChange,
  mapDelete,
  mapEntries,
  mapGet,
  mapSet,
  mapSize,
  type PersistentMap,
} from "../../src/core/persistent-map.ts";
import { hostileNames } from "../support/hostile.ts";
import { freezeDeep } from "../support/inspect.ts";

function mapOf(keys: Iterable<string>): PersistentMap<number> {
  let map = emptyMap<number>();
  let value = 0;
  for (const key of keys) map = mapSet(map, key, value++);
  return map;
}

describe("a persistent map", () => {
  it("does what a Map does, and leaves every earlier map as it was", () => {
    const key = fc.oneof(fc.constantFrom(...hostileNames), fc.integer({ min: 0, max: 60 }).map(String));
    const change = fc.record({ key, value: fc.oneof(fc.integer(), fc.constant(undefined)) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const twin = new Map<string, number>();
        let map = freezeDeep(emptyMap<number>());
        for (const { key: name, value } of changes) {
          const before = JSON.stringify(map);
          const next = value === undefined ? mapDelete(map, name) : mapSet(map, name, value);
          if (value === undefined) twin.delete(name);
          else twin.set(name, value);
          expect(JSON.stringify(map)).toBe(before);
          expect(mapGet(next, name)).toBe(value);
          expect(mapSize(next)).toBe(twin.size);
          map = freezeDeep(JSON.parse(JSON.stringify(next)) as PersistentMap<number>);
        }
        expect(new Map(mapEntries(map))).toEqual(twin);
      }),
      { numRuns: 100 },
    );
  });

  it("takes many changes at once as it takes them one by one", () => {
    const key = fc.integer({ min: 0, max: 40 }).map(String);
    const changes = fc.array(fc.tuple(key, fc.option(fc.integer(), { nil: undefined })), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 10 }), (batches) => {
        let map = freezeDeep(emptyMap<number>());
        for (const batch of batches) {
          const one = batch.reduce((m, [name, v]) => (v === undefined ? mapDelete(m, name) : mapSet(m, name, v)), map);
          const all = mapChange(map, batch);
          expect(new Map(mapEntries(all))).toEqual(new Map(mapEntries(one)));
          expect(mapSize(all)).toBe(mapSize(one));
          map = freezeDeep(all);
        }
      }),
    );
  });

  it("holds a hundred thousand keys in parts of even size", () => {
    const map = mapOf(Array.from({ length: 100_000 }, (_, i) => `customer ${i}`));
    expect(mapSize(map)).toBe(100_000);
    expect(mapGet(map, "customer 77777")).toBe(77_777);
    expect(mapGet(map, "customer 100000")).toBeUndefined();
    const parts = (map as MapBranch<number>).parts.map((part) => (part === null ? 0 : mapSize(part)));
    expect(Math.min(...parts)).toBeGreaterThan(5800); // 6250 expected; 77 is the standard deviation of a fair hash
    expect(Math.max(...parts)).toBeLessThan(6700);
  });

  it("tells keys apart whose hash is the same, and does not let them fill one list", () => {
    const keys = collidingKeys(5);
    expect(new Set(keys).size).toBe(32);
    const map = mapOf(keys);
    keys.forEach((key, i) => expect(mapGet(map, key)).toBe(i));
    let depth = 0;
    for (let part = map; "parts" in part; depth++) part = part.parts.find((one) => one !== null) ?? emptyMap();
    // Eight levels of the first hash tell nothing; the second hash separates 32 keys within one or two more.
    expect(depth).toBeGreaterThan(8);
    expect(depth).toBeLessThan(12);
  });

  it("is one list when small, again after it was large", () => {
    const keys = Array.from({ length: 17 }, (_, i) => `k${i}`);
    const large = mapOf(keys);
    expect(large).toHaveProperty("parts");
    const small = mapDelete(large, "k3");
    expect(small).toHaveProperty("entries");
    expect([...mapEntries(small)].map(([key]) => key).sort()).toEqual(keys.filter((key) => key !== "k3").sort());
    expect(mapDelete(small, "k3")).toBe(small);
    expect(mapDelete(large, "absent")).toBe(large);
  });
});

/**
 * 2^blocks keys with one FNV-1a hash: from each state two different blocks of two characters lead to the same next state
 * (Joux 2004, multicollisions in iterated hash functions).
 */
function collidingKeys(blocks: number): string[] {
  let keys = [""];
  let state = 0x811c9dc5;
  for (let block = 0; block < blocks; block++) {
    const seen = new Map<number, string>();
    for (let i = 0; ; i++) {
      const [first, second] = [Math.imul(i, 48_271) & 0xffff, Math.imul(i, 69_621) >>> 16];
      const next = Math.imul(Math.imul(state ^ first, 0x01000193) ^ second, 0x01000193);
      const text = String.fromCharCode(first, second);
      const other = seen.get(next);
      if (other !== undefined && other !== text) {
        keys = keys.flatMap((key) => [key + text, key + other]);
        state = next;
        break;
      }
      seen.set(next, text);
    }
  }
  return keys;
}
