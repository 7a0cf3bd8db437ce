import { join } from "node:path";
import type { PatroniServerOptions } from "./patroni-server-options.ts";

interface Links {
  readonly linkToPostgres: string;
  readonly linkToApi: string;
  readonly linkToEtcd: string;
}

/** The configuration of one Patroni, as JSON, which is YAML too. */
export function patroniConfig(options: PatroniServerOptions & Links): string {
  const { name, folder, address, programs, password } = options;
  return JSON.stringify({
    scope: "eventfold",
    name,
    restapi: { listen: `${address}:8008`, connect_address: options.linkToApi },
    // As proxies, so that it does not look for the members of etcd behind its link.
    etcd: { hosts: [options.linkToEtcd], use_proxies: true },
    bootstrap: {
      dcs: {
        ttl: 20, // less, and a busy machine loses leaders for no other reason
        loop_wait: 2,
        retry_timeout: 9,
        synchronous_mode: true,
        synchronous_mode_strict: true,
        postgresql: {
          use_pg_rewind: true,
          parameters: {
            max_connections: 200,
            wal_retrieve_retry_interval: "200ms",
            fsync: "off",
          },
        },
      },
      initdb: [{ encoding: "UTF8" }, { locale: "C" }, "data-checksums", "no-sync"],
    },
    postgresql: {
      listen: `${address}:5432`,
      connect_address: options.linkToPostgres,
      data_dir: join(folder, "data"),
      bin_dir: programs.postgresFolder,
      pgpass: join(folder, "pgpass"),
      authentication: {
        superuser: { username: "postgres", password },
        replication: { username: "replicator", password },
      },
      pg_hba: [
        "local all all scram-sha-256",
        "host all all 127.0.0.0/8 scram-sha-256",
        "host replication replicator 127.0.0.0/8 scram-sha-256",
      ],
      parameters: { unix_socket_directories: folder },
      basebackup: [{ checkpoint: "fast" }, "no-sync"],
      // What only a former primary has was never acknowledged.
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
    },
  });
}
