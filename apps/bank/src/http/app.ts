import { Hono } from "hono";
import { browserRules, pageRoutes } from "./page.ts";

/** The bank by HTTP. */
export function bankApp(): Hono {
  const app = new Hono();
  app.use(browserRules);
  app.get("/health", (c) => c.json({ status: "healthy" }));
  app.route("/", pageRoutes());
  return app;
}
