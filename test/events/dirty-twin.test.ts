import {
  deduplicateEvents,
  filterBots,
  filterConsent,
  type LogReport,
  readEvents,
  sessionize,
  stitchIdentities,
} from "clientele/events";
import { groupCount } from "clientele/tables";
import { expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { browser, dirtyTwin, type TrackedRow } from "../support/dirty-twin.ts";
import { bitsOf } from "../support/inspect.ts";

const columns = { id: "id", customer: "who", type: "what", time: "at", extra: { agent: "agent" } };

/** Names that some users bear in place of their number; none stands for nobody. */
const hostile = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "10", "2", "1e3", "2024-01-01", "a.b[0]'\"\\"],
  ...[
    "\ud800 lone \udc00",
    "\ufffe\uffff",
    "\u202eevil\u202c",
    "</text><script>alert(1)</script>",
    "客户细分",
    "phone",
  ],
];

describeWithData("a dirty twin of the simple shop", ["simple_shop"], () => {
  const expected = readDataJson<{ sessions_30min: { sessions: number; users: number; events: number } }>("simple_shop/expected.json"); // prettier-ignore
  const nameOf = new Map<string, string>();
  const clean = readDataRows("simple_shop/simple_shop.csv.gz").map((row, i): TrackedRow => {
    const user = row["user_id"];
    if (!nameOf.has(user)) nameOf.set(user, hostile[nameOf.size / 40] ?? user);
    const at = Math.floor(Date.parse(`${row["timestamp"].replace(" ", "T")}Z`));
    return { id: `e${i}`, who: nameOf.get(user)!, what: row["event"], at, agent: browser };
  });
  const twin = dirtyTwin(clean, 5);
  const { planted } = twin;

  const read = readEvents(twin.rows, columns);
  const unique = deduplicateEvents(read.log);
  const human = filterBots(unique.log, { bots: twin.bots, userAgent: "agent", maxEventsPerMinute: 60 });
  const stitched = stitchIdentities(human.log, twin.links, { kinds: ["user", "device"] });
  const allowed = filterConsent(stitched.log, { consents: twin.consents, purpose: "analytics" });

  it("bears every hostile name, and no two users the same", () => {
    const names = new Set(nameOf.values());
    expect(names.size).toBe(nameOf.size);
    expect(hostile.filter((name) => !names.has(name))).toEqual([]);
  });

  it("becomes the log of the clean file, bit for bit", () => {
    const wanted = readEvents(clean, columns).log;
    expect(allowed.log.length).toBe(35_381);
    expect(allowed.log.customer.names).toEqual(wanted.customer.names);
    expect(bitsOf(allowed.log)).toBe(bitsOf(wanted));
  });

  it("has the sessions that pandas counts in the clean file, though users change devices within them", () => {
    const sessions = sessionize(allowed.log);
    expect(groupCount(sessions)).toBe(expected.sessions_30min.sessions);
    expect(allowed.log.customer.names).toHaveLength(expected.sessions_30min.users);
    expect(groupCount(sessionize(human.log))).toBeGreaterThan(2 * expected.sessions_30min.sessions);
  });

  it("drops for each reason exactly what was planted", () => {
    expect(read.report.rejectedCount).toEqual({ "missing-customer": planted.missingCustomers, "missing-time": planted.missingTimes }); // prettier-ignore
    expect(unique.report.dropped).toEqual({ duplicate: planted.duplicates, conflict: planted.conflicts });
    expect(human.report.dropped).toEqual({ "listed-bot": planted.listedBots, "bot-agent": planted.botAgents, "event-rate": planted.fastBots }); // prettier-ignore
    expect(stitched.report.dropped).toEqual({});
    expect(allowed.report.dropped).toEqual({ "no-consent": planted.strangers, "before-consent": planted.early, withdrawn: planted.withdrawn }); // prettier-ignore
    expect(stitched.report.links.refused).toEqual({ placeholder: planted.placeholderLinks, hub: planted.hubLinks });
    expect(stitched.report.links).toMatchObject({ read: twin.links.length, used: 2 * nameOf.size });
    expect(stitched.conflicts).toEqual([]);
    expect(stitched.identities).toHaveLength(nameOf.size);
  });

  it("adds up from step to step to the rows that came in", () => {
    const total = (counts: Readonly<Record<string, number>>): number =>
      Object.values(counts).reduce((a, b) => a + b, 0);
    const steps: readonly { log: { length: number }; report: LogReport }[] = [unique, human, stitched, allowed];
    expect(read.report.read).toBe(twin.rows.length);
    expect(read.report.accepted + total(read.report.rejectedCount)).toBe(twin.rows.length);
    let rows = read.report.accepted;
    let dropped = total(read.report.rejectedCount);
    for (const { log, report } of steps) {
      expect(report.read).toBe(rows);
      expect(report.kept + total(report.dropped)).toBe(report.read);
      expect(log.length).toBe(report.kept);
      rows = report.kept;
      dropped += total(report.dropped);
    }
    expect(rows + dropped).toBe(twin.rows.length);
    expect(rows).toBe(clean.length);
  });
});
