import { randomUUID } from "node:crypto";
import type { Logger } from "@eventfold/store";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { openAPIRouteHandler } from "hono-openapi";
import type { Bank } from "../bank.ts";
import { commandRoutes } from "./commands.ts";
import { browserRules, pageRoutes } from "./page.ts";
import { answerProblem, badRequest, ProblemError, problemOf } from "./problem.ts";
import { queryRoutes } from "./queries.ts";

/** What the HTTP interface is made for. */
export interface AppOptions {
  readonly bank: Bank;
  readonly logger: Logger;
  /** Ends what would never end by itself, and lets `/ready` say that no more requests should come. */
  readonly stopping: AbortSignal;
}

const LARGEST_BODY = 64 * 1024;
const NAME = /^[\w.@-]{1,64}$/;

/** The bank by HTTP. */
export function bankApp({ bank, logger, stopping }: AppOptions): Hono<{ Bindings: Partial<HttpBindings> }> {
  const app = new Hono<{ Bindings: Partial<HttpBindings> }>();
  app.onError((error, c) => answerProblem(c, problemOf(error, logger)));
  app.notFound((c) =>
    answerProblem(c, { status: 404, title: "Not found", detail: `There is nothing at ${c.req.path}.` }),
  );
  app.use(browserRules);

  // Clients and the parser of URLs resolve `..` before a route is looked for: it is refused as it was sent, instead.
  app.use(async (c, next) => {
    const sent = c.env?.incoming?.url ?? "";
    if (/\/(\.|%2e){1,2}(?=[/?#]|$)/i.test(sent)) throw badRequest("A path may not have the segments . and ..");
    await next();
  });

  // Who asks for what: the metadata of all that is published meanwhile. A gateway in front of the bank would set these headers.
  app.use(async (c, next) => {
    const actor = c.req.header("x-actor") ?? "anonymous";
    const correlationId = c.req.header("x-correlation-id") ?? randomUUID();
    if (!NAME.test(actor) || !NAME.test(correlationId)) {
      throw badRequest("X-Actor and X-Correlation-Id must be 1 to 64 letters, digits and any of _ . @ -");
    }
    c.header("X-Correlation-Id", correlationId);
    await bank.onBehalfOf({ actor, correlationId }, next);
  });

  app.post("*", async (c, next) => {
    if (/^application\/(.+\+)?json\b/i.test(c.req.header("content-type") ?? "")) return next();
    const detail = "The body must be JSON: send Content-Type: application/json.";
    throw new ProblemError({ status: 415, title: "Unsupported media type", detail });
  });
  app.post(
    "*",
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: () => {
        const detail = `The body may have at most ${LARGEST_BODY} bytes.`;
        throw new ProblemError({ status: 413, title: "Content too large", detail });
      },
    }),
  );

  app.get("/health", (c) => c.json({ status: "alive" }));
  app.get("/ready", async (c) => {
    const problem = stopping.aborted
      ? "The bank is stopping."
      : (bank.background.problem ?? (await storageProblem(bank)));
    return problem === undefined ? c.json({ status: "ready" }) : c.json({ status: "not ready", problem }, 503);
  });

  app.route("/", commandRoutes(bank));
  app.route("/", queryRoutes(bank, stopping));
  app.get(
    "/openapi.json",
    openAPIRouteHandler(app, {
      documentation: {
        info: { title: "The bank", version: "1.0.0", description: "Money is in cents. Errors are RFC 9457 problems." },
      },
    }),
  );
  app.route("/", pageRoutes());
  return app;
}

async function storageProblem(bank: Bank): Promise<string | undefined> {
  const isReached = await Promise.race([
    bank.log.horizon().then(
      () => true,
      () => false,
    ),
    new Promise<false>((resolve) => setTimeout(resolve, 2_000, false).unref()),
  ]);
  return isReached ? undefined : "The storage does not answer.";
}
