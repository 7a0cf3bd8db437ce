import { describe, expect, it } from "vitest";
import {
  continueWith,
  exponentialBackoff,
  pollingService,
  rethrow,
  retryWith,
  type Service,
  ServiceManager,
} from "../../src/index.ts";

const soon = exponentialBackoff({ firstMs: 0, longestMs: 1 });

/** A service that says what happens to it, and ends when it is told to. */
function recorded(name: string, log: string[], failures: readonly string[] = []) {
  const ended = Promise.withResolvers<void>();
  const left = [...failures];
  const service: Service = {
    name,
    start: async () => {
      const failure = left.shift();
      log.push(failure === undefined ? `start ${name}` : `fail ${name}`);
      if (failure !== undefined) throw new Error(failure);
    },
    stop: async () => {
      log.push(`stop ${name}`);
      ended.resolve();
    },
    done: ended.promise,
  };
  return { service, end: ended.resolve, fail: ended.reject };
}

function manager(options: ConstructorParameters<typeof ServiceManager>[0] = {}): ServiceManager {
  return new ServiceManager({ signals: [], ...options });
}

describe("ServiceManager", () => {
  it("starts services in order, and stops them in reverse", async () => {
    const log: string[] = [];
    const services = manager();
    for (const name of ["a", "b", "c"]) services.register(recorded(name, log).service);
    expect(services.status()).toMatchObject({ state: "waiting", services: [{ name: "a", state: "waiting" }, {}, {}] });
    await services.start();
    expect(services.status().services.map(({ state }) => state)).toEqual(["live", "live", "live"]);
    await Promise.all([services.stop(), services.stop()]);
    await services.done;
    expect(log).toEqual(["start a", "start b", "start c", "stop c", "stop b", "stop a"]);
    expect(services.status().state).toBe("stopped");
  });

  it("waits for the end of one in the foreground before it starts the next", async () => {
    const log: string[] = [];
    const services = manager();
    const migration = recorded("migration", log);
    services.register(migration.service, { runs: "foreground" });
    services.register(recorded("broker", log).service);
    const starting = services.start();
    await expect.poll(() => services.status().services[0]?.state).toBe("live");
    expect(log).toEqual(["start migration"]);
    migration.end();
    await starting;
    expect(log).toEqual(["start migration", "start broker"]);
    expect(services.status().services.map(({ state }) => state)).toEqual(["stopped", "live"]);
    await services.stop();
    expect(log).toEqual(["start migration", "start broker", "stop broker"]);
  });

  it("has ended without a stop when all services have", async () => {
    const log: string[] = [];
    const services = manager();
    const [a, b] = [recorded("a", log), recorded("b", log)];
    services.register(a.service);
    services.register(b.service);
    await services.start();
    a.end();
    b.end();
    await services.done;
    expect(log).toEqual(["start a", "start b"]);
  });

  it("stops what runs and rejects when a service cannot start, and starts no other", async () => {
    const log: string[] = [];
    const services = manager();
    services.register(recorded("a", log).service);
    services.register(recorded("b", log, ["no port"]).service);
    services.register(recorded("c", log).service);
    await expect(services.start()).rejects.toThrow("no port");
    await expect(services.done).rejects.toThrow("no port");
    expect(log).toEqual(["start a", "fail b", "stop a"]);
    expect(services.status().services).toEqual([
      { name: "a", state: "stopped", error: undefined },
      { name: "b", state: "failed", error: "Error: no port" },
      { name: "c", state: "stopped", error: undefined },
    ]);
  });

  it("stops everything when a service cannot go on, and rejects with the error that rethrow has made", async () => {
    const log: string[] = [];
    const services = manager({ onError: rethrow((cause) => new Error("mapped", { cause })) });
    const failing = recorded("a", log);
    services.register(failing.service);
    services.register(recorded("b", log).service);
    await services.start();
    failing.fail(new Error("mine"));
    await expect(services.done).rejects.toMatchObject({ message: "mapped", cause: { message: "mine" } });
    expect(log).toEqual(["start a", "start b", "stop b"]);
  });

  it("tries again as long as the reaction says, with a new service where a function makes them", async () => {
    const log: string[] = [];
    const told: unknown[] = [];
    const services = manager({
      onError: (_, { name, failures }) => {
        told.push([name, failures]);
        return failures < 3 ? retryWith(soon) : rethrow();
      },
    });
    let made = 0;
    services.register(recorded("same", log, ["once", "twice"]).service);
    services.register(() => recorded("made", log, made++ === 0 ? ["first"] : []).service);
    await services.start();
    expect(log).toEqual(["fail same", "fail same", "start same", "fail made", "start made"]);
    expect(told).toEqual([
      ["same", 1],
      ["same", 2],
      ["made", 1],
    ]);
    await services.stop();
  });

  it("goes on without a service where the reaction says so, and keeps its error in the status", async () => {
    const log: string[] = [];
    const services = manager({ onError: continueWith(() => {}) });
    services.register(recorded("a", log, ["not today"]).service);
    services.register(recorded("b", log).service);
    await services.start();
    expect(services.status()).toEqual({
      state: "failed",
      services: [
        { name: "a", state: "failed", error: "Error: not today" },
        { name: "b", state: "live", error: undefined },
      ],
    });
    await services.stop();
    await services.done;
    expect(log).toEqual(["fail a", "start b", "stop b"]);
  });

  it("passes on what the reaction itself throws, with the error as its cause", async () => {
    const services = manager({
      onError: () => {
        throw new Error("the choice failed");
      },
    });
    services.register(recorded("a", [], ["first"]).service);
    await expect(services.start()).rejects.toMatchObject({ message: "the choice failed", cause: { message: "first" } });
  });

  it("ends a wait between tries when it is stopped", async () => {
    const services = manager({ onError: retryWith(exponentialBackoff({ firstMs: 1_000_000, longestMs: 1_000_000 })) });
    services.register(recorded("a", [], ["always"]).service);
    const starting = services.start();
    await expect.poll(() => services.status().state).toBe("retrying");
    await services.stop();
    await starting;
    expect(services.status().state).toBe("stopped");
  });

  it("stops the others when one hangs, and says which one was given up", async () => {
    const log: string[] = [];
    const told: unknown[] = [];
    const logger = { warn: () => {}, error: (details: object) => void told.push(details) };
    const services = manager({ logger });
    services.register(recorded("a", log).service);
    services.register({ name: "hung", start: async () => {}, stop: () => new Promise(() => {}) });
    services.register(recorded("c", log).service);
    await services.start();
    await services.stop({ timeoutMs: 1 });
    expect(log).toEqual(["start a", "start c", "stop c", "stop a"]);
    expect(told).toEqual([{ service: "hung", timeoutMs: 1 }]);
    expect(services.status().services[1]).toMatchObject({ name: "hung", state: "stopping" });
  });

  it("gives up a service that goes on after its stop", async () => {
    const told: unknown[] = [];
    const services = manager({ logger: { warn: () => {}, error: (details: object) => void told.push(details) } });
    services.register(pollingService(() => new Promise(() => {}), { name: "polling", intervalMs: 1 }));
    await services.start();
    await services.stop({ timeoutMs: 1 });
    expect(told).toEqual([{ service: "polling", timeoutMs: 1 }]);
  });

  it("reports a service whose stop fails, and stops the others", async () => {
    const log: string[] = [];
    const told: unknown[] = [];
    const logger = {
      warn: ({ error }: { readonly error?: unknown }) => void told.push(String(error)),
      error: () => {},
    };
    const services = manager({ logger });
    services.register(recorded("a", log).service);
    services.register({ name: "b", start: async () => {}, stop: () => Promise.reject(new Error("stuck")) });
    await services.start();
    await services.stop();
    expect(log).toEqual(["start a", "stop a"]);
    expect(told).toEqual(["Error: stuck"]);
  });

  it("starts nothing when it was stopped before", async () => {
    const log: string[] = [];
    const services = manager();
    services.register(recorded("a", log).service);
    await services.stop();
    await services.start();
    await services.done;
    expect(log).toEqual([]);
  });

  it("refuses what it cannot run", async () => {
    const services = manager();
    services.register(recorded("a", []).service);
    expect(() => services.register(recorded("a", []).service)).toThrow(RangeError);
    expect(() => services.register({ name: "b" } as never)).toThrow(TypeError);
    expect(() => services.register({ name: "", start: async () => {}, stop: async () => {} })).toThrow(TypeError);
    const endless = { name: "endless", start: async () => {}, stop: async () => {} };
    expect(() => services.register(endless, { runs: "foreground" })).toThrow("never ends");
    expect(() => services.register(endless, { runs: "sideways" as never })).toThrow(TypeError);
    expect(() => manager({ signals: ["SIGNOTHING" as never] })).toThrow(TypeError);
    expect(() => manager({ stopTimeoutMs: -1 })).toThrow(RangeError);
    expect(() => manager({ onError: {} as never })).toThrow(TypeError);
    await services.start();
    expect(() => services.register(endless)).toThrow("before they are started");
    await services.stop();
  });
});

