import { serve } from "@hono/node-server";
import { bankApp } from "./http/app.ts";

const port = Number(process.env.PORT ?? 3000);
serve({ fetch: bankApp().fetch, port }, (info) => {
  process.stdout.write(`The bank is open at http://localhost:${info.port}\n`);
});
