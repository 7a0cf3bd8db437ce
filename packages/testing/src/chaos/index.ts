export type { ChaosFault, ChaosOptions, ChaosReport, ChaosServer } from "./chaos-options.ts";
export { type ChaosAssignment, runChaosWorker } from "./chaos-worker.ts";
export { type ChaosWorkloadOptions, chaosWorkload } from "./chaos-workload.ts";
export { runChaos } from "./run-chaos.ts";
export { TcpProxy, type TcpProxyRule } from "./tcp-proxy.ts";