describe("pollingService", () => {
  it("does its work again and again, and never twice at the same time", async () => {
    let atWork = 0;
    let runs = 0;
    const polling = pollingService(
      async () => {
        expect(++atWork).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        atWork -= 1;
        runs += 1;
      },
      { name: "polling", intervalMs: 0 },
    );
    await Promise.all([polling.start(), polling.start()]);
    await expect.poll(() => runs).toBeGreaterThan(3);
    await polling.stop({ timeoutMs: 1_000 });
    const after = runs;
    await polling.done;
    expect([atWork, runs]).toEqual([0, after]);
  });

  it("stops in the middle of its wait, and signals work that is under way", async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const polling = pollingService(
      async ({ signal }) => {
        started.resolve(signal);
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
      { name: "polling", intervalMs: 86_400_000 },
    );
    await polling.start();
    const signal = await started.promise;
    await polling.stop({ timeoutMs: 60_000 });
    await polling.done;
    expect(signal.aborted).toBe(true);
    const waiting = pollingService(() => {}, { name: "waiting", intervalMs: 86_400_000 });
    await waiting.start();
    await waiting.stop({ timeoutMs: 60_000 });
    await waiting.done;
  });

  it("waits no longer for its work than allowed", async () => {
    const polling = pollingService(() => new Promise(() => {}), { name: "polling", intervalMs: 1 });
    await polling.start();
    await polling.stop({ timeoutMs: 1 });
  });

  it("ends when the work fails, even at once, and polls again when it is started again", async () => {
    let runs = 0;
    const work = () => {
      if (++runs === 1) throw new Error("mine");
    };
    const polling = pollingService(work, { name: "polling", intervalMs: 0 });
    await polling.start();
    await expect(polling.done).rejects.toThrow("mine");
    const services = manager({ onError: retryWith(soon) });
    runs = 0;
    services.register(polling);
    await services.start();
    await expect.poll(() => runs).toBeGreaterThan(3);
    await services.stop();
  });

  it("does not hide an error that comes while it is stopped", async () => {
    const polling = pollingService(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("could not clean up")))),
      { name: "polling", intervalMs: 1 },
    );
    await polling.start();
    await polling.stop({ timeoutMs: 1_000 });
    await expect(polling.done).rejects.toThrow("could not clean up");
  });

  it("refuses what it cannot do", () => {
    const options = { name: "polling", intervalMs: 1 };
    expect(() => pollingService(undefined as never, options)).toThrow(TypeError);
    expect(() => pollingService(() => {}, { ...options, intervalMs: -1 })).toThrow(RangeError);
    expect(() => pollingService(() => {}, { ...options, name: "" })).toThrow(RangeError);
  });
});
