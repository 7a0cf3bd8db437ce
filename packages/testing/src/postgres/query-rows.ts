import { Client } from "pg";

/** Runs one statement on a connection of its own and returns the rows, each as its values. */
export async function queryRows(connectionString: string, text: string): Promise<readonly (readonly unknown[])[]> {
  const client = new Client({ connectionString });
  client.on("error", () => {}); // the statement rejects too.
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: "array" })).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
