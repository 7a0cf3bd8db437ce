import { type EventLog, type EventStream, positionAfter } from "@eventfold/store";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Bank } from "../bank.ts";
import { badRequest } from "./problem.ts";
import { id, limit, valid } from "./request.ts";

const HEARTBEAT_MS = 15_000;

const number = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Events as they are stored, to read and to follow. Following ends when the client leaves, and when the bank stops. */
export function eventRoutes(bank: Bank, stopping: AbortSignal): Hono {
  const routes = new Hono();

  routes.get(
    "/events",
    describeRoute({
      summary: "Follow all events from now on, or after a sequence number (server-sent events)",
      responses: { 200: { description: "Events", content: { "text/event-stream": {} } } },
    }),
    valid("query", z.object({ after: number.optional() })),
    (c) => follow(c, bank.log, { after: c.req.valid("query").after, stopping }),
  );

  routes.get(
    "/accounts/:id/events",
    describeRoute({
      summary:
        "The events of an account, after a position; or follow them, after a sequence number (server-sent events)",
      responses: {
        200: { description: "Events", content: { "application/json": {}, "text/event-stream": {} } },
      },
    }),
    valid("param", z.object({ id })),
    valid("query", z.object({ after: number.optional(), limit: limit.default(100) })),
    async (c) => {
      const stream = await bank.eventsOf(c.req.valid("param").id);
      const { after, limit: size } = c.req.valid("query");
      if (c.req.header("accept")?.includes("text/event-stream")) return follow(c, stream, { after, stopping });
      const constraints = after === undefined ? [] : [positionAfter(after)];
      const items = await stream.read({ constraints, limit: size });
      return c.json({ items, next: items.length === size ? (items.at(-1)?.position ?? null) : null });
    },
  );

  return routes;
}

interface FollowOptions {
  /** The sequence number to begin after. Default: what `Last-Event-ID` says, or from now on. */
  readonly after: number | undefined;
  readonly stopping: AbortSignal;
}

async function follow(c: Context, source: EventLog | EventStream, { after: asked, stopping }: FollowOptions) {
  const lastSeen = c.req.header("last-event-id");
  if (lastSeen !== undefined && !/^\d{1,15}$/.test(lastSeen))
    throw badRequest("Last-Event-ID must be a sequence number.");
  const after = lastSeen === undefined ? (asked ?? (await source.latest())?.sequenceNumber ?? 0) : Number(lastSeen);
  return streamSSE(c, async (stream) => {
    const left = new AbortController();
    stream.onAbort(() => left.abort());
    const signal = AbortSignal.any([left.signal, stopping]);
    const beat = () => void stream.write(": still here\n\n");
    beat();
    const heartbeat = setInterval(beat, HEARTBEAT_MS);
    try {
      for await (const event of source.follow({ after, signal, whenAborted: "end" })) {
        await stream.writeSSE({ id: String(event.sequenceNumber), data: JSON.stringify(event) });
      }
    } finally {
      clearInterval(heartbeat);
    }
  });
}
