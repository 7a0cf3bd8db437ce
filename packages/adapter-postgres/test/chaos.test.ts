import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { type ChaosOptions, type ChaosReport, runChaos, TcpProxy } from "@eventfold/testing/chaos";
import { assertHistory } from "@eventfold/testing/history";
import { describe, expect, it } from "vitest";
import { testServer } from "./test-server.ts";

const server = await testServer({ dedicated: true, settings: { max_connections: 400 } });
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const timeout = isSoak ? 3_600_000 : 180_000;

/** What processes do that publish to the same eight streams, reach the server through a proxy, and follow the log. */
async function runProcesses(
  orderingGuarantee: OrderingGuarantee,
  options: (link: TcpProxy) => Partial<ChaosOptions>,
): Promise<ChaosReport> {
  const database = await server.createDatabase();
  const open = () => PostgresEventStorageAdapter.open({ connectionString: database, orderingGuarantee });
  await (await open()).close();
  const { proxy, connectionString } = await TcpProxy.start(database);
  const report = await runChaos({
    script: new URL("./processes/chaos-worker.ts", import.meta.url),
    execArgv: ["--conditions=eventfold-source"],
    data: connectionString,
    open,
    ...options(proxy),
  });
  await proxy.stop();
  return report;
}

describe.each<OrderingGuarantee>(["log", "stream"])('processes under "%s"', (orderingGuarantee) => {
  const sizes = isSoak ? { workers: 8, strikes: 100 } : { workers: 3, strikes: 6 };

  it("may be killed, frozen and cut off, and their server crash: what they were told is what the contract allows", {
    timeout,
  }, async () => {
    const report = await runProcesses(orderingGuarantee, (link) => ({ link, server: server.process, ...sizes }));
    assertHistory(report.history, { orderingGuarantee });
    expect(report.strikes).toHaveLength(sizes.strikes);
  });
});

describe.each<OrderingGuarantee>(["log", "category", "stream"])('many processes under "%s"', (orderingGuarantee) => {
  // Nothing strikes them: half a minute, or two seconds, of pauses.
  const sizes = isSoak
    ? { workers: 64, callers: 2, strikes: 60, pauseMs: 1_000 }
    : { workers: 6, strikes: 20, pauseMs: 200 };

  it("store every event once, in one order that every reader sees a part of", { timeout }, async () => {
    const { history } = await runProcesses(orderingGuarantee, () => ({ faults: [], ...sizes }));
    assertHistory(history, { orderingGuarantee });
    const publishers = history.filter((line) => line.kind === "ended" && line.outcome.kind === "stored");
    expect(new Set(publishers.map(({ process }) => process)).size).toBe(sizes.workers);
  });
});
