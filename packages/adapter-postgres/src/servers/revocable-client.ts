import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ClientConfig } from "pg";
import { Client } from "pg";

/** A client whose connection can be given up at once, whether or not the server answers. */
export class RevocableClient extends Client {
  readonly #socket: Duplex;

  constructor(config: ClientConfig) {
    let socket: Duplex | undefined;
    const stream = (...made: readonly unknown[]): Duplex => {
      socket = streamFrom(config, made);
      return socket;
    };
    super({ ...config, stream });
    this.#socket = socket as unknown as Duplex; // the driver makes it when it makes the client.
  }

  /** Whether the connection was given up, here or by the driver. */
  get isGivenUp(): boolean {
    return this.#socket.destroyed;
  }

  /** Gives the connection up. What waits for an answer rejects with the error. */
  giveUp(error?: Error): void {
    this.#socket.destroy(error);
  }
}

/** The stream to the server: from the caller's `stream` option, or as the driver makes it. */
function streamFrom({ stream }: ClientConfig, made: readonly unknown[]): Duplex {
  if (typeof stream !== "function") return stream ?? new Socket();
  return Reflect.apply(stream, undefined, made); // the driver gives it more than its types say.
}
