import { type StartPostgresOptions, startPostgres } from "@eventfold/testing/postgres";
import { afterAll } from "vitest";

/** A server for the tests of a file, gone when they are over. */
export async function testServer(options: StartPostgresOptions = {}) {
  const server = await startPostgres(options);
  afterAll(() => server.stop());
  return server;
}
