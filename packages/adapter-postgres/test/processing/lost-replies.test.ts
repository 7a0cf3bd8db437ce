import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { TcpProxy } from "@eventfold/testing/chaos";
import { afterAll, describe, expect, it } from "vitest";
import { testServer } from "../test-server.ts";
import { everyCall } from "./every-call.ts";

const server = await testServer();
const { proxy, connectionString } = await TcpProxy.start(server.connectionString);
afterAll(() => proxy.stop());

/** Lets the next call be carried out, and its reply be lost. */
function loseReply(): void {
  let isSent = false;
  let isCut = false;
  proxy.toServer = (bytes) => {
    isSent ||= bytes.includes("select * from");
    return "pass";
  };
  proxy.toClient = () => {
    if (!isSent || isCut) return "pass";
    isCut = true;
    return "cut";
  };
}

/** An answer without ids and times, and without the counters of beats, which a repeat raises. */
function comparable(answer: unknown): unknown {
  const text = JSON.stringify(answer ?? null, (key, value: unknown) =>
    ["beat", "beatAtMs", "parkedAtMs"].includes(key) ? undefined : value,
  );
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "id"));
}

async function answersOf(schema: string, before: () => void): Promise<readonly unknown[]> {
  // Unprepared, so that the proxy can tell a call from what else is sent.
  const options = { connectionString, schema, notifications: false, preparedStatements: false };
  const adapter = await PostgresProcessingStorageAdapter.open(options);
  const answers: unknown[] = [];
  for (const call of everyCall(adapter.storage)) {
    before();
    answers.push(comparable(await call()));
  }
  await adapter.close();
  return answers;
}

describe("a call whose reply is lost", () => {
  it("is made again, and answered as the first one was", async () => {
    const expected = await answersOf("kept", () => {});
    const answers = await answersOf("lost", loseReply);
    const EVICTION = expected.findIndex((answer) => JSON.stringify(answer) === '["id"]');
    expect(answers.toSpliced(EVICTION, 1)).toEqual(expected.toSpliced(EVICTION, 1));
    expect(answers[EVICTION]).toEqual([]); // only the first call tells
  });

  it("and cannot be made again in time, may have been carried out", async () => {
    const options = { connectionString, schema: "late", notifications: false, writeTimeoutMs: 2_000 };
    const adapter = await PostgresProcessingStorageAdapter.open({ ...options, preparedStatements: false });
    const [register = async () => {}] = everyCall(adapter.storage);
    let isSent = false;
    proxy.toServer = (bytes) => {
      isSent ||= bytes.includes("select * from");
      return "pass";
    };
    proxy.toClient = () => (isSent ? "cut" : "pass");
    await expect(register()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE", isRetryable: true });
    proxy.restore();
    expect(await register()).toMatchObject([{ id: 1 }, { id: 2 }]);
    await adapter.close();
  });
});
