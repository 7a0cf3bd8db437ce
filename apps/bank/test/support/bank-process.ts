import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** The bank as it is started from the command line, and its HTTP interface. */
export class BankProcess {
  readonly #database: string;
  #child: ChildProcess | undefined;
  /** Where it can be reached, also after it was started again. */
  address = "http://localhost:0";

  private constructor(database: string) {
    this.#database = database;
  }

  static async start(database: string): Promise<BankProcess> {
    const bank = new BankProcess(database);
    await bank.start();
    return bank;
  }

  /** Starts it, again at the address that it had. */
  async start(): Promise<void> {
    const { port } = new URL(this.address);
    const args = ["--conditions=eventfold-source", SCRIPT, "--db", this.#database, "--port", port];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [address] = /http:\/\/\S+/.exec(line) ?? [];
      if (address === undefined) continue;
      this.address = address;
      child.stdout.resume();
      return;
    }
    throw new Error(`The bank did not start: ${said}`);
  }

  /** Kills it, as a failing machine would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
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
