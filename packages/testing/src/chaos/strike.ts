import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "../random/random.ts";
import type { ChaosFault, ChaosServer } from "./chaos-options.ts";
import type { TcpProxy } from "./tcp-proxy.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What a strike can hit. */
export interface StrikeTargets {
  readonly workers: WorkerProcess[];
  readonly replace: (worker: WorkerProcess) => Promise<WorkerProcess>;
  readonly link: TcpProxy | undefined;
  readonly server: ChaosServer | undefined;
  readonly random: Random;
  readonly pauseMs: number;
}

/** Strikes once, and returns what was done in words. */
export async function strike(fault: ChaosFault, targets: StrikeTargets): Promise<string> {
  const { workers, random, pauseMs } = targets;
  const index = random.integer(0, workers.length - 1);
  const ms = random.integer(1, pauseMs);
  const worker = workers[index] as WorkerProcess;
  switch (fault) {
    case "kill":
      await worker.kill();
      workers[index] = await targets.replace(worker);
      return `killed ${worker.name}`;
    case "freeze":
      worker.freeze();
      await wait(ms);
      worker.thaw();
      return `froze ${worker.name} for ${ms} ms`;
    case "crash":
      await presentServer(targets).kill("SIGKILL");
      await presentServer(targets).start();
      return "crashed the server";
    default:
      return strikeLink(presentLink(targets), fault, ms);
  }
}

type LinkFault = Exclude<ChaosFault, "kill" | "freeze" | "crash">;

async function strikeLink(link: TcpProxy, fault: LinkFault, ms: number): Promise<string> {
  switch (fault) {
    case "cut":
      link.cutAll();
      return "cut all connections";
    case "lose-reply":
      link.toClient = () => {
        link.restore();
        return "cut";
      };
      return "cut the connection of the next reply";
    case "hold":
      link.toServer = link.toClient = () => "hold";
      await wait(ms);
      link.cutAll();
      link.restore();
      return `held all connections for ${ms} ms`;
    case "refuse":
      link.isDown = true;
      link.cutAll();
      await wait(ms);
      link.restore();
      return `refused connections for ${ms} ms`;
  }
}

function presentLink({ link }: StrikeTargets): TcpProxy {
  if (link === undefined) throw new TypeError("There is no link that could be cut: give `link`, or other `faults`.");
  return link;
}

function presentServer({ server }: StrikeTargets): ChaosServer {
  if (server === undefined) throw new TypeError("There is no server to crash: give `server`, or other `faults`.");
  return server;
}
