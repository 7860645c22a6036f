import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  emptyQueue,
  type PersistentQueue,
  queueAdd,
  queueEntries,
  queueNext,
  queueOf,
  queueTake,
} from "../../src/core/persistent-queue.ts";
import { freezeDeep } from "../support/inspect.ts";

describe("a persistent queue", () => {
  it("does what a sorted list does, and leaves every earlier queue as it was", () => {
    const change = fc.option(fc.integer({ min: 0, max: 30 }), { freq: 2 });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        let twin: (readonly [number, number])[] = [];
        let queue: PersistentQueue<number> = freezeDeep(emptyQueue());
        changes.forEach((time, item) => {
          if (time !== null) {
            queue = freezeDeep(queueAdd(queue, time, item));
            twin.push([time, item]);
          } else if (twin.length > 0) {
            const next = Math.min(...twin.map(([at]) => at));
            expect(queueNext(queue)).toBe(next);
            const { taken, rest } = queueTake(queue);
            expect(taken.toSorted((a, b) => a - b)).toEqual(twin.flatMap(([at, i]) => (at === next ? [i] : [])));
            twin = twin.filter(([at]) => at !== next);
            queue = freezeDeep(rest);
          }
        });
        const order = (a: readonly [number, number], b: readonly [number, number]): number =>
          a[0] - b[0] || a[1] - b[1];
        expect(queueEntries(queue).toSorted(order)).toEqual(twin.toSorted(order));
        expect(JSON.parse(JSON.stringify(queue))).toEqual(queue);
      }),
    );
  });

  it("keeps few runs however many timers come, and drops what was taken", () => {
    let queue = emptyQueue<number>();
    for (let i = 0; i < 20_000; i++) queue = queueAdd(queue, (i * 7919) % 20_011, i);
    expect(queue.runs.length).toBeLessThan(12);
    for (let i = 0; i < 19_000; i++) queue = queueTake(queue).rest;
    const stored = queue.runs.reduce((sum, { items }) => sum + items.length, queue.fresh.items.length);
    expect(queueEntries(queue).length).toBe(1000);
    expect(stored).toBeLessThan(2100);
  });

  it("is empty at first, and made of any timers at once", () => {
    expect(queueNext(emptyQueue())).toBe(Infinity);
    expect(queueOf([])).toEqual(emptyQueue());
    expect(queueNext(queueOf([[3, "b"], [1, "a"]]))).toBe(1); // prettier-ignore
  });
});
