import { Client } from "pg";

/** Runs a statement on a connection of its own and returns the values of all rows, in one list. */
export async function queryRows(connectionString: string, text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const results = [await client.query<unknown[]>({ text, values, rowMode: "array" })].flat();
    return results.at(-1)?.rows.flat() ?? [];
  } finally {
    await client.end();
  }
}
