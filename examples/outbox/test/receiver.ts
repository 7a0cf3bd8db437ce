import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Another system: it takes messages by HTTP, and notes the ids in the order in which they came, repeats included. */
export class Receiver implements AsyncDisposable {
  readonly received: string[] = [];
  readonly #server: Server;
  /** Called with the number of the message before it is answered; with `"fail"` the answer is 503, with `"silence"` there is none. */
  onMessage: (count: number) => "answer" | "fail" | "silence" = () => "answer";

  constructor() {
    this.#server = createServer((request, response) => {
      const id = String(request.headers["idempotency-key"]);
      request.resume().on("end", () => {
        const how = this.onMessage(this.received.length + 1);
        if (how !== "fail") this.received.push(id);
        if (how !== "silence") response.writeHead(how === "fail" ? 503 : 204).end();
      });
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
