import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { runChaos, TcpProxy } from "@eventfold/testing/chaos";
import { assertHistory } from "@eventfold/testing/history";
import { describe, expect, it } from "vitest";
import { testServer } from "./test-server.ts";

const server = await testServer({ dedicated: true });
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const strikes = isSoak ? 200 : 10;

describe.each<OrderingGuarantee>(["log", "stream"])('under "%s"', (orderingGuarantee) => {
  it("processes that are killed, frozen and cut off, on a server that crashes, leave a history that the contract allows", async () => {
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
      strikes,
    });
    await proxy.stop();
    assertHistory(report.history, { orderingGuarantee });
    expect(report.strikes).toHaveLength(strikes);
  });
});
