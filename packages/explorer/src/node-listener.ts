import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { guardedLogger, type Logger } from "@eventfold/types";
import type { Explorer } from "./explorer.ts";

/** How a {@link NodeListener} is made. */
export interface NodeListenerOptions {
  /** Is told of answers that could not be sent. Default: nobody. */
  readonly logger?: Logger | undefined;
}

/** Answers a request of `node:http`, and of the frameworks that hand those on. */
export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/**
 * Makes an explorer answer the requests of a server of Node: as the listener of `createServer`, or as a route of Express, Fastify or Koa.
 * The bodies of requests must not have been read, and their address has to be the whole one: give it the requests for the path of the
 * explorer and everything below.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 *
 * const listener = nodeListener(createExplorer({ events: adapter, path: "/explorer", authorize: () => true }));
 * createServer((incoming, outgoing) => {
 *   if (incoming.url?.startsWith("/explorer")) listener(incoming, outgoing);
 *   else outgoing.end("Hello.");
 * }).listen(3_000);
 * ```
 */
export function nodeListener(explorer: Explorer, { logger }: NodeListenerOptions = {}): NodeListener {
  const log = guardedLogger(logger);
  return (incoming, outgoing) => {
    answer(explorer, incoming, outgoing).catch((error: unknown) => {
      log.warn({ error }, "an answer of the explorer could not be sent");
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(400, { connection: "close" }).end(); // such as a target that is no address
    });
  };
}

async function answer({ fetch }: Explorer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const { status, headers, body } = await fetch(requestOf(incoming, gone.signal));
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, Object.fromEntries(headers));
  if (body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(body), outgoing);
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/", headers: given, socket } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given))
    for (const each of [value ?? []].flat()) headers.append(name, each);
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null;
  return new Request(new URL(url, `http://localhost:${socket.localPort}`), {
    method,
    headers,
    signal,
    body,
    duplex: "half",
  });
}
