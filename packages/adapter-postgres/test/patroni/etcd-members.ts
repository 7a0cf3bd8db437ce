import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { PatroniPrograms } from "./patroni-programs.ts";

/** One member of the etcd in which a cluster keeps who leads it. */
interface EtcdMember {
  readonly name: string;
  readonly folder: string;
  readonly address: string;
}

/** Three members of etcd, each at an address of its own, as on machines of their own. */
export class EtcdMembers {
  readonly #programs: PatroniPrograms;
  readonly #members: readonly EtcdMember[];

  /** @param network the first three numbers of their addresses. */
  constructor(programs: PatroniPrograms, folder: string, network: string) {
    this.#programs = programs;
    this.#members = [1, 2, 3].map((n) => ({
      name: `etcd${n}`,
      folder: join(folder, `etcd${n}`),
      address: `${network}.${10 + n}`,
    }));
  }

  /** Where clients reach the members. */
  get urls(): readonly string[] {
    return this.#members.map(({ address }) => `http://${address}:2379`);
  }

  get folders(): readonly string[] {
    return this.#members.map(({ folder }) => folder);
  }

  async start(): Promise<void> {
    for (const member of this.#members) await this.#start(member);
  }

  async #start({ name, folder, address }: EtcdMember): Promise<void> {
    const { etcd, account } = this.#programs;
    await mkdir(folder);
    if (account.uid !== undefined) await chown(folder, account.uid, account.gid ?? account.uid);
    const settings = {
      name,
      "data-dir": join(folder, "data"),
      "listen-client-urls": `http://${address}:2379`,
      "advertise-client-urls": `http://${address}:2379`,
      "listen-peer-urls": `http://${address}:2380`,
      "initial-advertise-peer-urls": `http://${address}:2380`,
      "initial-cluster": this.#members.map((other) => `${other.name}=http://${other.address}:2380`).join(","),
      "enable-v2": "true",
      // Many times the defaults, for machines that do much else.
      "heartbeat-interval": "500",
      "election-timeout": "5000",
    };
    const log = openSync(join(folder, "log"), "a");
    const args = Object.entries(settings).map(([setting, value]) => `--${setting}=${value}`);
    spawn(etcd, args, { ...account, cwd: folder, stdio: ["ignore", log, log] }).unref();
    closeSync(log);
  }
}
