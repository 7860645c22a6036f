// The load test: tsx examples/service/load.ts --url http://127.0.0.1:8080
// So many connections, each with one request at a time under way, for so many seconds; events of a made-up shop.
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { randomOf } from "clientele/core";

const { values: flags } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080" },
    seconds: { type: "string", default: "10" },
    connections: { type: "string", default: "64" },
    batch: { type: "string", default: "1" },
    customers: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
  },
});
const [seconds, connections, batch, customers, seed] = [
  flags.seconds,
  flags.connections,
  flags.batch,
  flags.customers,
  flags.seed,
].map(Number);
const random = randomOf(seed);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const run = Date.now();
const types = ["view", "view", "view", "view", "cart", "cart", "purchase"];
let made = 0;

/** An event as a shop's page would send it; ids do not repeat from run to run. */
function event(): object {
  const type = types[random.integer(types.length)];
  const id = `${run}-${++made}`;
  const customer = `customer-${random.integer(customers)}`;
  const value = type === "purchase" ? 5 + random.integer(200) : undefined;
  return { id, customer, type, time: Date.now(), value, cart: `c${random.integer(3)}` };
}

function post(path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(flags.url + path, { method: "POST", agent, headers }, (response) => {
      response.on("data", () => undefined).on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject).end(body);
  });
}

const latencies: number[] = [];
let failed = 0;
const began = performance.now();
const until = began + seconds * 1000;

async function connection(): Promise<void> {
  while (performance.now() < until) {
    const body = JSON.stringify(batch === 1 ? event() : Array.from({ length: batch }, event));
    const at = performance.now();
    if ((await post("/events", body)) === 200) latencies.push(performance.now() - at);
    else failed++;
  }
}

await Promise.all(Array.from({ length: connections }, connection));
const took = (performance.now() - began) / 1000;
agent.destroy();
latencies.sort((a, b) => a - b);
const quantile = (share: number): string => latencies[Math.floor(share * (latencies.length - 1))].toFixed(1);
console.log(
  `${batch} per request, ${connections} connections: ${Math.round(latencies.length / took)} requests/s, ` +
    `${Math.round((latencies.length * batch) / took)} events/s, p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, ` +
    `longest ${quantile(1)} ms, ${failed} refused`,
);
