import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import type { OrderingGuarantee } from "@eventfold/store";
import { type ChaosOptions, type ChaosReport, runChaos, TcpProxy } from "@eventfold/testing/chaos";
import { assertHistory } from "@eventfold/testing/history";
import { describe, expect, it } from "vitest";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const server = await testServer({ dedicated: true, settings: { max_connections: 400 } });
const [version] = await queryRows(server.connectionString, "select current_setting('server_version_num')::int");
const isSince17 = Number(version) >= 170_000;
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const timeout = isSoak ? 3_600_000 : 180_000;

/**
 * Every day one guarantee is enough for what does not depend on it, the one whose readers go through the barrier; and processes that nothing
 * strikes are watched under the one under which no others are struck.
 */
const ODDLY_SET: readonly OrderingGuarantee[] = isSoak ? ["log", "stream"] : ["stream"];
const CROWDED: readonly OrderingGuarantee[] = isSoak ? ["log", "category", "stream"] : ["category"];

/** What processes do that publish to the same eight streams, reach the server through a proxy, and follow the log. */
async function runProcesses(
  orderingGuarantee: OrderingGuarantee,
  options: (link: TcpProxy) => Partial<ChaosOptions>,
  settings: Readonly<Record<string, string>> = {},
): Promise<ChaosReport> {
  const database = await server.createDatabase();
  for (const [setting, value] of Object.entries(settings)) {
    await queryRows(database, `alter database "${new URL(database).pathname.slice(1)}" set ${setting} = ${value}`);
  }
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
  const sizes = isSoak ? { workers: 8, strikes: 100 } : { workers: 3, strikes: 4 };

  it("are answered as the contract allows, even when they are killed, frozen or cut off, or their server crashes", {
    timeout,
  }, async () => {
    const report = await runProcesses(orderingGuarantee, (link) => ({ link, server: server.process, ...sizes }));
    assertHistory(report.history, { orderingGuarantee });
    expect(report.strikes).toHaveLength(sizes.strikes);
  });
});

describe.each(ODDLY_SET)('processes of odd settings under "%s"', (orderingGuarantee) => {
  const sizes = isSoak ? { workers: 8, strikes: 60 } : { workers: 2, strikes: 3 };
  const settings = {
    default_transaction_isolation: "'serializable'",
    extra_float_digits: "0",
    datestyle: "'SQL, DMY'",
    intervalstyle: "'iso_8601'",
    bytea_output: "'escape'",
    standard_conforming_strings: "off",
    quote_all_identifiers: "on",
    lock_timeout: "'700ms'",
    statement_timeout: "'5s'",
    idle_in_transaction_session_timeout: "'1s'",
    ...(isSince17 ? { transaction_timeout: "'2s'" } : {}),
  };

  it("are answered as the contract allows, whatever their role, session and driver are set to", {
    timeout,
  }, async () => {
    const script = new URL("./processes/chaos-worker-of-odd-settings.ts", import.meta.url);
    const striking = (link: TcpProxy) => ({ link, server: server.process, script, ...sizes });
    const report = await runProcesses(orderingGuarantee, striking, settings);
    assertHistory(report.history, { orderingGuarantee });
    expect(report.strikes).toHaveLength(sizes.strikes);
  });
});

describe.each(CROWDED)('many processes under "%s"', (orderingGuarantee) => {
  // Nothing strikes them: a strike is a pause here.
  const sizes = isSoak
    ? { workers: 64, callers: 2, strikes: 60, pauseMs: 1_000 }
    : { workers: 4, strikes: 6, pauseMs: 200 };

  it("store every event once, in one order that every reader sees a part of", { timeout }, async () => {
    const { history } = await runProcesses(orderingGuarantee, () => ({ faults: [], ...sizes }));
    assertHistory(history, { orderingGuarantee });
    const publishers = history.filter((line) => line.kind === "ended" && line.outcome.kind === "stored");
    expect(new Set(publishers.map(({ process }) => process)).size).toBe(sizes.workers);
  });
});
