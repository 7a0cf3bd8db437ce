import { once } from "node:events";
import { type AddressInfo, createServer, type Server, Socket } from "node:net";

/**
 * Decides what a proxy does with the next bytes of one direction: pass them on, cut the connection, lose them, or pass on
 * other bytes instead.
 */
export type TcpProxyRule = (bytes: Buffer) => "pass" | "cut" | "hold" | Buffer;

const pass: TcpProxyRule = () => "pass";

/**
 * A TCP proxy in front of a server, which cuts and holds connections where a test wants it. Set {@link TcpProxy.toServer} and
 * {@link TcpProxy.toClient} to decide about the bytes of each direction.
 *
 * @example
 * ```ts
 * const { proxy, connectionString } = await TcpProxy.start(postgres.connectionString);
 * const adapter = await PostgresEventStorageAdapter.open({ connectionString });
 * proxy.cutAll(); // the adapter connects again, and repeats what was under way
 * await adapter.close();
 * await proxy.stop();
 * ```
 */
export class TcpProxy {
  readonly #server: Server;
  #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  /** What happens to bytes from the client. */
  toServer: TcpProxyRule = pass;
  /** What happens to bytes from the server. */
  toClient: TcpProxyRule = pass;
  /** Whether new connections are refused at once. */
  isDown = false;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#connect(client));
  }

  /** Starts a proxy on a free port of the loopback interface, and returns it with a connection string that leads through it. */
  static async start(
    connectionString: string,
  ): Promise<{ readonly proxy: TcpProxy; readonly connectionString: string }> {
    const url = new URL(connectionString);
    const proxy = new TcpProxy(addressIn(connectionString));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    url.hostname = "127.0.0.1";
    url.port = String((proxy.#server.address() as AddressInfo).port);
    return { proxy, connectionString: url.href };
  }

  /** Leads to another server from now on, and cuts every connection to the one before. */
  leadTo(connectionString: string): void {
    this.#target = addressIn(connectionString);
    this.cutAll();
  }

  /** Cuts every connection. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Passes everything on again, and takes new connections. */
  restore(): void {
    this.toServer = pass;
    this.toClient = pass;
    this.isDown = false;
  }

  /** Cuts every connection and takes no more. */
  async stop(): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, "close");
  }

  #connect(client: Socket): void {
    if (this.isDown) {
      client.destroy();
      return;
    }
    const server = new Socket().connect(this.#target);
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true); // or it waits for full packets, and holds each answer up for tens of milliseconds
      socket.on("error", cut);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    client.on("data", (bytes) => this.#forward(bytes, { to: server, rule: this.toServer, cut }));
    server.on("data", (bytes) => this.#forward(bytes, { to: client, rule: this.toClient, cut }));
  }

  #forward(bytes: Buffer, way: { readonly to: Socket; readonly rule: TcpProxyRule; readonly cut: () => void }): void {
    const verdict = way.rule(bytes);
    if (verdict === "cut") way.cut();
    else if (verdict !== "hold") way.to.write(verdict === "pass" ? bytes : verdict);
  }
}

function addressIn(connectionString: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(connectionString);
  return { host: hostname, port: Number(port) };
}
