import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { explorerFor } from "./explorer.ts";
import { EXPLORER_MEMBERS, type ExplorerOptions } from "./explorer-options.ts";
import { nodeListener } from "./node-listener.ts";

/** Where an explorer is served. */
export interface ServeExplorerOptions extends ExplorerOptions {
  /** The name or address to listen on. One beyond this machine needs `authorize`. Default: `127.0.0.1`. */
  readonly host?: string | undefined;
  /** The port to listen on. Default: 0, any that is free. */
  readonly port?: number | undefined;
}

const OPTIONS = memberNames<ServeExplorerOptions>({
  ...EXPLORER_MEMBERS,
  host: true,
  port: true,
});

/** An explorer that is being served. */
export interface ServedExplorer extends AsyncDisposable {
  /** Where it can be reached, such as `http://127.0.0.1:41234/`. */
  readonly address: string;
  /** Ends it, with the requests that are under way; calling it again does nothing. The adapters stay open. */
  close(): Promise<void>;
}

/**
 * Serves an explorer by itself, over plain HTTP: for a look at a log from the machine one is sitting at.
 *
 * It listens on loopback, so that only this machine reaches it, and answers only to the names of loopback, so that no page of another
 * site does. Beyond loopback it listens only with `authorize`, and answers to the names in `hosts` and to `host`.
 *
 * @throws `TypeError` for a host beyond loopback without `authorize`, without an opened adapter, and for options that there are
 * not.
 * @throws `RangeError` for a port that cannot be one. Node's own error, such as `EADDRINUSE`, when it cannot listen.
 *
 * @example
 * ```ts
 * const served = await serveExplorer({ events: adapter, port: 7_400 });
 * console.log(served.address);
 * await served.close();
 * ```
 */
export async function serveExplorer(options: ServeExplorerOptions): Promise<ServedExplorer> {
  const {
    host = "127.0.0.1",
    port = 0,
    authorize,
    hosts = [],
    logger,
  } = withKnownMembers("The options of serveExplorer", options, OPTIONS);
  if (!isLoopback(host) && authorize === undefined) {
    throw new TypeError(
      `An explorer on ${host} can be reached from other machines: give \`authorize\`, which says who may use it, or listen on 127.0.0.1.`,
    );
  }
  const explorer = explorerFor({ ...options, hosts: [...hosts, nameInAddress(host)] });
  const server = createServer(nodeListener(explorer, { logger }));
  server.listen({ host, port });
  await once(server, "listening");
  const { port: listening } = server.address() as AddressInfo;
  const close = closing(server);
  return {
    address: `http://${nameInAddress(host)}:${listening}/`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function nameInAddress(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function closing(server: Server): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };
}
