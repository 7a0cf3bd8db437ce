import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { runChaos, TcpProxy } from "@eventfold/testing/chaos";
import { assertHistory } from "@eventfold/testing/history";
import { describe, expect, it } from "vitest";
import { testServer } from "./test-server.ts";

const server = await testServer({ dedicated: true, settings: { max_connections: 400 } });
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const sizes = isSoak ? { workers: 8, strikes: 100 } : { workers: 3, strikes: 6 };

describe.each<OrderingGuarantee>(["log", "stream"])('processes under "%s"', (orderingGuarantee) => {
  it("may be killed, frozen and cut off, and their server crash: what they were told is what the contract allows", {
    timeout: isSoak ? 3_600_000 : 180_000,
  }, async () => {
    const database = await server.createDatabase();
    const open = () => PostgresEventStorageAdapter.open({ connectionString: database, orderingGuarantee });
    await (await open()).close();
    const { proxy, connectionString } = await TcpProxy.start(database);
    const report = await runChaos({
      script: new URL("./processes/chaos-worker.ts", import.meta.url),
      execArgv: ["--conditions=eventfold-source"],
      data: connectionString,
      open,
      link: proxy,
      server: server.process,
      ...sizes,
    });
    await proxy.stop();
    assertHistory(report.history, { orderingGuarantee });
    expect(report.strikes).toHaveLength(sizes.strikes);
  });
});
