import { execFileSync } from "node:child_process";
import { chown, copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { type ClusteredServer, startPostgres } from "@eventfold/testing/postgres";
import { describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";

interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate that vouches for itself. */
function makeCertificate(folder: string, name: string): Certificate {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key];
  const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", "-days", "2", ...newKey, ...subject, "-out", certificate], {
    stdio: "pipe",
  });
  return { certificate, key };
}

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "pipe" });
    return true;
  } catch {
    console.warn("Skipped: TLS with several hosts, because there is no openssl to make a certificate with.");
    return false;
  }
}

/** Lets a server take connections over TLS only. Its standbys are copied from it with all that. */
async function requireTls({ connectionString }: ClusteredServer, { certificate, key }: Certificate): Promise<void> {
  const [folder] = (await queryRows(connectionString, "show data_directory")) as [string];
  const { uid, gid } = await stat(folder);
  for (const [from, to] of [
    [certificate, join(folder, "server.crt")],
    [key, join(folder, "server.key")],
  ] as const) {
    await copyFile(from, to);
    await chown(to, uid, gid);
  }
  await queryRows(connectionString, "alter system set ssl = on");
  await queryRows(connectionString, "select pg_reload_conf()");
  await expect.poll(() => queryRows(connectionString, "show ssl")).toEqual(["on"]);
}

describe.runIf(hasOpenssl())("a log on a cluster that is reached over TLS", () => {
  it("is found and followed over verified connections only", { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "eventfold-tls-"));
    await using cluster = await startPostgres({ standbys: 0 });
    const own = makeCertificate(folder, "own");
    await requireTls(cluster.primary, own);
    await cluster.addStandby();
    const over = (name: string) => `${cluster.connectionString}?sslmode=verify-full&sslrootcert=${join(folder, name)}`;
    makeCertificate(folder, "other");
    await expect(
      PostgresEventStorageAdapter.open({ connectionString: over("other.crt"), connectTimeoutMs: 1_000 }),
    ).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });

    await using adapter = await PostgresEventStorageAdapter.open({
      ...{ connectionString: over("own.crt"), writeTimeoutMs: 600_000, connectTimeoutMs: 600_000 },
    });
    const stream = new EventStore({ adapter }).stream({ category: "c", stream: "s" });
    await stream.publish({ events: numbered(1) });
    const encrypted =
      "select ssl, count(*)::int > 1 from pg_stat_ssl join pg_stat_activity using (pid) " +
      "where backend_type = 'client backend' and pid <> pg_backend_pid() group by ssl";
    expect(await queryRows(cluster.primary.connectionString, encrypted)).toEqual([true, true]);

    await cluster.catchUp();
    await cluster.primary.freeze();
    const underWay = stream.publish({ events: numbered(1) });
    await cluster.promote();
    await underWay; // the connections to the frozen server were given up
    expect(await stream.read()).toHaveLength(2);
    expect(await queryRows(cluster.primary.connectionString, encrypted)).toEqual([true, true]);
    await rm(folder, { recursive: true });
  });
});
