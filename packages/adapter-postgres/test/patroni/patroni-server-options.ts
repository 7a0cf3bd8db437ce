import type { PatroniPrograms } from "./patroni-programs.ts";

/** What a server of a cluster is made from. */
export interface PatroniServerOptions {
  readonly name: string;
  readonly folder: string;
  readonly address: string;
  readonly programs: PatroniPrograms;
  readonly password: string;
  readonly etcdUrl: string;
}
