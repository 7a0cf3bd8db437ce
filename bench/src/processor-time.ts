import { readFileSync } from "node:fs";
import { clientBackends } from "./bench-server.ts";
import type { Candidate, Limit, Row, Sample } from "./candidate.ts";
import { median } from "./median.ts";

/**
 * A candidate whose samples say how long processors were busy with its work: in this process, and in the processes of
 * the server that serve clients. No disk hides these figures, so they repeat from run to run. Linux only: elsewhere the
 * server's part is `NaN`.
 */
function metered(candidate: Candidate): Candidate {
  return measuredBy(candidate, async (measure) => {
    const serverBefore = await serverCpuNs();
    const sample = await meterClient(measure);
    const serverAfter = await serverCpuNs();
    let serverNs = 0;
    for (const [pid, ns] of serverAfter) serverNs += ns - (serverBefore.get(pid) ?? 0);
    return { ...sample, serverCpuMs: serverNs / 1_000_000 };
  });
}

/** A candidate without a server, whose samples say how long processors were busy with its work. */
export function meteredHere(candidate: Candidate): Candidate {
  return measuredBy(candidate, meterClient);
}

async function meterClient(measure: () => Promise<Sample>): Promise<Sample> {
  const before = process.cpuUsage();
  const sample = await measure();
  const { user, system } = process.cpuUsage(before);
  return { ...sample, clientCpuMs: (user + system) / 1_000 };
}

type Meter = (measure: () => Promise<Sample>) => Promise<Sample>;

function measuredBy({ name, start }: Candidate, meter: Meter): Candidate {
  return {
    name,
    async start() {
      const running = await start();
      return { measure: () => meter(() => running.measure()), dispose: () => running.dispose() };
    },
  };
}

async function serverCpuNs(): Promise<ReadonlyMap<number, number>> {
  return new Map((await clientBackends()).map((pid) => [pid, cpuNsOf(pid)]));
}

/** The first figure of `schedstat` is the time spent on a processor. */
function cpuNsOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]);
  } catch {
    return Number.NaN;
  }
}

type Side = "client" | "server";

/** Processor time for each unit, in microseconds. */
function usEach(samples: readonly Sample[], side: Side): number {
  const key = side === "client" ? "clientCpuMs" : "serverCpuMs";
  return median(samples.map((sample) => ((sample[key] ?? Number.NaN) * 1_000) / sample.units));
}

/** Reports the processor time of one side for each unit, of the row's own candidate or of another. */
function processorTime(side: Side, candidate?: string): Limit {
  const of: Limit["of"] = (samples, samplesOf) =>
    usEach(candidate === undefined ? samples : samplesOf(candidate), side);
  return { what: `${side}${candidate === undefined ? "" : `, ${candidate}`}`, unit: "µs", of };
}

/** How much more processor time the client may take for each unit than with the bare driver. */
export function clientUsBeyond(against: string, most: number): Limit {
  const of: Limit["of"] = (samples, samplesOf) => usEach(samples, "client") - usEach(samplesOf(against), "client");
  return { what: "client beyond the driver", unit: "µs", most, of };
}

/** How many times the processor time of another candidate this process may take for each unit. Without `most` it is only reported. */
export function clientTimes(against: string, most?: number): Limit {
  const of: Limit["of"] = (samples, samplesOf) => usEach(samples, "client") / usEach(samplesOf(against), "client");
  return { what: `processor time of ${against}`, unit: "×", ...(most !== undefined && { most }), of };
}

/** How many times the processor time that it takes for another candidate the server may take for each unit. */
export function serverTimes(against: string, most: number): Limit {
  const of: Limit["of"] = (samples, samplesOf) => usEach(samples, "server") / usEach(samplesOf(against), "server");
  return { what: `the server's time of ${against}`, unit: "×", most, of };
}

/** What {@link meteredRow} is made from. */
export interface MeteredRowOptions {
  readonly what: string;
  readonly unit: Row["unit"];
  readonly own: Candidate;
  readonly raw: Candidate;
  readonly limits: readonly Limit[];
}

/** A row about the processor time that both sides of PostgreSQL take for each unit. */
export function meteredRow({ what, unit, own, raw, limits }: MeteredRowOptions): Row {
  const sides = ["client", "server"] as const;
  return {
    group: "processor",
    work: `PostgreSQL, processor time, ${what}`,
    unit,
    candidates: [metered(own), metered(raw)],
    targets: [],
    limits: [...sides.flatMap((side) => [processorTime(side), processorTime(side, raw.name)]), ...limits],
  };
}
