import { type Context, Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Bank } from "../bank.ts";
import { EVERY } from "../domain/standing-order.ts";
import { cents, id, positionsOf, requestOf, text, time, valid, validCommand, waitIfPreferred } from "./request.ts";

const booking = z.strictObject({ amount: cents, valueDate: time.optional(), note: text.optional() });
const transfer = booking.extend({ to: id });
const correction = z.strictObject({
  eventId: z.uuid().toLowerCase(),
  amount: cents.or(z.literal(0)),
  reason: text.min(1),
});
const registration = z.strictObject({ id, name: text.min(1), email: z.email().max(200), city: text.min(1) });
const opening = z.strictObject({ id, number: z.string().regex(/^[A-Z0-9 ]{4,40}$/), customer: id });
const placing = z.strictObject({ id, to: id, amount: cents, every: z.enum(EVERY), from: time });
const nothing = z.strictObject({});

const validId = valid("param", z.object({ id }));
const validBooking = valid("json", booking);

/** What changes the bank. Each request is carried out once, however often it is sent with the same `Idempotency-Key`. */
export function commandRoutes(bank: Bank): Hono {
  const answer = answerer(bank);
  return new Hono()
    .route("/", customerCommands(bank, answer))
    .route("/", bookingCommands(bank, answer))
    .route("/", standingOrderCommands(bank, answer));
}

type Answer = ReturnType<typeof answerer>;

function answerer(bank: Bank) {
  /** Answers with the new position of the account; waits for the read models before, if the caller would like to. */
  return async function answer<TResult extends object>(c: Context, result: TResult, status: 200 | 201 = 201) {
    await waitIfPreferred(c, bank);
    if ("position" in result) c.header("ETag", `"${result.position}"`);
    return c.json(result, status);
  };
}

function customerCommands({ teller }: Bank, answer: Answer): Hono {
  const routes = new Hono();

  routes.post("/customers", about("Register a customer"), validCommand, valid("json", registration), async (c) => {
    const body = c.req.valid("json");
    const { id: customer, ...told } = body;
    await teller.register(await requestOf(c, `customers/${customer}`), { customer, ...told });
    return answer(c, { id: customer });
  });

  routes.post(
    "/customers/:id/forget",
    about("Make a customer's name and e-mail address unreadable, for ever", 200),
    validCommand,
    validId,
    valid("json", nothing),
    async (c) => {
      const { id: customer } = c.req.valid("param");
      await teller.forget(await requestOf(c, `customers/${customer}`), customer);
      return answer(c, { id: customer, forgotten: true }, 200);
    },
  );

  return routes;
}

function bookingCommands({ teller }: Bank, answer: Answer): Hono {
  const routes = new Hono();

  routes.post("/accounts", about("Open an account"), validCommand, valid("json", opening), async (c) => {
    const body = c.req.valid("json");
    const { id: account, ...told } = body;
    const { account: _, ...opened } = await teller.openAccount(await requestOf(c, account), { account, ...told });
    return answer(c, { id: account, ...opened });
  });

  routes.post("/accounts/:id/deposits", about("Deposit"), validCommand, validId, validBooking, async (c) => {
    const { id: account } = c.req.valid("param");
    const body = c.req.valid("json");
    return answer(c, await teller.deposit(await requestOf(c, account), { account, ...booked(c, body) }));
  });

  routes.post("/accounts/:id/withdrawals", about("Withdraw"), validCommand, validId, validBooking, async (c) => {
    const { id: account } = c.req.valid("param");
    const body = c.req.valid("json");
    return answer(c, await teller.withdraw(await requestOf(c, account), { account, ...booked(c, body) }));
  });

  routes.post(
    "/accounts/:id/transfers",
    about("Transfer money to another account"),
    validCommand,
    validId,
    valid("json", transfer),
    async (c) => {
      const { id: from } = c.req.valid("param");
      const { to, ...body } = c.req.valid("json");
      return answer(c, await teller.transfer(await requestOf(c, from), { from, to, ...booked(c, body) }));
    },
  );

  routes.post(
    "/accounts/:id/corrections",
    about("Correct the amount of a deposit or withdrawal, with its value date"),
    validCommand,
    validId,
    valid("json", correction),
    async (c) => {
      const { id: account } = c.req.valid("param");
      const body = c.req.valid("json");
      return answer(
        c,
        await teller.correct(await requestOf(c, account), { account, ...body, positions: positionsOf(c) }),
      );
    },
  );

  return routes;
}

function standingOrderCommands({ teller }: Bank, answer: Answer): Hono {
  const routes = new Hono();

  routes.post(
    "/accounts/:id/standing-orders",
    about("Place a standing order"),
    validCommand,
    validId,
    valid("json", placing),
    async (c) => {
      const { id: account } = c.req.valid("param");
      const body = c.req.valid("json");
      const { id: order, from, ...told } = body;
      const placed = { account, order, ...told, from: new Date(from).toISOString() };
      await teller.placeOrder(await requestOf(c, account), placed);
      return answer(c, { ...told, id: order, next: placed.from, cancelled: false });
    },
  );

  routes.post(
    "/accounts/:id/standing-orders/:order/cancel",
    about("Cancel a standing order", 200),
    validCommand,
    valid("param", z.object({ id, order: id })),
    valid("json", nothing),
    async (c) => {
      const { id: account, order } = c.req.valid("param");
      await teller.cancelOrder(await requestOf(c, account), { account, order });
      return answer(c, { id: order, cancelled: true }, 200);
    },
  );

  return routes;
}

/** A booking as the bank takes it: a time without a value date is that of the booking. */
function booked(c: Context, { amount, note, valueDate }: z.output<typeof booking>) {
  return {
    amount,
    note,
    valueDate: valueDate === undefined ? undefined : new Date(valueDate),
    positions: positionsOf(c),
  };
}

function about(summary: string, status: 200 | 201 = 201) {
  const problem = { content: { "application/problem+json": {} } };
  return describeRoute({
    summary,
    responses: {
      [status]: { description: "Done, now or by the first request with this key" },
      400: { description: "The request makes no sense", ...problem },
      409: { description: "Refused in the present state", ...problem },
      412: { description: "If-Match is not met", ...problem },
      422: { description: "The key was used for another request", ...problem },
    },
  });
}
