import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { DATABASE_USAGES, EXIT_CODES, Failure, openStorage, parseDatabaseAddress } from "@eventfold/databases";
import type { Service } from "@eventfold/processing";
import { createAdaptorServer } from "@hono/node-server";
import { Command, InvalidArgumentError } from "commander";
import { openBank } from "./bank.ts";
import { bankApp } from "./http/app.ts";
import { seed } from "./seed.ts";

const program = new Command("bank")
  .description("Serves a bank with a page, on any database.")
  .option("--db <database>", `where to keep it: ${DATABASE_USAGES.join(", ")}`, "sqlite:bank.db")
  .option("--port <port>", "the port to listen on; 0 for any that is free", portOf, 3000)
  .allowExcessArguments(false)
  .showHelpAfterError("(--help tells more)")
  .parse(process.argv.filter((argument, index) => index !== 2 || argument !== "--")); // `pnpm bank -- --port 80` hands it on
const { db, port } = program.opts<{ db: string; port: number }>();

/** Nobody who waits for a page wants to wait longer for a database that does not answer. */
const PATIENCE_MS = 5_000;

async function main(): Promise<void> {
  // A package manager runs a script in the project's root, and tells where it was called.
  const directory = process.env.INIT_CWD ?? process.cwd();
  const storage = await openStorage(parseDatabaseAddress(db), { directory, writeTimeoutMs: PATIENCE_MS });
  const logger = console;
  const bank = await openBank({ storage, name: `bank-${port}`, logger });
  try {
    await seed(storage, logger);
    const services = bank.newServices();
    services.register(httpService());
    await services.start();
    await services.done;
  } finally {
    await storage.close();
  }

  /** Started last and stopped first: it lets requests in hand be answered, and ends the streams of events. */
  function httpService(): Service {
    const stopping = new AbortController();
    const server = createAdaptorServer({ fetch: bankApp({ bank, logger, stopping: stopping.signal }).fetch });
    return {
      name: "http",
      async start() {
        server.listen(port);
        await once(server, "listening");
        const { port: own } = server.address() as AddressInfo;
        process.stdout.write(`The bank is open at http://localhost:${own} (${storage.description})\n`);
      },
      async stop({ timeoutMs }) {
        stopping.abort();
        const closed = once(server, "close");
        server.close();
        const late = setTimeout(() => "closeAllConnections" in server && server.closeAllConnections(), timeoutMs);
        await closed;
        clearTimeout(late);
      },
    };
  }
}

function portOf(text: string): number {
  const given = Number(text);
  if (Number.isInteger(given) && given >= 0 && given <= 65_535) return given;
  throw new InvalidArgumentError("Expected a port from 0 to 65535.");
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Failure ? error.message : error instanceof Error ? error.stack : error}\n`);
  process.exitCode = error instanceof Failure ? error.exitCode : EXIT_CODES.failed;
}
