import { type EventLog, type EventStream, positionAfter } from "@eventfold/store";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Bank } from "../bank.ts";
import { listingProjector } from "../reading/read-models.ts";
import { badRequest } from "./problem.ts";
import { cents, id, limit, text, time, valid, waitIfPreferred } from "./request.ts";

const HEARTBEAT_MS = 15_000;

const number = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const validId = valid("param", z.object({ id }));
const validLimit = valid("query", z.object({ limit: limit.default(10) }));
const search = z.object({
  owner: text.optional(),
  city: text.optional(),
  min: z.coerce
    .number()
    .pipe(cents.or(z.literal(0)))
    .optional(),
  after: z.string().max(2_000).optional(),
  limit: limit.default(20),
});
const asOf = z.object({
  valuedUpTo: time.optional(),
  bookedUpTo: time.optional(),
  after: z.uuid().toLowerCase().optional(),
  limit: limit.default(100),
});

/** What is asked. Read models are a moment behind; `Prefer: wait=2` waits until they have everything that was published before. */
export function queryRoutes(bank: Bank, stopping: AbortSignal): Hono {
  const routes = new Hono();

  routes.get("/customers/:id", about("A customer"), validId, async (c) =>
    c.json(await bank.readings.customer(c.req.valid("param").id)),
  );

  routes.get("/accounts", about("Accounts, by number, a page at a time"), valid("query", search), async (c) => {
    await waitIfPreferred(c, bank);
    return c.json(await bank.readings.search(c.req.valid("query")));
  });

  routes.get("/accounts/:id", about("An account, as it is now"), validId, async (c) => {
    const account = await bank.readings.accountWithOwner(c.req.valid("param").id);
    c.header("ETag", `"${account.position}"`);
    return c.json(account);
  });

  routes.get(
    "/accounts/:id/statement",
    about("A statement as of both times, in the order of value dates"),
    validId,
    valid("query", asOf),
    async (c) => {
      const { valuedUpTo, bookedUpTo, after, limit: size } = c.req.valid("query");
      const { balance, items } = await bank.readings.statement(c.req.valid("param").id, {
        valuedUpTo: valuedUpTo === undefined ? undefined : new Date(valuedUpTo),
        bookedUpTo: bookedUpTo === undefined ? undefined : new Date(bookedUpTo),
      });
      const last = items.findIndex(({ eventId }) => eventId === after);
      if (after !== undefined && last === -1) throw badRequest("`after` is not a line of this statement.");
      const page = items.slice(last + 1, last + 1 + size);
      const hasMore = last + 1 + size < items.length;
      return c.json({ balance, items: page, next: hasMore ? (page.at(-1)?.eventId ?? null) : null });
    },
  );

  routes.get("/accounts/:id/history", about("All bookings with both times, for a chart"), validId, async (c) => {
    const { items } = await bank.readings.statement(c.req.valid("param").id);
    return c.json({ points: items.map(({ valueDate, bookedAt, amount }) => ({ valueDate, bookedAt, amount })) });
  });

  routes.get("/accounts/:id/standing-orders", about("The standing orders of an account"), validId, async (c) => {
    await waitIfPreferred(c, bank);
    return c.json({ items: await bank.readings.ordersOf(c.req.valid("param").id) });
  });

  routes.get("/rich-list", about("The richest accounts"), validLimit, async (c) => {
    await waitIfPreferred(c, bank);
    const items = await bank.readings.richList(c.req.valid("query").limit);
    return c.json({ items, asOf: bank.background.doneUpTo(listingProjector) });
  });

  const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "must be a month, such as 2026-11");
  routes.get("/reports/:month", about("What was booked in a month"), valid("param", z.object({ month })), async (c) => {
    await waitIfPreferred(c, bank);
    return c.json(await bank.readings.report(c.req.valid("param").month));
  });

  routes.get("/subscriptions", about("How the background work is going on"), (c) =>
    c.json({ items: bank.background.status() }),
  );

  return routes.route("/", eventRoutes(bank, stopping));
}

/** Events as they are stored, to read and to follow. Following ends when the client leaves, and when the bank stops. */
function eventRoutes(bank: Bank, stopping: AbortSignal): Hono {
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

function about(summary: string) {
  const problem = { content: { "application/problem+json": {} } };
  return describeRoute({
    summary,
    responses: {
      200: { description: "What was asked", content: { "application/json": {} } },
      400: { description: "The request makes no sense", ...problem },
      404: { description: "There is no such thing", ...problem },
    },
  });
}
