import { once } from "node:events";
import { parsePort } from "../arguments/port.ts";
import { defineCommand } from "../program/command.ts";
import { Failure } from "../program/failure.ts";

interface ExploreOptions {
  readonly port: number;
  readonly allowChanges?: true;
}

/** `eventfold explore`. */
export const explore = defineCommand<ExploreOptions>({
  name: "explore",
  summary: "Serve a page to look into the log with a browser, until Ctrl-C.",
  details: [
    "It listens on 127.0.0.1, so that only this machine reaches it, and shows everything that is stored. To let others use it, mount `createExplorer` of @eventfold/explorer in a server of your own, which says who may.",
  ],
  needsDatabase: true,
  options: [
    {
      flags: "--port <port>",
      description: "the port to listen on; 0 is any that is free",
      parse: parsePort,
      defaultValue: 0,
    },
    { flags: "--allow-changes", description: "let parked events be replayed and dropped; nothing else can be changed" },
  ],
  examples: [
    { line: "eventfold explore sqlite:app.db", explanation: "Prints the address of the page, and serves it." },
    {
      line: "eventfold explore --config eventfold.config.ts --port 7400",
      explanation: "Serves it on a port of your choice; streams can be folded with the projectors of the config.",
    },
  ],
  run: async ({ open, options, output, signal }) => {
    const { events, projections, processing, projectors, subscriptions } = await open();
    const { serveExplorer } = await import("@eventfold/explorer");
    const served = await serveExplorer({
      events,
      projections: await projections(),
      processing: await processing(),
      projectors,
      subscriptions: await subscriptions(),
      allowChanges: options.allowChanges ?? false,
      port: options.port,
    }).catch((error: unknown) => refusePort(error, options.port));
    try {
      await output.print({ address: served.address }, () => [
        `The explorer is at ${served.address}`,
        "Ctrl-C ends it.",
      ]);
      if (!signal.aborted) await once(signal, "abort");
    } finally {
      await served.close();
    }
    signal.throwIfAborted();
  },
});

function refusePort(error: unknown, port: number): never {
  if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
  throw new Failure(`Port ${port} is in use. Give another one with --port, or 0 for any that is free.`, {
    cause: error,
  });
}
