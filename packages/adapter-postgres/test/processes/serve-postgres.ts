import { once } from "node:events";
import { startPostgres } from "@eventfold/testing/postgres";

// Serves until its input ends, and says how to connect.
const server = await startPostgres({ settings: { max_connections: 400 } });
process.stdout.write(server.connectionString);
process.stdin.resume();
await once(process.stdin, "end");
await server.stop();
