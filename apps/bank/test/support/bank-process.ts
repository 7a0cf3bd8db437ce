import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** The bank as it is started from the command line, and its HTTP interface. */
export class BankProcess {
  readonly #database: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(database: string, port: number) {
    this.#database = database;
    this.#port = port;
  }

  static async start(database: string): Promise<BankProcess> {
    const bank = new BankProcess(database, await freePort());
    await bank.start();
    return bank;
  }

  /** Where it can be reached, also after it was started again. */
  get address(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Starts it, again on the port that it had: so it is the same node. */
  async start(): Promise<void> {
    const args = ["--conditions=eventfold-source", SCRIPT, "--db", this.#database, "--port", String(this.#port)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.includes(this.address)) continue;
      child.stdout.resume();
      return;
    }
    throw new Error(`The bank did not start: ${said}`);
  }

  /** Kills it, as a failing machine would, unless it has ended. */
  async kill(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await this.end("SIGKILL");
  }

  /** Kills it, or asks it to end. @returns its exit code, and the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<readonly unknown[]> {
    if (this.#child === undefined) throw new TypeError("The bank was not started.");
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    return ended;
  }

  async get<TAnswer>(path: string): Promise<TAnswer> {
    const response = await fetch(this.address + path, { headers: { prefer: "wait=5" } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as TAnswer;
  }

  async post<TAnswer>(path: string, body: object): Promise<TAnswer> {
    const headers = { "content-type": "application/json", "idempotency-key": randomUUID() };
    const response = await fetch(this.address + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as TAnswer;
  }

  /** Opens an account for a new customer. */
  async openAccount(owner: string, { city = "Utrecht", balance = 0 } = {}): Promise<{ id: string; customer: string }> {
    const customer = randomUUID();
    const id = randomUUID();
    await this.post("/customers", { id: customer, name: owner, email: "someone@example.com", city });
    await this.post("/accounts", { id, number: id.slice(0, 13).toUpperCase().replace("-", " "), customer });
    if (balance > 0) await this.post(`/accounts/${id}/deposits`, { amount: balance });
    return { id, customer };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
