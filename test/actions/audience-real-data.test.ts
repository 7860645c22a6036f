import { type Audience, audiencePayloads, diffAudience, planRetry, toCsv } from "clientele/actions";
import { deriveRfm, labelRfmSegments, scoreRfm } from "clientele/features";
import { expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { retailLog } from "../support/retail.ts";
import { parseStrictCsv } from "../support/strict-csv.ts";

const segmentsOf = (audience: Audience): Map<string, string> =>
  new Map(audience.map(({ id, segment }) => [id, segment]));

describeWithData(
  "audiences of Online Retail",
  ["online_retail/online_retail.csv.gz", "online_retail/expected.json"],
  () => {
    const log = retailLog();
    const audienceAt = (asOf: number): Audience => {
      const rfm = deriveRfm(log, { asOf, purchase: "buy", order: "order" });
      const { labels, names } = labelRfmSegments(scoreRfm(rfm).scores);
      return rfm.ids.flatMap((id, row) => (labels[row] < 0 ? [] : [{ id, segment: names[labels[row]] }]));
    };
    const [before, after] = [audienceAt(Date.UTC(2011, 10, 10)), audienceAt(Date.UTC(2011, 11, 10))];
    const { customers } = readDataJson<{ rfm_clean_sales_at_2011_12_10: { customers: number } }>("online_retail/expected.json").rfm_clean_sales_at_2011_12_10; // prettier-ignore

    it("tells HubSpot of everyone the first time, and then of a month's changes only, to the same end", () => {
      const first = diffAudience([], after);
      expect(first.added).toHaveLength(customers);
      expect(audiencePayloads(first, { target: "hubspot" })).toHaveLength(Math.ceil(customers / 100));
      const diff = diffAudience(before, after);
      // Who once bought stays a buyer, so nobody leaves; a month brings new buyers and moves others.
      expect(diff.removed).toEqual([]);
      expect(before.length + diff.added.length).toBe(customers);
      expect(diff.changed.length).toBeGreaterThan(100);
      const told = audiencePayloads(diff, { target: "webhook" }).flatMap(({ body }) => body.members as { id: string; to: string }[]); // prettier-ignore
      const shown = segmentsOf(before);
      for (const { id, to } of told) shown.set(id, to);
      expect(shown).toEqual(segmentsOf(after));
    });

    it("delivers all of them to a Salesforce that fails every third record and every second request, in the end", () => {
      let open = audiencePayloads(diffAudience([], after), { target: "salesforce" });
      let delivered = 0;
      let attempt = 0;
      while (open.length > 0) {
        attempt++;
        const answers = open.map(({ body }, i) => {
          if (i % 2 === 1) return { status: 503 };
          const records = body.records as unknown[];
          return { status: 200, body: records.map((_, r) => r % 3 === 2 ? { success: false, errors: [{ statusCode: "UNABLE_TO_LOCK_ROW" }] } : { success: true, errors: [] }) }; // prettier-ignore
        });
        const plan = planRetry(open, answers, { now: 0, attempt, mostAttempts: 50 });
        delivered += plan.delivered;
        expect(plan.givenUp).toEqual([]);
        open = plan.retry.map(({ payload }) => payload);
      }
      expect(delivered).toBe(customers);
    });

    it("writes them as a file that reads back", () => {
      const rows = parseStrictCsv(toCsv(after.map(({ id, segment }) => ({ id, segment }))));
      expect(new Map(rows.map(({ id, segment }) => [id, segment]))).toEqual(segmentsOf(after));
    });
  },
);

describeWithData("audiences of simple_shop", ["simple_shop/simple_shop.csv.gz", "simple_shop/expected.json"], () => {
  const rows = readDataRows("simple_shop/simple_shop.csv.gz");
  const counts = readDataJson<{ counts: { users: number; users_per_event_type: Readonly<Record<string, number>> } }>("simple_shop/expected.json").counts; // prettier-ignore

  /** How far each visitor of the first so many events came. */
  const audienceOf = (events: number): Audience => {
    const found = new Map<string, string>();
    for (const { user_id: id, event } of rows.slice(0, events)) {
      const paid = event === "payment_done" || found.get(id) === "paid";
      found.set(id, paid ? "paid" : event === "cart" || found.get(id) === "cart" ? "cart" : "visitor");
    }
    return Array.from(found, ([id, segment]) => ({ id, segment }));
  };

  it("counts who came how far as the reference does, and moves nobody back", () => {
    const [half, all] = [audienceOf(rows.length / 2), audienceOf(rows.length)];
    const { added, removed, changed } = diffAudience(half, all);
    expect(half.length + added.length).toBe(counts.users);
    expect(removed).toEqual([]);
    const paid = (audience: Audience): number => audience.filter(({ segment }) => segment === "paid").length;
    expect(paid(all)).toBe(counts.users_per_event_type.payment_done);
    expect(paid(half) + paid(added) + changed.filter(({ to }) => to === "paid").length).toBe(paid(all));
    expect(changed.every(({ from, to }) => from !== "paid" && to !== "visitor")).toBe(true);
    expect(audiencePayloads(diffAudience([], all), { target: "marketo" })).toHaveLength(Math.ceil(counts.users / 300));
  });
});
