import type { Message } from "./message.ts";

/** Posts messages to a URL. What answers must store a message before it says so, and drop those whose id it has already. */
export function deliverByHttp(url: string): (message: Message) => Promise<void> {
  return async ({ id, body }) => {
    const headers = { "content-type": "application/json", "idempotency-key": id };
    const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  };
}
