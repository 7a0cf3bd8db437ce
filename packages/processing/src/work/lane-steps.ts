import type { Checkpoint } from "../storage/checkpoint.ts";
import type { WaitingRequest } from "../storage/partition-request.ts";
import type { Repartition } from "../storage/repartition.ts";
import { tellLease } from "../tracing/channels.ts";
import type { LaneParts } from "./lane-parts.ts";

/** What a lane does between two events: each step runs while nobody is at work, and one after the other. */
export class LaneSteps {
  readonly #parts: LaneParts;
  readonly #isInterrupted: () => boolean;
  #isOver = false;

  /** @param isInterrupted whether something is asked of the lane, so that nothing new is handed out. */
  constructor(parts: LaneParts, isInterrupted: () => boolean) {
    this.#parts = parts;
    this.#isInterrupted = isInterrupted;
  }

  /** Whether the partition was given back. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Tells the storage how the partition is. */
  async report(): Promise<void> {
    await this.#parts.checkpoint.saveNow();
    await this.#parts.health.report();
  }

  /** Saves, and gives the partition back. */
  async handOver(): Promise<void> {
    const { held, checkpoint, events } = this.#parts;
    const { host, lease } = held;
    await checkpoint.saveNow();
    host.reader.leave(events);
    await held.stored(() => host.storage.release([lease]));
    this.#endReleased();
  }

  /** Finds out whether the log is the one of the checkpoint, and begins to read after it. */
  async verify(): Promise<void> {
    const { held, limit, verification, events, failures } = this.#parts;
    const { done } = limit;
    const { lastDone } = events;
    await verification.run(done.sequenceNumber === lastDone.sequenceNumber ? [done] : [lastDone, done]);
    if (!verification.isDone || held.hasEnded) return;
    events.beginAt(done); // what was read from another log is not of this one
    failures.forgetAll();
    limit.set(this.#isInterrupted());
    held.host.reader.join(events);
  }

  /** Does what the partition was asked to do. */
  async carryOut(waiting: WaitingRequest): Promise<void> {
    const { workers, checkpoint, requests, health, limit, events, parking } = this.#parts;
    const { kind } = waiting.request;
    workers.putBack();
    await checkpoint.saveNow();
    const outcome = await requests.carryOut(waiting);
    if (outcome === undefined || outcome.kind === "lost") return;
    health.setPaused(outcome.isPaused);
    limit.set(this.#isInterrupted());
    if (kind === "resume") {
      health.forgetError();
      events.forgetFailures();
    }
    if (kind === "reset") this.#beginAt(outcome.checkpoint);
    if (kind === "drop" || kind === "replay") await parking.load();
  }

  /** Says that the partition has reached the fence of a repartition. */
  async arrive({ id }: Repartition): Promise<void> {
    const { held, checkpoint, limit } = this.#parts;
    const { host, lease } = held;
    await checkpoint.saveNow();
    const outcome = await held.stored(() => host.storage.arrive({ ...lease, id }));
    if (outcome.kind === "arrived") this.#endReleased();
    if (outcome.kind === "lost") held.end();
    if (outcome.kind === "early") limit.waitForBeat();
    host.wakeNode();
  }

  #beginAt(next: Checkpoint): void {
    const { held, events, failures, limit, checkpoint, verification } = this.#parts;
    held.host.reader.leave(events);
    events.beginAt(next);
    failures.forgetAll();
    limit.set(this.#isInterrupted());
    checkpoint.replace(next);
    verification.begin();
  }

  #endReleased(): void {
    this.#isOver = true;
    tellLease(() => ({ kind: "released", ...this.#parts.held.describe() }));
  }
}
