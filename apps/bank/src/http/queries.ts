import { type Context, Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Bank } from "../bank.ts";
import { badRequest } from "./problem.ts";
import { cents, id, limit, text, time, valid, waitMsOf } from "./request.ts";

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
export function queryRoutes(bank: Bank): Hono {
  const routes = new Hono();

  async function waited(c: Context): Promise<void> {
    const waitMs = waitMsOf(c);
    if (waitMs !== undefined && (await bank.isCaughtUp(waitMs))) c.header("Preference-Applied", "wait");
  }

  routes.get("/customers/:id", about("A customer"), validId, async (c) =>
    c.json(await bank.customer(c.req.valid("param").id)),
  );

  routes.get("/accounts", about("Accounts, by number, a page at a time"), valid("query", search), async (c) => {
    await waited(c);
    return c.json(await bank.search(c.req.valid("query")));
  });

  routes.get("/accounts/:id", about("An account, as it is now"), validId, async (c) => {
    const account = await bank.account(c.req.valid("param").id);
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
      const { balance, items } = await bank.statement(c.req.valid("param").id, {
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
    const { items } = await bank.statement(c.req.valid("param").id);
    return c.json({ points: items.map(({ valueDate, bookedAt, amount }) => ({ valueDate, bookedAt, amount })) });
  });

  routes.get("/accounts/:id/standing-orders", about("The standing orders of an account"), validId, async (c) => {
    await waited(c);
    return c.json({ items: await bank.orders(c.req.valid("param").id) });
  });

  routes.get("/rich-list", about("The richest accounts"), validLimit, async (c) => {
    await waited(c);
    return c.json(await bank.richList(c.req.valid("query").limit));
  });

  const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "must be a month, such as 2026-11");
  routes.get("/reports/:month", about("What was booked in a month"), valid("param", z.object({ month })), async (c) => {
    await waited(c);
    return c.json(await bank.report(c.req.valid("param").month));
  });

  routes.get("/subscriptions", about("How the background work is going on"), (c) => c.json({ items: bank.status() }));

  return routes;
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
